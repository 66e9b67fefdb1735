"""Likely duplicates over the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.comparing import compare_pending
from customers.models import Customer, IdentityReview, ReviewState
from hub.access import Capability
from hub.actors import Actor
from hub.identifiers import public_id
from tests.factories.clients import ApiClient, api_key
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db
URL = "/api/v1/duplicates"
C = Capability
ADDRESS: dict[str, Any] = {"street": "8 quai Saint-Antoine", "postal_code": "69002"}


@pytest.fixture
def tool() -> ApiClient:
    return api_key(C.VIEW_CUSTOMER, C.EDIT_CUSTOMER)


@pytest.fixture
def claire() -> Customer:
    return customer(phone="+33612345678", **ADDRESS)


@pytest.fixture
def twin(claire: Customer) -> Customer:
    twin = customer("Claire Marcheti", phone="+33798765432", **ADDRESS)
    compare_pending(limit=100, by=Actor.job("find duplicates"))
    assert twin != claire
    return twin


def only_url() -> str:
    return f"{URL}/{public_id('dup', IdentityReview.objects.get().pk)}"


def etag(tool: ApiClient) -> str:
    return str(tool.get(only_url())["ETag"])


def test_a_pair_is_shown_with_score_and_evidence(
    tool: ApiClient, claire: Customer, twin: Customer
) -> None:
    answer = tool.get(URL)

    assert answer.status_code == 200
    (shown,) = answer.json()["data"]
    review = IdentityReview.objects.get()
    assert {shown["customer"], shown["candidate"]} == {
        public_id("cus", claire.pk),
        public_id("cus", twin.pk),
    }
    assert (shown["id"], shown["score"], shown["state"]) == (
        public_id("dup", review.pk),
        review.score,
        "open",
    )
    assert shown["evidence"] == [
        {"fact": "alike_name", "text": "Name 97 % alike", "is_against": False},
        {"fact": "same_address", "text": "Same address", "is_against": False},
        {"fact": "other_contact", "text": "E-mail or phone differs", "is_against": True},
    ]


@pytest.mark.usefixtures("twin")
def test_both_sides_can_be_expanded(tool: ApiClient) -> None:
    (shown,) = tool.get(URL, expand="customer,candidate").json()["data"]

    names = {shown["customer"]["name"], shown["candidate"]["name"]}
    assert names == {"Claire Marchetti", "Claire Marcheti"}


@pytest.mark.usefixtures("twin")
def test_different_is_remembered_and_can_be_taken_back(tool: ApiClient) -> None:
    answered = tool.post(f"{only_url()}/different", etag=etag(tool))

    assert (answered.status_code, answered.json()["state"]) == (200, "different")
    assert tool.get(URL, state="open").json()["data"] == []

    again = tool.post(f"{only_url()}/again", etag=etag(tool))

    assert (again.status_code, again.json()["state"]) == (200, "open")


@pytest.mark.usefixtures("twin")
def test_later_says_until_when(tool: ApiClient) -> None:
    until = (timezone.now() + timedelta(days=3)).replace(microsecond=0)

    answered = tool.post(f"{only_url()}/later", {"until": until.isoformat()}, etag=etag(tool))

    assert answered.status_code == 200
    assert IdentityReview.objects.get().postponed_until == until


@pytest.mark.usefixtures("twin")
@pytest.mark.parametrize(
    "until", ["", "yesterday", "2020-01-01T00:00:00Z", "9999-01-01T00:00:00Z"]
)
def test_a_time_that_cannot_be_is_refused_at_its_field(tool: ApiClient, until: str) -> None:
    refused = tool.post(f"{only_url()}/later", {"until": until}, etag=etag(tool))

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "#/until"


@pytest.mark.usefixtures("twin")
def test_a_second_answer_and_a_blind_one_are_refused(tool: ApiClient) -> None:
    seen = etag(tool)
    assert tool.post(f"{only_url()}/different").status_code == 428
    tool.post(f"{only_url()}/different", etag=seen)

    stale = tool.post(f"{only_url()}/different", etag=seen)
    second = tool.post(f"{only_url()}/different", etag=etag(tool))

    assert (stale.status_code, second.status_code) == (412, 409)
    assert second.json()["code"] == "already_answered"


@pytest.mark.usefixtures("twin")
def test_only_a_key_that_may_change_customers_answers() -> None:
    reader = api_key(C.VIEW_CUSTOMER)

    assert reader.get(URL).status_code == 200
    assert reader.post(f"{only_url()}/different", etag=etag(reader)).status_code == 403
    assert api_key(C.VIEW_INVOICE).get(URL).status_code == 403
    assert IdentityReview.objects.get().state == ReviewState.OPEN
