"""Asking who it would be, ids of other tools, and every id of a customer, over the API."""

from typing import Any

import pytest

from customers.models import Customer, ExternalId
from customers.updating import update_customer
from hub import history
from hub.access import Capability
from hub.models import Change
from syncs.models import Connection, Link
from tests.customers.api.paths import URL, cus, url
from tests.factories.clients import ApiClient, api_key
from tests.factories.customers import customer
from tests.factories.people import SETUP, person

pytestmark = pytest.mark.django_db
C = Capability
FROM_OLD = {"external_system": "Old software", "external_id": "4711"}


@pytest.fixture
def tool() -> ApiClient:
    return api_key(C.VIEW_CUSTOMER, C.EDIT_CUSTOMER)


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", phone="+33612345678")


def test_asking_who_it_would_be_says_why_and_changes_nothing(
    tool: ApiClient, claire: Customer
) -> None:
    luc = customer("Luc Perrin", email="luc@perrin.example")
    before = Change.objects.count()

    asked = {"given_name": "Claire", "phone": "+33612345678", "email": "luc@perrin.example"}
    answer = tool.post(f"{URL}/match", asked)

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["tier"], told["customer"]) == ("none", None)
    assert {one["id"]: one["evidence"] for one in told["candidates"]} == {
        cus(luc): ["same_email", "other_given_name"],
        cus(claire): ["same_phone"],
    }
    assert (Customer.objects.count(), Change.objects.count()) == (2, before)


def test_asking_tells_the_tier_and_evidence_of_the_one_it_is(
    tool: ApiClient, claire: Customer
) -> None:
    told = tool.post(f"{URL}/match", {"family_name": "Marchetti", "phone": "+33612345678"}).json()

    assert told == {
        "tier": "phone",
        "customer": {
            "id": cus(claire),
            "name": "Claire Marchetti",
            "evidence": ["same_phone"],
        },
        "candidates": [],
    }


def test_the_id_of_another_tool_finds_its_customer_again(tool: ApiClient) -> None:
    first = tool.post(URL, {"given_name": "Ann", "email": "a@x.example", **FROM_OLD})
    again = tool.post(URL, {"given_name": "Ann", "email": "b@x.example", **FROM_OLD})

    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json()["id"], again.json()["tier"]) == (first.json()["id"], "external_id")


@pytest.mark.parametrize(
    "half", [{"external_id": "1"}, {"external_system": "x"}, {"birth_date": "31.5.1984"},
             {"birth_date": "1984-02-30"}, {"birth_date": "1066-01-01"},
             {"birth_date": "2080-05-31"}, {"customer": "cus_1"}]
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(tool: ApiClient, half: dict[str, str]) -> None:
    answer = tool.post(URL, {"given_name": "Ann", **half})

    assert answer.status_code in (400, 422), answer.content
    assert not Customer.objects.exists()


def test_a_date_of_birth_is_kept_and_can_be_taken_away(tool: ApiClient) -> None:
    made = tool.post(URL, {"given_name": "Ann", "birth_date": "1984-05-31"})
    place = f"{URL}/{made.json()['id']}"
    assert made.json()["birth_date"] == "1984-05-31"

    changed = tool.patch(place, {"birth_date": None}, etag=made.headers["ETag"])

    assert changed.json()["birth_date"] is None


def test_one_call_names_every_id_and_they_stay_id_6(tool: ApiClient, claire: Customer) -> None:
    twin = customer("C. Marchetti")
    Customer.objects.filter(pk=twin.pk).update(canonical=claire)
    history.create(ExternalId(customer=claire, system="Old software", value="4711"), by=SETUP)
    owner = person("Administrator")
    crm = history.create(Connection(vendor="hubspot", label="CRM", owner=owner), by=SETUP)
    Link.objects.create(
        connection=crm, kind="customer", local_id=claire.pk, remote_id="90151", idem_key="x"
    )
    place = url(claire, "ids")

    told: Any = tool.get(place).json()
    update_customer(claire.pk, {"family_name": "Roux", "email": "c@roux.example"}, by=SETUP)

    assert told == tool.get(place).json()
    assert told == {
        "id": cus(claire),
        "code": claire.code,
        "merged_ids": [cus(twin)],
        "external_ids": [
            {"system": "CRM", "value": "90151"},
            {"system": "Old software", "value": "4711"},
        ],
    }


def test_asking_needs_to_see_all_customers(claire: Customer) -> None:
    answer = api_key(C.EDIT_CUSTOMER).post(f"{URL}/match", {"given_name": "Claire"})

    assert answer.status_code == 403
