"""Customers over the API."""

from typing import Any

import pytest

from customers.models import Customer
from customers.updating import update_customer
from hub.access import Capability
from hub.models import Business
from tests.customers.api.paths import URL, cus, url
from tests.factories.clients import ApiClient
from tests.factories.customers import customer
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db
C = Capability


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [record["name"] for record in answer.json()["data"]]


def test_a_record_shows_who_it_is(tool: ApiClient, claire: Customer) -> None:
    answer = tool.get(url(claire))

    assert answer.status_code == 200
    assert answer.json() == {
        "id": cus(claire),
        "code": claire.code,
        "name": "Claire Marchetti",
        "given_name": "Claire",
        "family_name": "Marchetti",
        "company": "",
        "email": "Claire@Marchetti.example",
        "phone": "+33 6 12 34 56 78",
        "contact_points": [
            {
                "kind": "email",
                "value": "Claire@Marchetti.example",
                "normalized": "claire@marchetti.example",
                "extension": "",
                "is_primary": True,
                "is_verified": False,
                "is_shared": False,
                "is_doubtful": False,
            },
            {
                "kind": "phone",
                "value": "+33612345678",
                "normalized": "+33612345678",
                "extension": "",
                "is_primary": True,
                "is_verified": False,
                "is_shared": False,
                "is_doubtful": False,
            },
        ],
        "street": "",
        "postal_code": "",
        "city": "",
        "country": "",
        "addresses": [],
        "tax_id": "",
        "birth_date": None,
        "language": "en",
        "time_zone": "Europe/Paris",
        "notes": "",
        "merged_into": None,
        "created_at": claire.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert tool.get(url(claire), headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_adding_answers_201_and_where_it_is(tool: ApiClient) -> None:
    answer = tool.post(URL, {"given_name": "Claire", "email": "claire@marchetti.example"})

    claire = Customer.objects.get()
    assert (answer.status_code, answer.json()["tier"]) == (201, "none")
    assert answer["Location"].endswith(url(claire))
    assert tool.get(url(claire))["ETag"]
    assert claire.history.get().source == "api"


@pytest.mark.parametrize(
    ("known_by", "tier"),
    [({"email": "CLAIRE@marchetti.example"}, "email"), ({"phone": "0033 6 12 34 56 78"}, "phone")],
)
def test_adding_somebody_known_answers_200_and_how(
    tool: ApiClient, claire: Customer, known_by: dict[str, str], tier: str
) -> None:
    answer = tool.post(URL, {"given_name": "C.", "region": "FR", **known_by})

    told = answer.json()
    assert (answer.status_code, told["id"], told["tier"]) == (
        200,
        cus(claire),
        tier,
    )
    assert told["given_name"] == "Claire"
    assert Customer.objects.count() == 1


def test_a_repeat_with_its_key_is_answered_from_memory(tool: ApiClient) -> None:
    body = {"given_name": "Claire"}

    first, again = tool.post(URL, body, key="k1"), tool.post(URL, body, key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json(), again["Idempotent-Replayed"]) == (again.json(), "true")
    assert Customer.objects.count() == 1


def test_a_number_is_dialed_where_the_business_is(tool: ApiClient) -> None:
    Business.objects.create(name="Atelier Lumen", country="FR")

    answer = tool.post(URL, {"given_name": "Claire", "phone": "06 12 34 56 78"})

    assert answer.json()["phone"] == "+33 6 12 34 56 78"


def test_changing_needs_the_version_that_was_read(tool: ApiClient, claire: Customer) -> None:
    etag = tool.get(url(claire))["ETag"]

    assert tool.patch(url(claire), {"city": "Lyon"}).status_code == 428
    changed = tool.patch(url(claire), {"city": "Lyon", "time_zone": None}, etag=etag)
    assert (changed.status_code, changed.json()["city"], changed.json()["time_zone"]) == (
        200,
        "Lyon",
        None,
    )
    assert tool.patch(url(claire), {"city": "Nice"}, etag=etag).status_code == 412
    assert tool.patch(url(claire), {}, etag=changed["ETag"]).status_code == 400
    claire.refresh_from_db()
    assert (claire.city, claire.version) == ("Lyon", 2)


def test_an_empty_address_takes_the_main_one_away(tool: ApiClient, claire: Customer) -> None:
    etag = tool.get(url(claire))["ETag"]

    answer = tool.patch(url(claire), {"email": "", "phone": "+33712345678"}, etag=etag)

    assert (answer.json()["email"], answer.json()["phone"]) == ("", "+33 7 12 34 56 78")


def test_lists_are_narrowed(tool: ApiClient, claire: Customer) -> None:
    customer("Luc Perrin", phone="+1 202 456 1111 x12")

    assert names(tool.get(URL)) == ["Claire Marchetti", "Luc Perrin"]
    assert names(tool.get(URL, q="perr")) == ["Luc Perrin"]
    assert names(tool.get(URL, email="CLAIRE@marchetti.example")) == ["Claire Marchetti"]
    assert names(tool.get(URL, email="claire@marchetti.exampl")) == []
    assert names(tool.get(URL, phone="(202) 456-1111 x12")) == ["Luc Perrin"]
    assert names(tool.get(URL, phone="(202) 456-1111")) == []


def test_pullers_see_what_was_changed_since(tool: ApiClient, claire: Customer) -> None:
    luc = customer("Luc Perrin")
    update_customer(claire.pk, {"email": "claire@new.example"}, by=SETUP)
    since = claire.history.latest().history_date.isoformat()

    assert names(tool.get(URL, updated_since=since)) == ["Claire Marchetti"]
    assert luc.version == 1


def test_pages_follow_each_other(tool: ApiClient, claire: Customer) -> None:
    customer("Luc Perrin")

    first = tool.get(URL, limit=1)
    second = tool.get(first.json()["next"])

    assert (names(first), names(second)) == (["Claire Marchetti"], ["Luc Perrin"])
    assert second.json()["next"] is None


def test_history_tells_who_changed_what(tool: ApiClient, claire: Customer) -> None:
    etag = tool.get(url(claire))["ETag"]
    tool.patch(url(claire), {"email": "claire@new.example"}, etag=etag)

    newest = tool.get(url(claire, "history")).json()["data"][0]

    assert (newest["title"], newest["actor_name"], newest["source"]) == (
        "E-mail changed",
        "Test tool",
        "api",
    )
    assert newest["changes"] == [
        {
            "field": "email",
            "label": "E-mail",
            "before": "Claire@Marchetti.example",
            "after": "claire@new.example",
        }
    ]


def test_a_merged_customer_says_into_whom(tool: ApiClient, claire: Customer) -> None:
    twin = customer("Clara Roux")
    Customer.objects.filter(pk=twin.pk).update(canonical=claire)

    assert tool.get(url(twin)).json()["merged_into"] == cus(claire)
