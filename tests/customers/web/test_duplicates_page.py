"""The queue of likely duplicates, and the banner on a customer's page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers import questions
from customers.comparing import compare_pending
from customers.models import Customer, IdentityReview, ReviewState
from hub.actors import Actor
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import person

pytestmark = pytest.mark.django_db
URL = "/customers/duplicates/"
ADDRESS: dict[str, Any] = {
    "street": "8 quai Saint-Antoine",
    "postal_code": "69002",
    "city": "Lyon",
}


@pytest.fixture
def ben() -> Client:
    return signed_in(person("Front desk"))


@pytest.fixture
def claire() -> Customer:
    return customer(phone="+33612345678", **ADDRESS)


@pytest.fixture
def review(claire: Customer) -> IdentityReview:
    customer("Claire Marcheti", email="claire@new.example", **ADDRESS)
    compare()
    assert Customer.objects.exclude(pk=claire.pk).count() == 1
    return IdentityReview.objects.get()


def compare() -> None:
    compare_pending(limit=1000, by=Actor.job("find duplicates"))


def page(browser: Client, url: str = URL) -> str:
    response = browser.get(url)
    assert response.status_code == 200
    return response.content.decode()


def post(browser: Client, review: IdentityReview, answer: str, **values: str) -> Any:
    return browser.post(f"{URL}{review.pk}/{answer}/", values)


def test_the_empty_queue_says_what_will_come(ben: Client) -> None:
    assert "Nobody seems to be known twice" in page(ben)


@pytest.mark.usefixtures("review")
def test_a_pair_is_shown_side_by_side_with_its_evidence(ben: Client, claire: Customer) -> None:
    html = page(ben)

    for text in (claire.code, "Name 97 % alike", "Same address", "+33 6 12 34 56 78"):
        assert text in html
    assert "claire@new.example" in html
    assert "likely pair" in html
    assert "the oldest has waited" in html


@pytest.mark.usefixtures("review")
def test_the_list_of_customers_says_how_many_wait(ben: Client) -> None:
    html = page(ben, "/customers/")

    assert 'href="/customers/duplicates/"' in html
    assert 'Known twice? <span class="num">1</span>' in html


def test_not_the_same_takes_the_pair_away_and_offers_undo(
    ben: Client, review: IdentityReview
) -> None:
    answer = post(ben, review, "different")

    said = list(get_messages(answer.wsgi_request))
    assert [message.extra_tags for message in said] == [f"undo:{URL}{review.pk}/again/"]
    review.refresh_from_db()
    assert review.state == ReviewState.DIFFERENT

    ben.post(f"{URL}{review.pk}/again/")

    review.refresh_from_db()
    assert review.state == ReviewState.OPEN


def test_later_comes_back_after_a_week(ben: Client, review: IdentityReview) -> None:
    post(ben, review, "later")

    assert "Nobody seems to be known twice" in page(ben)
    now = timezone.now()
    waiting = IdentityReview.objects.all()
    assert not waiting.waiting(at=now + timedelta(days=6)).exists()
    assert waiting.waiting(at=now + timedelta(days=8)).exists()


def test_a_second_answer_is_refused_with_words(ben: Client, review: IdentityReview) -> None:
    post(ben, review, "different")

    answer = ben.post(f"{URL}{review.pk}/different/", follow=True)

    assert "Somebody has answered this already." in answer.content.decode()


def test_the_banner_asks_on_the_page_of_the_customer_and_returns_there(
    ben: Client, claire: Customer, review: IdentityReview
) -> None:
    html = page(ben, f"/customers/{claire.pk}/")
    answer = post(ben, review, "different", customer=str(claire.pk))

    assert "This may be the same person as Claire Marcheti" in html
    assert f'action="{URL}{review.pk}/different/"' in html
    assert answer["Location"] == f"/customers/{claire.pk}/"
    assert "This may be the same person" not in page(ben, f"/customers/{claire.pk}/")


@pytest.mark.usefixtures("review")
def test_those_who_only_look_get_no_buttons(claire: Customer) -> None:
    html = page(signed_in(person("Billing")), f"/customers/{claire.pk}/")

    assert "This may be the same person as Claire Marcheti" in html
    assert "Not the same" not in html


@pytest.mark.usefixtures("review")
def test_only_those_who_may_merge_are_offered_it(ben: Client, claire: Customer) -> None:
    ada = signed_in(person("Manager"))
    other = Customer.objects.exclude(pk=claire.pk).get()
    link = f'href="/customers/{claire.pk}/merge/{other.pk}/"'

    assert link in page(ada)
    assert link in page(ada, f"/customers/{other.pk}/")
    assert "Compare and merge" not in page(ben)


@pytest.mark.parametrize("role", ["Practitioner", "Billing", "Administrator"])
def test_only_those_who_edit_customers_answer(review: IdentityReview, role: str) -> None:
    browser = signed_in(person(role))

    assert browser.get(URL).status_code == 403
    assert post(browser, review, "different").status_code == 403
    assert IdentityReview.objects.get().state == ReviewState.OPEN


def test_unlikely_pairs_are_shown_when_they_are_asked_for(ben: Client) -> None:
    customer("Luc Perrin", phone="+33612345678")
    customer("Nora Perrin", phone="+33612345678")

    assert "Nobody seems to be known twice" in page(ben)
    assert "Luc Perrin and Nora Perrin" in page(ben, f"{URL}?all=1")


def test_pages_go_on_where_the_last_one_ended(
    ben: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "PAGE", 2)
    for _ in range(3):
        customer()
    compare()
    everything = set(IdentityReview.objects.values_list("pk", flat=True))

    seen: list[str] = []
    url = URL
    while url:
        html = page(ben, url)
        seen += [str(pk) for pk in everything if f"{URL}{pk}/different/" in html]
        onward = re.search(r'rel="next" href="([^"]+)"', html)
        url = f"{URL}{onward[1]}" if onward else ""

    assert sorted(seen) == sorted(map(str, everything))
    assert len(everything) == 3


@pytest.mark.parametrize("after", ["x", "50-", "-1", "9" * 5000, "50-x\x00", "٣-x"])
def test_a_place_that_is_none_is_the_begin(ben: Client, after: str) -> None:
    assert "Nobody seems to be known twice" in page(ben, f"{URL}?after={after}")


def test_many_pairs_cost_as_many_queries_as_one(ben: Client) -> None:
    customer()
    customer()
    compare()
    page(ben)
    with CaptureQueriesContext(connection) as one:
        page(ben)
    for _ in range(3):
        customer()
    compare()

    with CaptureQueriesContext(connection) as many:
        page(ben)

    assert len(many) == len(one)
