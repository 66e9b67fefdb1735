"""Cursor pages: everything once, in order, both ways, whatever happens meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.models import Customer
from hub import history
from tests.factories.clients import ApiClient, api_key
from tests.factories.people import SETUP

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.hub.rest_sample")]
CARDS = "/api/v1/cards"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def tool() -> ApiClient:
    return api_key()


def add(number: int, *, minute: int) -> None:
    card = Customer(number=number, given_name=f"{number:02d}", company="Cards")
    card.created_at = NOON + timedelta(minutes=minute)
    history.create(card, by=SETUP)


@pytest.fixture
def seven(tool: ApiClient) -> list[str]:
    for number in range(1, 8):
        add(number, minute=number // 3)  # several share an instant
    return names(tool.get(CARDS))


def names(answer: Any) -> list[str]:
    return [card["name"] for card in answer.json()["data"]]


def follow(tool: ApiClient, answer: Any, way: str) -> list[list[str]]:
    pages = []
    while answer.json()[way]:
        answer = tool.get(answer.json()[way])
        pages.append(names(answer))
    return pages


def test_walking_on_shows_everything_once_in_order(tool: ApiClient, seven: list[str]) -> None:
    first = tool.get(CARDS, limit=3)

    assert [names(first), *follow(tool, first, "next")] == [seven[:3], seven[3:6], seven[6:]]
    assert first.json()["previous"] is None


def test_walking_back_shows_the_same(tool: ApiClient, seven: list[str]) -> None:
    last = tool.get(CARDS, limit=3)
    while last.json()["next"]:
        last = tool.get(last.json()["next"])

    assert follow(tool, last, "previous") == [seven[3:6], seven[:3]]


def test_a_record_added_meanwhile_neither_shifts_nor_repeats(
    tool: ApiClient, seven: list[str]
) -> None:
    first = tool.get(CARDS, limit=3)
    add(8, minute=-5)

    assert follow(tool, first, "next") == [seven[3:6], seven[6:]]


def test_a_page_that_ends_exactly_at_the_end_is_the_last(
    tool: ApiClient, seven: list[str]
) -> None:
    assert tool.get(CARDS, limit=7).json()["next"] is None


def test_an_empty_list_has_no_neighbors(tool: ApiClient) -> None:
    empty = tool.get(CARDS)

    assert empty.json() == {"data": [], "next": None, "previous": None}
    assert "Link" not in empty


def test_the_neighbors_stand_in_the_link_header_too(tool: ApiClient, seven: list[str]) -> None:
    middle = tool.get(tool.get(CARDS, limit=3).json()["next"])
    links = middle.json()

    following, before = links["next"], links["previous"]
    assert middle["Link"] == f'<{following}>; rel="next", <{before}>; rel="previous"'


def test_filters_stay_on_the_next_page(tool: ApiClient, seven: list[str]) -> None:
    first = tool.get(CARDS, limit=3, q="0", company="Cards")

    assert follow(tool, first, "next") == [seven[3:6], seven[6:]]


def test_a_cursor_that_was_tampered_with_is_refused(tool: ApiClient, seven: list[str]) -> None:
    address = tool.get(CARDS, limit=3).json()["next"]
    cursor = address.partition("cursor=")[2]
    forged = [cursor[:-1], "x" + cursor, cursor.replace(cursor[5], "_", 1), "eyJ9", ":::"]

    assert {tool.get(CARDS, cursor=text).status_code for text in forged} == {400}


def test_a_page_costs_the_same_queries_with_one_and_with_three_records(
    tool: ApiClient, django_assert_num_queries: Any
) -> None:
    add(1, minute=0)
    tool.get(CARDS)  # notes the use of the key
    with django_assert_num_queries(2):
        tool.get(CARDS)
    add(2, minute=0)
    add(3, minute=0)
    with django_assert_num_queries(2):
        assert len(names(tool.get(CARDS))) == 3
