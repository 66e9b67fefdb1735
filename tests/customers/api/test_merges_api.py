"""Merging over the API, and taking it back."""

from typing import Any
from uuid import uuid4

import pytest

from customers.models import Customer, IdentityReview, Merge, ReviewState
from hub.access import Capability
from hub.identifiers import public_id
from tests.customers.api.paths import cus, url
from tests.customers.merged import merge
from tests.factories.clients import ApiClient, api_key
from tests.factories.customers import customer
from tests.factories.scheduling import booked

pytestmark = pytest.mark.django_db
MERGES = "/api/v1/merges"
C = Capability


@pytest.fixture
def tool() -> ApiClient:
    return api_key(C.VIEW_CUSTOMER, C.MERGE_CUSTOMER, C.VIEW_CALENDAR)


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example")


@pytest.fixture
def clara() -> Customer:
    return customer("Clara Roux", email="clara@roux.example", city="Paris")


def send(tool: ApiClient, survivor: Customer, body: Any, *, key: str = "") -> Any:
    place = url(survivor)
    return tool.post(f"{place}/merge", body, key=key, etag=tool.get(place).headers["ETag"])


def test_one_goes_into_the_other(tool: ApiClient, claire: Customer, clara: Customer) -> None:
    visit = booked(clara)

    answer = send(tool, claire, {"absorbed": cus(clara), "chosen": ["address"]})

    done = Merge.objects.get()
    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "id": public_id("mrg", done.pk),
        "survivor": cus(claire),
        "absorbed": cus(clara),
        "chosen": ["address"],
        "reason": "",
        "merged_at": answer.json()["merged_at"],
        "undone_at": None,
    }
    assert tool.get(url(clara)).json()["merged_into"] == cus(claire)
    assert tool.get(url(claire)).json()["city"] == "Paris"
    assert tool.get(f"/api/v1/appointments?customer={cus(claire)}").json()["data"][0][
        "id"
    ] == public_id("apt", visit.pk)


def test_without_a_choice_the_rule_chooses(
    tool: ApiClient, claire: Customer, clara: Customer
) -> None:
    answer = send(tool, claire, {"absorbed": cus(clara)})

    assert answer.json()["chosen"] == ["address", "email", "name"]


def test_a_merge_is_read_listed_and_undone(
    tool: ApiClient, claire: Customer, clara: Customer
) -> None:
    made = send(tool, claire, {"absorbed": cus(clara), "chosen": []})
    place = f"{MERGES}/{made.json()['id']}"

    listed = tool.get(f"{MERGES}?survivor={cus(claire)}").json()["data"]
    shown = tool.get(f"{place}?expand=survivor,absorbed").json()
    undone = tool.post(f"{place}/undo", {"verdict": "different"}, etag=made.headers["ETag"])

    assert [one["id"] for one in listed] == [made.json()["id"]]
    assert (shown["survivor"]["name"], shown["absorbed"]["name"]) == (
        "Claire Marchetti",
        "Clara Roux",
    )
    assert undone.status_code == 200
    assert undone.json()["undone_at"] is not None
    assert IdentityReview.objects.get().state == ReviewState.DIFFERENT
    assert tool.get(url(clara)).json()["merged_into"] is None


