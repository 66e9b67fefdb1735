"""Whatever stands in calendars outside: no offered time touches it, and no other time is lost."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import search
from scheduling.models import ExternalBusy
from tests.factories.scheduling import location, service, staff
from tests.scheduling.outside import read
from tests.scheduling.trails import minutes

pytestmark = pytest.mark.django_db
# A plain day, and both changes of the clocks where there are any.
DAYS = [
    (zone, date.fromisoformat(day))
    for zone, days in {
        "Europe/Berlin": ("2026-01-15", "2026-03-29", "2026-10-25"),
        "America/New_York": ("2026-01-15", "2026-03-08", "2026-11-01"),
        "Asia/Kolkata": ("2026-01-15",),
        "Australia/Lord_Howe": ("2026-01-15", "2026-04-05", "2026-10-04"),
        "UTC": ("2026-01-15",),
    }.items()
    for day in days
]
STRETCHES = st.tuples(
    st.sampled_from(["instant", "instant", "wall", "day"]),
    st.integers(-300, 24 * 60),  # minutes from midnight, or the day before, itself or after
    st.integers(1, 300),
)


def stretch_on(day: date, zone: ZoneInfo, drawn: tuple[str, int, int]) -> tuple[date, date]:
    kind, offset, length = drawn
    if kind == "day":
        first = day + timedelta(days=offset % 3 - 1)
        return first, first + timedelta(days=1)
    wall = datetime.combine(day, time()) + minutes(offset)
    if kind == "wall":
        return wall, wall + minutes(length)
    start = wall.replace(tzinfo=zone).astimezone(UTC)
    return start, start + minutes(length)


def as_instants(edges: tuple[date, date], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The naive way: put every edge on the wall clock of the zone."""
    whole = (
        edge if isinstance(edge, datetime) else datetime.combine(edge, time()) for edge in edges
    )
    first, last = (edge if edge.tzinfo else edge.replace(tzinfo=zone) for edge in whole)
    return first.astimezone(UTC), last.astimezone(UTC)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(DAYS),
    st.lists(STRETCHES, max_size=6),
    st.tuples(st.integers(10, 120), st.integers(0, 40), st.integers(0, 40)),
)
def test_the_times_offered_are_those_that_keep_clear_of_the_outside_buffers_included(
    where: tuple[str, date], drawn: list[tuple[str, int, int]], shape: tuple[int, int, int]
) -> None:
    zone, day = ZoneInfo(where[0]), where[1]
    length, before, after = shape
    with transaction.atomic():
        place = location(zone=where[0])
        visit = service(
            duration_minutes=length, buffer_before_minutes=before, buffer_after_minutes=after
        )
        dina = staff(services=[visit], hours="0–24", place=place)
        at = datetime.combine(day, time(), UTC) - timedelta(days=3)
        asked = {"location_id": place.pk, "date": day, "at": at}
        stretches = [stretch_on(day, zone, one) for one in drawn]
        without = search.open_times(visit.pk, **asked)  # type: ignore[arg-type]

        read(dina, busy={str(name): [one] for name, one in enumerate(stretches)}, at=at)
        offered = search.open_times(visit.pk, **asked)  # type: ignore[arg-type]

        busy = [as_instants(one, zone) for one in stretches]
        clear = [
            time
            for time in without
            if not any(
                first < time.end_at + minutes(after) and last > time.start_at - minutes(before)
                for first, last in busy
                if first < last
            )
        ]
        assert offered == clear
        assert ExternalBusy.objects.count() == sum(first < last for first, last in busy)
        transaction.set_rollback(True)
