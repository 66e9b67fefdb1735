"""Further postal addresses over the API: each change is one of the customer."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.addresses import add_address
from customers.models import Customer, PostalAddress
from hub.access import Capability
from hub.identifiers import public_id
from hub.models import Change
from tests.customers.api.paths import URL, cus, url
from tests.customers.merged import merge
from tests.factories.clients import ApiClient, api_key
from tests.factories.customers import customer
from tests.factories.people import SETUP, person
from tests.factories.scheduling import MONDAY_9, booked

pytestmark = pytest.mark.django_db
WORK = {
    "kind": "work",
    "label": "Second floor",
    "street": "1 rue Royale",
    "postal_code": "75008",
    "city": "Paris",
    "country": "FR",
}
ABSENT = f"adr_{'0' * 32}"


@pytest.fixture
def work(claire: Customer) -> PostalAddress:
    return add_address(claire.pk, WORK, by=SETUP)


def shown(address: PostalAddress) -> dict[str, str]:
    return {"id": public_id("adr", address.pk), **WORK}


def place(address: PostalAddress) -> str:
    return url(address.customer, "addresses", public_id("adr", address.pk))


def held(of: Customer) -> list[str]:
    return [str(address) for address in of.addresses.order_by("created_at", "pk")]


def test_an_address_is_added_shown_in_the_customer_and_names_its_new_version(
    tool: ApiClient, claire: Customer
) -> None:
    seen = tool.get(url(claire))["ETag"]

    answer = tool.post(url(claire, "addresses"), WORK, etag=seen)

    told = [shown(PostalAddress.objects.get())]
    assert (answer.status_code, answer.json()) == (
        200,
        {"customer": cus(claire), "addresses": told},
    )
    read = tool.get(url(claire, "addresses"))
    assert (read.json(), read["ETag"]) == (answer.json(), answer["ETag"])
    assert tool.get(url(claire)).json()["addresses"] == told
    assert tool.get(URL).json()["data"][0]["addresses"] == told
    assert tool.patch(url(claire), {"city": "Nice"}, etag=answer["ETag"]).status_code == 200


def test_an_address_is_changed_and_taken_away_with_the_version_of_the_customer(
    tool: ApiClient, claire: Customer, work: PostalAddress
) -> None:
    seen = tool.get(url(claire))["ETag"]

    changed = tool.patch(place(work), {"city": "Lyon"}, etag=seen)
    stale = tool.delete(place(work), etag=seen)
    removed = tool.delete(place(work), etag=changed["ETag"])

    assert [one["city"] for one in changed.json()["addresses"]] == ["Lyon"]
    assert (stale.status_code, removed.status_code) == (412, 200)
    assert removed.json() == {"customer": cus(claire), "addresses": []}
    assert held(claire) == []
    claire.refresh_from_db()
    assert claire.version == 4
    told = tool.get(url(claire, "history")).json()["data"][0]
    assert (told["title"], told["changes"][0]["field"]) == ("Work address removed", "addresses")


def test_adding_repeated_with_its_key_is_one_address(tool: ApiClient, claire: Customer) -> None:
    seen = tool.get(url(claire))["ETag"]

    answers = [
        tool.post(url(claire, "addresses"), WORK, key="address-1", etag=seen) for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert held(claire) == ["1 rue Royale, 75008 Paris"]
    assert Change.objects.filter(name="customer.updated").count() == 1


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"kind": "castle"}, "#/kind"),
        ({"kind": None}, "#/kind"),
        ({"street": "x" * 161}, "#/street"),
        ({"street": "a\u202eb"}, "#/street"),
        ({"street": "", "postal_code": " ", "city": ""}, "#/street"),
        ({"label": "x" * 61}, "#/label"),
        ({"label": 7}, "#/label"),
        ({"country": "fr"}, "#/country"),
        ({"customer": "x"}, "#/customer"),
        ({"id": ABSENT}, "#/id"),
    ],
)
def test_a_wrong_value_is_refused_at_its_pointer(
    tool: ApiClient, claire: Customer, work: PostalAddress, wrong: dict[str, Any], pointer: str
) -> None:
    seen = tool.get(url(claire))["ETag"]

    added = tool.post(url(claire, "addresses"), WORK | {"street": "New"} | wrong, etag=seen)
    changed = tool.patch(place(work), wrong, etag=seen)

    for answer in (added, changed):
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert held(claire) == ["1 rue Royale, 75008 Paris"]


def test_the_same_address_again_and_no_field_at_all_are_refused(
    tool: ApiClient, claire: Customer, work: PostalAddress
) -> None:
    seen = tool.get(url(claire))["ETag"]

    twice = tool.post(url(claire, "addresses"), WORK | {"kind": "home"}, etag=seen)
    nothing = tool.patch(place(work), {}, etag=seen)

    assert (twice.status_code, nothing.status_code) == (400, 400)
    assert twice.json()["errors"][0]["pointer"] == "#/street"


def test_the_address_of_another_customer_is_not_there(
    tool: ApiClient, claire: Customer, work: PostalAddress
) -> None:
    luc = customer("Luc Perrin")
    seen = tool.get(url(luc))["ETag"]
    name = place(work).rpartition("/")[2]

    for other in (name, ABSENT, "nonsense", name.replace("adr_", "cus_")):
        at = url(luc, "addresses", other)
        assert tool.patch(at, {"city": "Nice"}, etag=seen).status_code == 404, other
        assert tool.delete(at, etag=seen).status_code == 404, other
    assert held(claire) == ["1 rue Royale, 75008 Paris"]


def test_a_merged_record_keeps_its_addresses_as_they_are(
    tool: ApiClient, claire: Customer, work: PostalAddress
) -> None:
    luc = customer("Luc Perrin")
    merge(luc, claire)
    seen = tool.get(url(claire))["ETag"]

    answer = tool.post(url(claire, "addresses"), {"kind": "home", "city": "Nice"}, etag=seen)

    assert (answer.status_code, answer.json()["code"]) == (409, "merged_away")
    assert [one["city"] for one in tool.get(url(luc)).json()["addresses"]] == ["Paris"]


def test_who_only_sees_customers_changes_no_address(claire: Customer, work: PostalAddress) -> None:
    reader = api_key(Capability.VIEW_CUSTOMER)
    seen = reader.get(url(claire))["ETag"]

    refused = [
        reader.post(url(claire, "addresses"), WORK, etag=seen),
        reader.patch(place(work), {"city": "Nice"}, etag=seen),
        reader.delete(place(work), etag=seen),
    ]

    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert reader.get(url(claire, "addresses")).json()["addresses"] == [shown(work)]


def test_a_practitioner_reads_those_of_their_own_customers_only(
    claire: Customer, work: PostalAddress
) -> None:
    paula = ApiClient.as_person(person("Practitioner"))

    assert paula.get(url(claire, "addresses")).status_code == 404


def test_lists_and_expanded_customers_cost_the_same_for_one_address_and_for_many(
    claire: Customer, work: PostalAddress
) -> None:
    tool = api_key()
    booked(claire)

    def counts() -> list[int]:
        found = []
        for path in (URL, "/api/v1/appointments?expand=customer"):
            with CaptureQueriesContext(connection) as asked:
                assert "rue Royale" in tool.get(path).content.decode()
            found.append(len(asked))
        return found

    counts()
    before = counts()
    luc = booked(customer("Luc Perrin"), start=MONDAY_9 + timedelta(days=1)).customer
    for street in ("2 rue Royale", "3 rue Royale"):
        add_address(luc.pk, {"kind": "home", "street": street}, by=SETUP)

    assert counts() == before
