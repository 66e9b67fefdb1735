"""Query parameters: what narrows a list, what is shown in full, what is refused."""

from typing import Any

import pytest

from customers.models import Customer
from tests.factories.clients import ApiClient, api_key

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.hub.rest_sample")]
CARDS = "/api/v1/cards"


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


@pytest.fixture
def tool() -> ApiClient:
    return api_key()


def test_unknown_and_repeated_parameters_are_refused(tool: ApiClient) -> None:
    unknown = tool.get(CARDS, surprise="1")
    twice = tool.get(f"{CARDS}?q=a&q=b")
    on_a_post = tool.post(f"{CARDS}?q=a", {"name": "Ada"})

    asked = (unknown, twice, on_a_post)
    assert [codes(answer)[0][0] for answer in asked] == ["?surprise", "?q", "?q"]
    assert [answer.status_code for answer in asked] == [400, 400, 400]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "٣"},
        {"limit": ""},
        {"cursor": ""},
        {"cursor": "a\u0000"},
        {"updated_since": "yesterday"},
        {"created_after": "2026-11-24T09:30:00"},
        {"company": "Nobody"},
        {"merged_into": "apt_1"},
        {"q": "a\u0000b"},
        {"q": "x" * 101},
        {"expand": "everything"},
        {"expand": "merged_into.merged_into.merged_into"},
    ],
)
def test_a_wrong_parameter_is_refused_by_name(tool: ApiClient, query: dict[str, Any]) -> None:
    refused = tool.get(CARDS, **query)

    assert refused.status_code == 400
    assert [pointer for pointer, _ in codes(refused)] == [f"?{name}" for name in query]


def test_lists_can_be_filtered(tool: ApiClient) -> None:
    for name in ("Ada", "Bea"):
        tool.post(CARDS, {"name": name})

    def names(**query: Any) -> list[str]:
        return [card["name"] for card in tool.get(CARDS, **query).json()["data"]]

    assert names(q="be") == ["Bea"]
    assert names(company="Cards,Others") == ["Ada", "Bea"]
    assert names(company="Others") == []
    assert names(created_after="2100-01-01T00:00:00Z") == []


def test_pullers_ask_for_what_changed_since(tool: ApiClient) -> None:
    made = [tool.post(CARDS, {"name": name}) for name in ("Ada", "Bea")]
    moment = Customer.history.latest("history_date").history_date.isoformat()
    tool.patch(made[0]["Location"], {"name": "Ada Two"}, etag=made[0]["ETag"])

    after = tool.get(CARDS, updated_since=moment).json()["data"]
    never = tool.get(CARDS, updated_since="2100-01-01T00:00:00+02:00").json()["data"]

    assert [card["name"] for card in after] == ["Ada Two", "Bea"]
    assert never == []


def test_another_record_is_shown_in_full_where_that_is_asked_for(tool: ApiClient) -> None:
    kept, merged = (tool.post(CARDS, {"name": name}).json() for name in ("Ada", "Ada too"))
    Customer.objects.filter(given_name="Ada too").update(
        canonical=Customer.objects.get(given_name="Ada")
    )
    place = f"{CARDS}/{merged['id']}"

    assert tool.get(place).json()["merged_into"] == kept["id"]
    assert tool.get(place, expand="merged_into").json()["merged_into"]["name"] == "Ada"
    deep = tool.get(place, expand="merged_into.merged_into").json()["merged_into"]
    assert deep["merged_into"] is None
