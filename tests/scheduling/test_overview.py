"""Several days of a location, and who sees what of them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub import access
from hub.access import EVERYTHING
from scheduling.models import Appointment
from scheduling.overview import BACK, FORWARD, Narrowing, Period, appointments_in, clock_changes
from tests.factories.people import person
from tests.factories.scheduling import MONDAY_9, booked, location, staff

MONDAY = date(2027, 3, 1)
AT = MONDAY_9 - timedelta(hours=2)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*sorted(access.ROLES), None])
@pytest.mark.parametrize("limited", [False, True])
def test_a_period_shows_exactly_the_appointments_that_may_be_opened(
    role: str | None, *, limited: bool
) -> None:
    user = person(role)
    booked(staff=staff("Paula Practice", user=user))
    booked()
    held = access.of_user(user.pk)
    if limited:
        held = replace(held, locations=frozenset({location("Uptown").pk}))

    period = Period(location(), MONDAY, 7)
    seen = set(appointments_in(period, held, Narrowing(), at=AT))

    assert seen == set(Appointment.objects.visible_to(held))


@pytest.mark.django_db
def test_what_touches_a_period_from_outside_is_not_in_it() -> None:
    sam = staff("Sam Night", hours="00:00–24:00")
    midnight = datetime(2027, 3, 2, 0, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    before = booked(staff=sam, start=midnight - timedelta(minutes=45))
    after = booked(staff=sam, start=midnight)

    first = appointments_in(Period(location(), MONDAY, 1), EVERYTHING, Narrowing(), at=AT)
    second = appointments_in(
        Period(location(), date(2027, 3, 2), 1), EVERYTHING, Narrowing(), at=AT
    )

    assert (list(first), list(second)) == ([before], [after])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        ("Europe/Berlin", {date(2027, 3, 28): FORWARD, date(2027, 10, 31): BACK}),
        ("Australia/Lord_Howe", {date(2027, 4, 4): BACK, date(2027, 10, 3): FORWARD}),
        ("Asia/Kolkata", {}),
    ],
)
def test_a_year_has_the_clock_changes_of_its_zone(zone: str, changes: dict[date, str]) -> None:
    place = location("Anywhere", zone=zone)

    assert clock_changes(Period(place, date(2027, 1, 1), 365)) == changes
