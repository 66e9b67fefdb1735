"""API keys: shown once, limited to their scopes, ended at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from hub.access import KEY_SCOPES, AccessDenied, Capability
from hub.errors import InvalidInput
from hub.models import ApiKey
from hub.rest.keys import KeyRevokedAlready, create_key, revoke_key
from tests.factories.clients import ApiClient, api_key
from tests.factories.people import SETUP, actor, person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.hub.rest_sample")]
CARDS = "/api/v1/cards"


def status(token: str) -> int:
    client = ApiClient({"Authorization": f"Bearer {token}"})
    return int(client.get(CARDS).status_code)


def make(**values: Any) -> Any:
    return create_key(
        "Web shop", scopes=[Capability.VIEW_CUSTOMER], at=timezone.now(), by=SETUP, **values
    )


def test_a_key_has_the_shape_that_secret_scanners_look_for() -> None:
    token = make().token

    assert token.startswith("hub_live_")
    assert [len(part) for part in token.split("_", 3)] == [3, 4, 8, 43]


def test_a_key_works_until_it_is_revoked() -> None:
    made = make()
    before = status(made.token)

    revoke_key(made.key.pk, at=timezone.now(), by=SETUP)

    assert (before, status(made.token)) == (200, 401)
    with pytest.raises(KeyRevokedAlready):
        revoke_key(made.key.pk, at=timezone.now(), by=SETUP)


def test_a_key_ends_after_a_year_by_itself() -> None:
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False):
        token = make().token
    with time_machine.travel("2026-12-31T23:59:59Z", tick=False):
        last_day = status(token)
    with time_machine.travel("2027-01-01T00:00:00Z", tick=False):
        after = status(token)

    assert (last_day, after) == (200, 401)


def test_a_key_with_one_wrong_character_is_refused() -> None:
    token = make().token
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")

    asked = [wrong, token[:-1], token + "A", token.upper(), "", "hub_live_", f"{token}\u00e9"]
    assert {status(text) for text in asked} == {401}


def test_a_key_in_the_address_is_not_read() -> None:
    assert ApiClient({}).get(CARDS, key=make().token).status_code == 401


def test_another_scheme_is_refused() -> None:
    made = make()
    assert ApiClient({"Authorization": f"Basic {made.token}"}).get(CARDS).status_code == 401


@pytest.mark.parametrize(
    "scopes", [[], [Capability.MANAGE_PEOPLE], [Capability.VIEW_OWN_CUSTOMER]]
)
def test_a_key_gets_no_power_over_people_and_nothing_of_its_own(scopes: list[Capability]) -> None:
    with pytest.raises(InvalidInput):
        create_key("Web shop", scopes=scopes, at=timezone.now(), by=SETUP)


def test_a_key_cannot_end_before_it_begins() -> None:
    with pytest.raises(InvalidInput):
        make(expires_at=timezone.now() - timedelta(seconds=1))


def test_only_who_manages_people_makes_and_ends_keys() -> None:
    ada, made = actor(person("Manager")), make()

    with pytest.raises(AccessDenied):
        create_key("Web shop", scopes=KEY_SCOPES, at=timezone.now(), by=ada)
    with pytest.raises(AccessDenied):
        revoke_key(made.key.pk, at=timezone.now(), by=ada)


def test_its_use_is_noted_at_most_once_a_minute() -> None:
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        made = make()
        status(made.token)
        first = ApiKey.objects.get().last_used_at
        ApiKey.objects.update(last_used_at=timezone.now() - timedelta(seconds=59))
        status(made.token)
        soon = ApiKey.objects.get().last_used_at
        ApiKey.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
        status(made.token)
        later = ApiKey.objects.get().last_used_at

    assert first is not None
    assert soon == datetime(2026, 11, 24, 11, 59, 1, tzinfo=UTC)
    assert later is not None
    assert later > soon


def test_who_made_and_who_ended_a_key_is_in_the_history() -> None:
    ida = actor(person("Administrator"))
    made = create_key("Web shop", scopes=[Capability.VIEW_CUSTOMER], at=timezone.now(), by=ida)
    revoke_key(made.key.pk, at=timezone.now(), by=ida)

    rows = made.key.history.order_by("history_id")
    assert [(row.history_type, row.actor_name) for row in rows] == [
        ("+", "Ida Admin"),
        ("~", "Ida Admin"),
    ]


def test_two_keys_live_side_by_side_while_one_replaces_the_other() -> None:
    old, new = api_key(Capability.VIEW_CUSTOMER), api_key(Capability.VIEW_CUSTOMER)

    assert [tool.get(CARDS).status_code for tool in (old, new)] == [200, 200]
