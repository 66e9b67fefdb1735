"""What the list is narrowed to, and lists kept under a name."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.asking import ask_about
from customers.models import Customer, SavedFilter
from customers.selecting import KEPT_PER_PERSON
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import SETUP, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben() -> Client:
    return signed_in(person("Front desk"))


def names(browser: Client, query: str) -> set[str]:
    shown = browser.get(f"/customers/?{query}").context["customers"]
    return {one.name for one in shown}


def test_the_list_shows_who_is_new_doubtful_or_out_of_reach(ben: Client) -> None:
    old, doubtful, twin = customer("Old Hand"), customer("Dan Lee"), customer("Dana Lee")
    customer("Reached Well", email="reached@well.example")
    Customer.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    ask_about(doubtful, twin, ["same_name"], by=SETUP)

    assert "Old Hand" not in names(ben, "show=new")
    assert names(ben, "show=doubtful") == {"Dan Lee", "Dana Lee"}
    assert names(ben, "show=unreachable") == {"Old Hand", "Dan Lee", "Dana Lee"}
    assert names(ben, "show=doubtful&q=dana") == {"Dana Lee"}
    assert len(names(ben, "show=nonsense")) == 4


def test_a_list_is_kept_shown_and_given_up(ben: Client) -> None:
    answer = ben.post("/customers/kept/", {"name": " Lees ", "query": "q=lee&after=x&show=new"})

    kept = SavedFilter.objects.get()
    assert (kept.name, kept.query) == ("Lees", "q=lee&show=new")
    assert answer.headers["Location"] == "/customers/?q=lee&show=new"
    page = ben.get("/customers/?q=lee&show=new").content.decode()
    assert "Stop keeping “Lees”" in page
    ben.post(f"/customers/kept/{kept.pk}/forget/")
    assert not SavedFilter.objects.exists()


def test_the_same_name_keeps_the_newer_list(ben: Client) -> None:
    for text in ("lee", "ray"):
        ben.post("/customers/kept/", {"name": "Mine", "query": f"q={text}"})

    assert SavedFilter.objects.get().query == "q=ray"


def test_nobody_sees_or_ends_the_list_of_another(ben: Client) -> None:
    ben.post("/customers/kept/", {"name": "Mine", "query": "q=lee"})
    other = signed_in(person("Manager"))

    assert other.get("/customers/").context["filters"] == []
    kept = SavedFilter.objects.get()
    assert other.post(f"/customers/kept/{kept.pk}/forget/").status_code == 404
    assert SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("name", "query"),
    [("", "q=lee"), ("   ", "q=lee"), ("x" * 61, "q=lee"), ("a\x00b", "q=lee"), ("Mine", ""),
     ("Mine", "evil=1"), ("Mine", "q=" + "é" * 400)],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_and_not_kept(ben: Client, name: str, query: str) -> None:
    answer = ben.post("/customers/kept/", {"name": name, "query": query}, follow=True)

    assert answer.status_code == 200
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert not SavedFilter.objects.exists()


def test_there_is_a_limit(ben: Client) -> None:
    for number in range(KEPT_PER_PERSON + 1):
        ben.post("/customers/kept/", {"name": str(number), "query": "q=lee"})

    assert SavedFilter.objects.count() == KEPT_PER_PERSON