def test_a_repeat_with_the_same_key_is_one_merge(
    tool: ApiClient, claire: Customer, clara: Customer
) -> None:
    place = url(claire)
    seen = tool.get(place).headers["ETag"]
    body = {"absorbed": cus(clara), "chosen": []}

    answers = [tool.post(f"{place}/merge", body, key="merge-1", etag=seen) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Merge.objects.count() == 1


def test_different_tax_ids_are_refused_unless_there_is_a_reason(tool: ApiClient) -> None:
    one, other = customer("Roux SARL", tax_id="FR1"), customer("Roux Conseil", tax_id="FR2")

    refused = send(tool, one, {"absorbed": cus(other)})
    done = send(tool, one, {"absorbed": cus(other), "reason": "Renumbered"})

    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "merge_blocked")
    assert problem["errors"][0]["pointer"] == "#/reason"
    assert done.json()["reason"] == "Renumbered"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/absorbed"),
        ({"absorbed": "cus_1"}, "#/absorbed"),
        ({"absorbed": public_id("cus", uuid4())}, "#/absorbed"),
        ({"absorbed": None}, "#/absorbed"),
        ({"chosen": ["shoe_size"]}, "#/chosen/0"),
        ({"chosen": "name"}, "#/chosen"),
        ({"reason": "x" * 301}, "#/reason"),
        ({"reason": "a\u202eb"}, "#/reason"),
        ({"force": True}, "#/force"),
    ],
)
def test_hostile_bodies_name_their_fault(
    tool: ApiClient, claire: Customer, clara: Customer, body: dict[str, Any], pointer: str
) -> None:
    whole = body if "absorbed" in body or not body else {"absorbed": cus(clara)} | body

    answer = send(tool, claire, whole)

    assert answer.status_code == 400, answer.content
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert not Merge.objects.exists()


def test_what_is_no_record_of_its_own_is_refused(
    tool: ApiClient, claire: Customer, clara: Customer
) -> None:
    itself = send(tool, claire, {"absorbed": cus(claire)})
    send(tool, claire, {"absorbed": cus(clara)})
    again = send(tool, claire, {"absorbed": cus(clara)})

    assert [one.json()["code"] for one in (itself, again)] == ["not_mergeable"] * 2
    assert [one.status_code for one in (itself, again)] == [409, 409]


def test_an_undone_merge_and_one_below_another_are_refused(
    tool: ApiClient, claire: Customer, clara: Customer
) -> None:
    zoe = customer("Zoe Perrin")
    first = send(tool, claire, {"absorbed": cus(clara), "chosen": []}).json()["id"]
    second = send(tool, zoe, {"absorbed": cus(claire), "chosen": []}).json()["id"]

    def undo(merge: str) -> tuple[int, str]:
        place = f"{MERGES}/{merge}"
        seen = tool.get(place).headers["ETag"]
        answer = tool.post(f"{place}/undo", {"verdict": "open"}, etag=seen)
        return answer.status_code, answer.json().get("code", "")

    assert undo(first) == (409, "later_merge")
    assert undo(second) == (200, "")
    assert undo(second) == (409, "already_undone")


def test_changes_need_what_was_seen(tool: ApiClient, claire: Customer, clara: Customer) -> None:
    place = url(claire, "merge")

    without = tool.post(place, {"absorbed": cus(clara)})
    stale = tool.post(place, {"absorbed": cus(clara)}, etag='"9-000000000000-x"')

    assert (without.status_code, stale.status_code) == (428, 412)


def test_every_id_of_both_is_one_customers_id_6(
    tool: ApiClient, claire: Customer, clara: Customer
) -> None:
    before = {cus(claire), cus(clara)}

    send(tool, claire, {"absorbed": cus(clara)})

    told = tool.get(url(claire, "ids")).json()
    assert {told["id"], *told["merged_ids"]} == before


def test_a_key_without_the_scope_may_not_merge(claire: Customer, clara: Customer) -> None:
    narrow = api_key(C.VIEW_CUSTOMER, C.EDIT_CUSTOMER)

    answer = send(narrow, claire, {"absorbed": cus(clara)})

    assert answer.status_code == 403
    assert not Merge.objects.exists()


def test_a_merged_customer_is_not_changed_but_names_its_survivor(
    claire: Customer, clara: Customer
) -> None:
    tool = api_key()
    merge(claire, clara)
    address = url(clara)
    seen = tool.get(address)["ETag"]

    refused = tool.patch(address, {"city": "Paris"}, etag=seen)

    assert refused.status_code == 409
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "merged_away"
    assert refused.json()["details"] == {"merged_into": claire.code}
    assert tool.get(address)["ETag"] == seen
