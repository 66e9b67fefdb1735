"""A calendar outside not read for long: what is known of it stays, the rest is a guess."""

from datetime import datetime, timedelta

import pytest

from hub import history
from hub.access import EVERYTHING
from scheduling import search
from scheduling.elsewhere import FRESH_FOR
from scheduling.explaining import explain
from scheduling.external_busy import expect_calendar, needs_full_reading, note_reading
from scheduling.models import Service, Staff, StaleCalendars
from scheduling.search import OpenTime
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, location, service, staff
from tests.scheduling.outside import HOME, YEAR, read
from tests.scheduling.trails import minutes

AT = MONDAY_9 - timedelta(days=7)
HOUR = timedelta(hours=1)


@pytest.fixture
def haircut(db: None) -> Service:
    return service(duration_minutes=60)


@pytest.fixture
def dina(haircut: Service) -> Staff:
    return staff("Dina Falk", services=[haircut], hours="9–13")


def offered(of: Service, *, at: datetime = AT) -> list[OpenTime]:
    return search.open_times(of.pk, location_id=location().pk, date=MONDAY_9.date(), at=at)


def test_times_are_unconfirmed_once_a_calendar_was_not_read_for_half_an_hour(
    dina: Staff, haircut: Service
) -> None:
    def unconfirmed(at: datetime) -> set[bool]:
        return {time.is_unconfirmed for time in offered(haircut, at=at)}

    assert unconfirmed(AT) == {False}
    read(dina, busy={"dentist": [(MONDAY_9, MONDAY_9 + HOUR)]}, at=AT)
    assert unconfirmed(AT + FRESH_FOR) == {False}
    assert unconfirmed(AT + FRESH_FOR + minutes(1)) == {True}
    # What was known stays in the way: it is never silently taken for free.
    assert MONDAY_9 not in [time.start_at for time in offered(haircut, at=AT + 2 * FRESH_FOR)]

    note_reading(HOME, at=AT + 2 * FRESH_FOR)
    assert unconfirmed(AT + 2 * FRESH_FOR) == {False}


def test_a_calendar_that_was_never_read_makes_all_times_unconfirmed(
    dina: Staff, haircut: Service
) -> None:
    expect_calendar(HOME, [dina.pk])
    note_reading(HOME, at=AT)  # of changes; it was not read in full before

    assert {time.is_unconfirmed for time in offered(haircut)} == {True}
    assert needs_full_reading(HOME, until=AT)


def test_times_beyond_what_was_read_of_a_calendar_are_unconfirmed(
    dina: Staff, haircut: Service
) -> None:
    read(dina, at=MONDAY_9 + HOUR - YEAR)

    fresh = MONDAY_9 + HOUR - YEAR
    found = {time.start_at: time.is_unconfirmed for time in offered(haircut, at=fresh)}

    assert found[MONDAY_9] is False
    assert found[MONDAY_9 + minutes(15)] is True


def test_a_location_may_choose_not_to_offer_times_that_are_unconfirmed(
    dina: Staff, haircut: Service
) -> None:
    jo = staff("Jo", services=[haircut], hours="9–13")
    read(dina, at=AT - HOUR)
    place = location()
    place.stale_calendars = StaleCalendars.HIDDEN
    history.save(place, fields=["stale_calendars"], by=SETUP)

    assert {time.staff_id for time in offered(haircut)} == {jo.pk}
    # Whoever answers for it may still book it by name.
    assert explain(haircut.pk, dina.pk, MONDAY_9, held=EVERYTHING, at=AT) == []
