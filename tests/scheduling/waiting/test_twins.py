"""Two customers who both wait, and turn out to be one person; and then two again."""

from datetime import timedelta

import pytest

from hub.events import EventName
from scheduling.models import Hold, WaitingEntry, WaitingStatus
from scheduling.waiting.entries import WaitingIsOver, become
from scheduling.waiting.joining import join, leave
from scheduling.waiting.offering import offer_freed
from scheduling.waiting.wishes import wished_by
from tests.customers.merged import merge, undo
from tests.factories.people import SETUP
from tests.factories.scheduling import client, service
from tests.scheduling.waiting.list_of import AT, dina, now, waits

pytestmark = pytest.mark.django_db
S = WaitingStatus


def later(entry: WaitingEntry) -> WaitingEntry:
    """Let ``entry`` wait an hour less than it does."""
    WaitingEntry.objects.filter(pk=entry.pk).update(queued_at=AT + timedelta(hours=1))
    return now(entry)


@pytest.mark.parametrize("longer", ["survivor", "absorbed"])
def test_of_two_who_are_one_whoever_waits_longer_stays_until_they_are_two_again(
    longer: str,
) -> None:
    older, newer = waits("Ada Winter"), later(waits("Ada Wynter"))
    both = (older.customer, newer.customer)
    survivor, absorbed = both if longer == "survivor" else both[::-1]

    merged = merge(survivor, absorbed, at=AT)

    assert [now(one).status for one in (older, newer)] == [S.WAITING, S.LEFT]
    assert {now(one).customer for one in (older, newer)} == {survivor}
    reason = now(newer).history.latest("history_id").history_change_reason  # of its move
    assert "Merged" in str(reason)

    undo(merged)

    assert [now(one).status for one in (older, newer)] == [S.WAITING, S.WAITING]
    assert [now(one).customer for one in (older, newer)] == list(both)
    assert now(newer).queued_at == newer.queued_at


def test_what_was_offered_to_the_later_one_is_free_for_the_other() -> None:
    person = dina()
    older = waits("Ada Winter", first_date=AT.date())
    newer = later(waits("Ada Wynter", staff_id=person.pk))
    leave(older.pk, by=SETUP)
    offer_freed(at=AT)
    WaitingEntry.objects.filter(pk=older.pk).update(status=S.WAITING, is_open=True)

    merge(older.customer, newer.customer, at=AT)

    assert now(newer).status == S.LEFT
    assert not Hold.objects.exists()
    assert offer_freed(at=AT) == 1
    assert now(older).status == S.OFFERED


def test_those_who_wait_for_different_things_both_go_on() -> None:
    first, second = waits("Ada Winter"), waits("Ada Wynter", of=service("Color"))

    merge(first.customer, second.customer, at=AT)

    assert [now(one).status for one in (first, second)] == [S.WAITING, S.WAITING]
    assert now(second).customer == first.customer


def test_what_ended_before_goes_along_and_stays_ended() -> None:
    """Ended entries for the same service hindered each other from moving."""
    first, second = waits("Ada Winter"), waits("Ada Wynter")
    for one in (first, second):
        leave(one.pk, by=SETUP)

    merged = merge(first.customer, second.customer, at=AT)
    assert now(second).customer == first.customer
    undo(merged)

    assert now(second).customer == second.customer
    assert [now(one).status for one in (first, second)] == [S.LEFT, S.LEFT]


def test_who_waits_again_by_then_does_not_wait_twice_after_the_undoing() -> None:
    ada, wynter = client("Ada Winter", email="ada@winter.example"), client("Ada Wynter")
    older, newer = waits(customer=ada), later(waits(customer=wynter))
    merged = merge(wynter, ada, at=AT)
    leave(older.pk, by=SETUP)
    join(wished_by(now(older)), at=AT, by=SETUP)

    undo(merged)

    assert now(newer).status == S.LEFT
    assert WaitingEntry.objects.filter(customer=wynter, is_open=True).count() == 1


def test_what_a_merge_ended_is_not_written_over_by_whoever_read_it_before() -> None:
    older, newer = waits("Ada Winter"), later(waits("Ada Wynter"))
    seen = now(newer)
    merge(older.customer, newer.customer, at=AT)

    with pytest.raises(WaitingIsOver):
        become(seen, S.EXPIRED, EventName.WAITING_ENDED, by=SETUP)

    assert now(newer).status == S.LEFT
