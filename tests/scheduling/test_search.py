"""What is offered is what can be booked, and why the rest is not offered."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.access import EVERYTHING
from scheduling import search
from scheduling.canceling import cancel_with_undo
from scheduling.explaining import Reason, explain
from scheduling.hours import Hours
from scheduling.models import Location, Resource, Service, Staff
from tests.factories.people import SETUP
from tests.factories.scheduling import (
    MONDAY_9,
    booked,
    location,
    room,
    service,
    staff,
)
from tests.scheduling.trails import minutes

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 3, 1)
WEEK_BEFORE = MONDAY_9 - timedelta(days=7)


def local_times(times: list[search.OpenTime], place: Location) -> list[str]:
    return [f"{time.start_at.astimezone(place.time_zone):%H:%M}" for time in times]


def offered(place: Location, haircut: Service, day: date = MONDAY) -> list[str]:
    times = search.open_times(haircut.pk, location_id=place.pk, date=day, at=WEEK_BEFORE)
    return local_times(times, place)


def test_a_day_is_offered_by_the_hours_breaks_and_bookings_of_a_person() -> None:
    place, haircut = location(), service(buffer_after_minutes=15)
    dina = staff(hours="09:00–11:00, 12:00–14:00")
    booked(staff=dina, start=datetime(2027, 3, 1, 11, 0, tzinfo=UTC))  # 12:00, block to 13:00

    assert offered(place, haircut) == [
        "09:00",
        "09:15",
        "09:30",
        "09:45",
        "10:00",
        "10:15",
        "13:00",
        "13:15",
    ]


def test_everybody_who_offers_the_service_is_offered_in_the_order_of_the_calendar() -> None:
    place, haircut = location(), service()
    second = staff("Second", hours="09:00–10:00", position=2)
    first = staff("First", hours="09:00–10:00", position=1)
    staff("Not offering", services=[])
    staff("Gone", is_active=False)
    staff("Elsewhere", place=location("Hill Street"))

    times = search.open_times(haircut.pk, location_id=place.pk, date=MONDAY, at=WEEK_BEFORE)

    assert [(time.start_at.minute, time.staff_id) for time in times] == [
        (0, first.pk),
        (0, second.pk),
        (15, first.pk),
        (15, second.pk),
    ]


def test_a_service_that_needs_a_room_is_offered_while_one_is_free() -> None:
    place = location()
    color = service("Color", rooms_needed=1)
    staff(services=[color], hours="09:00–10:00")

    without = offered(place, color)
    room()
    with_one = offered(place, color)
    colleague = staff("Jo", services=[color], hours="09:00–10:00")
    booked(service=color, staff=colleague, start=MONDAY_9 - timedelta(hours=1))

    assert (without, with_one, offered(place, color)) == ([], ["09:00", "09:15"], [])


def test_nothing_is_offered_in_the_past_or_within_the_notice() -> None:
    place, haircut = location(), service(minimum_notice_minutes=60)
    staff(hours="09:00–12:00")
    half_past_nine = datetime(2027, 3, 1, 8, 31, tzinfo=UTC)

    times = search.open_times(haircut.pk, location_id=place.pk, date=MONDAY, at=half_past_nine)

    assert local_times(times, place) == ["10:45", "11:00", "11:15"]


def test_nothing_is_offered_for_what_is_unknown() -> None:
    place, haircut = location(), service()
    staff()

    assert search.open_times(uuid4(), location_id=place.pk, date=MONDAY, at=WEEK_BEFORE) == []
    assert search.open_times(haircut.pk, location_id=uuid4(), date=MONDAY, at=WEEK_BEFORE) == []
    assert (
        search.nearest_times(
            haircut.pk, uuid4(), MONDAY_9, location_id=None, at=WEEK_BEFORE, limit=3
        )
        == []
    )


def test_the_next_times_reach_over_days_without_work() -> None:
    place, haircut = location(), service()
    dina = staff(hours="")
    dina.working_hours.update(friday=Hours([(9 * 60, 10 * 60)]))

    times = search.next_times(
        haircut.pk, location_id=place.pk, start_date=MONDAY, at=WEEK_BEFORE, limit=3
    )

    assert [f"{time.start_at:%a %d %H:%M}" for time in times] == [
        "Fri 05 08:00",
        "Fri 05 08:15",
        "Fri 12 08:00",
    ]


def test_a_canceled_slot_is_offered_again_when_it_can_no_longer_be_undone() -> None:
    place, haircut = location(), service()
    dina = staff(hours="10:00–10:45")
    appointment = booked(staff=dina)
    until = WEEK_BEFORE + minutes(15)
    cancel_with_undo(appointment.pk, reason="Deleted", undo_until=until, at=WEEK_BEFORE, by=SETUP)

    def at(moment: datetime) -> int:
        return len(search.open_times(haircut.pk, location_id=place.pk, date=MONDAY, at=moment))

    assert (at(until), at(until + minutes(1))) == (0, 1)


def test_a_search_asks_as_often_for_many_people_as_for_one() -> None:
    place = location()
    color = service("Color", rooms_needed=1)
    counts = []
    for name in ("One", "Two", "Three"):
        staff(name, services=[color])
        room(f"Room {name}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            search.next_times(color.pk, location_id=place.pk, start_date=MONDAY, at=WEEK_BEFORE)
        counts.append(len(queries))

    assert counts == [9, 9, 9]


def reasons(
    person: Staff, offering: Service, start: datetime, at: datetime = WEEK_BEFORE
) -> list[str]:
    found = explain(offering.pk, person.pk, start, held=EVERYTHING, at=at)
    return [reason.code for reason in found]


def test_a_time_that_can_be_booked_needs_no_explanation() -> None:
    assert reasons(staff(), service(), MONDAY_9) == []


def test_every_reason_is_named_at_once() -> None:
    color = service("Color", rooms_needed=1, minimum_notice_minutes=60)
    dina = staff(hours="14:00–18:00")

    codes = reasons(dina, color, MONDAY_9, at=MONDAY_9)

    assert codes == ["not_qualified", "notice", "outside_working_hours", "no_room"]
    assert not Resource.objects.exists()


def test_a_buffer_in_the_way_is_told_from_a_booking_in_the_way() -> None:
    haircut = service(duration_minutes=30, buffer_after_minutes=15)
    dina = staff()
    booked(staff=dina)

    found = [
        explain(haircut.pk, dina.pk, start, held=EVERYTHING, at=WEEK_BEFORE)
        for start in (MONDAY_9, MONDAY_9 + minutes(30))
    ]

    assert found == [
        [Reason("taken", "Dina Falk is booked 10:00 – 10:30.", is_limit=False)],
        [
            Reason(
                "buffer",
                "Dina Falk is booked 10:00 – 10:30, and the buffers would overlap.",
                is_limit=False,
            )
        ],
    ]


def test_the_past_is_told_from_a_notice_that_is_not_kept() -> None:
    assert reasons(staff(), service(), MONDAY_9, at=MONDAY_9 + minutes(20)) == ["past"]


def test_asking_why_changes_nothing_and_takes_no_lock() -> None:
    dina = staff()
    appointment = booked(staff=dina)
    cancel_with_undo(
        appointment.pk, reason="Deleted", undo_until=WEEK_BEFORE, at=WEEK_BEFORE, by=SETUP
    )

    assert reasons(dina, service(), MONDAY_9, at=WEEK_BEFORE + minutes(1)) == []

    appointment.refresh_from_db()
    assert appointment.slot_held_until == WEEK_BEFORE
