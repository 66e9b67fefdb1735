"""However many different things people wait for, one look takes little, and all get their turn."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import WaitingEntry, WaitingStatus
from scheduling.waiting import offering
from scheduling.waiting.offering import offer_freed
from tests.factories.scheduling import service, staff
from tests.scheduling.waiting.list_of import AT, now, waits

pytestmark = pytest.mark.django_db
NAMES = ("Ada", "Bea", "Cleo", "Dora", "Eve")


def different(*names: str, earliest_time: time | None = None) -> list[WaitingEntry]:
    """Return entries of which each waits for another service, which somebody has time for."""
    made = []
    for name in names:
        of = service(f"Haircut {name}")
        staff(f"{name} Falk", services=[of], hours="10:00–10:45")
        made.append(waits(f"{name} Winter", of=of, earliest_time=earliest_time))
    return made


def offered(entries: list[WaitingEntry]) -> list[bool]:
    return [now(entry).status == WaitingStatus.OFFERED for entry in entries]


def queries() -> int:
    with CaptureQueriesContext(connection) as made:
        offer_freed(at=AT)
    return len(made)


def test_all_get_their_turn_and_who_waits_longest_the_first_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(offering, "MOST_SEARCHES", 2)
    for position, entry in enumerate(entries := different(*NAMES)):
        queued_at = AT.replace(minute=position)
        WaitingEntry.objects.filter(pk=entry.pk).update(queued_at=queued_at)

    looks = [offer_freed(at=AT) for _ in range(3)]

    assert looks[0] == 2
    assert offered(entries)[:2] == [True, True]
    assert sum(looks) == 5


def test_what_was_in_vain_is_looked_at_again_in_the_next_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(offering, "MOST_SEARCHES", 1)
    entries = different(*NAMES[:3], earliest_time=time(20))
    assert [offer_freed(at=AT) for _ in range(3)] == [0, 0, 0]

    WaitingEntry.objects.update(earliest_time=None)

    assert [offer_freed(at=AT) for _ in range(3)] == [1, 1, 1]
    assert all(offered(entries))


def test_one_look_costs_the_same_for_few_kinds_of_wishes_and_for_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(offering, "MOST_SEARCHES", 2)
    different(*NAMES[:2], earliest_time=time(20))
    few = queries()
    different(*NAMES[2:], earliest_time=time(20))

    assert queries() <= few + 8  # which round it is, kept in the database
