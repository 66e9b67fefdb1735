"""The list of customers."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers import searching
from customers.models import Customer
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import person

pytestmark = pytest.mark.django_db
URL = "/customers/"


@pytest.fixture
def ben() -> Client:
    return signed_in(person("Front desk"))


def page(browser: Client, url: str = URL, **headers: str) -> str:
    response = browser.get(url, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_every_customer_is_listed_with_code_and_contacts(ben: Client) -> None:
    claire = customer(email="claire@marchetti.example", phone="+33612345678")

    html = page(ben)

    for text in ("Claire Marchetti", claire.code, "claire@marchetti.example", "+33 6 12 34 56 78"):
        assert text in html
    assert f'href="/customers/{claire.pk}/"' in html
    assert 'href="/customers/new/"' in html


def test_typing_answers_the_rows_alone(ben: Client) -> None:
    customer()
    customer("Luc Perrin")

    html = page(ben, f"{URL}?q=marche", **{"HX-Request": "true"})

    assert "<html" not in html
    assert "Claire Marchetti" in html
    assert "Luc Perrin" not in html


def test_what_stands_around_the_rows_follows_the_typing() -> None:
    """An export, a chip and a kept list mean what is shown, not what was shown at first."""
    html = page(signed_in(person("Manager")), f"{URL}?q=mar&show=new", **{"HX-Request": "true"})

    assert "/customers/export.csv?q=mar&amp;show=new" in html
    assert 'href="?q=mar&amp;show=doubtful"' in html
    assert "Keep this list" in html


def test_what_a_chip_leaves_empty_is_not_called_an_empty_hub(ben: Client) -> None:
    customer(email="claire@marchetti.example")

    html = page(ben, f"{URL}?show=unreachable")
    assert "Everybody can be reached" in html
    assert "No customers yet" not in html
    assert 'href="?q=zorro"' in page(ben, f"{URL}?show=unreachable&q=zorro")


def test_going_back_asks_for_the_whole_page(ben: Client) -> None:
    back = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<html" in page(ben, **back)


def test_the_rows_and_the_page_are_kept_apart_by_caches(ben: Client) -> None:
    varies = ben.get(URL).headers["Vary"].split(", ")

    assert {"HX-Request", "HX-History-Restore-Request"} <= set(varies)


def test_a_slip_finds_somebody_and_says_so(ben: Client) -> None:
    customer()

    html = page(ben, f"{URL}?q=Marcheti")

    assert "Did you mean" in html
    assert "Claire Marchetti" in html


def test_the_empty_list_offers_the_next_step(ben: Client) -> None:
    assert "No customers yet" in page(ben)
    nobody = page(ben, f"{URL}?q=Anna+%3Cb%3E")
    assert "Nobody found" in nobody
    assert "/customers/new/?q=Anna%20%3Cb%3E" in nobody
    assert "<b>" not in nobody


def test_who_may_not_add_sees_no_button() -> None:
    bo = signed_in(person("Billing"))

    assert "/customers/new/" not in page(bo)


def test_pages_link_to_each_other(ben: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "PAGE", 2)
    anna, bella, cleo = (customer(f"{name} Same") for name in ("Anna", "Bella", "Cleo"))

    first = page(ben, f"{URL}?q=same")
    second = page(ben, f"{URL}?q=same&after={bella.pk}")

    assert f"?q=same&amp;after={bella.pk}" in first
    assert cleo.name not in first
    assert f"?q=same&amp;before={cleo.pk}" in second
    assert anna.name not in second


@pytest.mark.parametrize(
    "query",
    ["after=x", "before=%00", "after=&before=", "q=%00", "q=%E2%80%AE", "q=" + "x" * 5000,
     "q[]=1", "q=%FF", "after=00000000-0000-0000-0000-000000000000"],
)  # fmt: skip
def test_a_strange_address_is_still_a_page(ben: Client, query: str) -> None:
    customer()

    page(ben, f"{URL}?{query}")


def test_three_customers_cost_as_many_queries_as_one(ben: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(ben)
        return len(asked)

    customer(email="a@marchetti.example", phone="+33612345678")
    page(ben)
    one = count()
    customer("Luc Perrin", email="luc@perrin.example", phone="+33612345679")
    customer("Anna Same")

    assert count() == one


def test_a_merged_customer_is_not_listed(ben: Client) -> None:
    claire, twin = customer(), customer("Clara Roux")
    Customer.objects.filter(pk=twin.pk).update(canonical=claire)

    assert "Clara Roux" not in page(ben)
