"""What customers move by their link: to times that are offered, as long as the rules say."""

from datetime import datetime, timedelta

import pytest

from scheduling.booking import reschedule_appointment
from scheduling.models import Appointment
from scheduling.search import open_times
from scheduling.selfservice.allowing import NotAllowedByLink, SeenAnother
from scheduling.selfservice.moving import move_by_link, wish_of
from scheduling.selfservice.times import NotOffered, strip_of
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, service, staff
from tests.factories.threads import at_once
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.selfservice.links import SUNDAY, visit
from tests.scheduling.selfservice.test_acting import by_link

HOUR = timedelta(hours=1)


def move(
    appointment: Appointment, start_at: datetime, *, version: int = 1, at: datetime = SUNDAY
) -> Appointment:
    return move_by_link(
        appointment.pk,
        start_at=start_at,
        schedule_version=version,
        at=at,
        by=by_link(appointment),
    )


@pytest.mark.django_db
def test_it_goes_to_a_free_time_and_history_says_by_which_door() -> None:
    appointment = visit()

    moved = move(appointment, MONDAY_9 + 2 * HOUR)

    assert (moved.start_at, moved.staff) == (MONDAY_9 + 2 * HOUR, appointment.staff)
    row = moved.history.order_by("-history_id").first()
    assert (row.actor_name, row.source) == ("Customer by link", "link")


@pytest.mark.django_db
def test_every_time_of_the_strip_can_be_taken_and_is_one_that_the_desk_sees() -> None:
    appointment = visit()
    booked(staff=appointment.staff, start=MONDAY_9 + 3 * HOUR)
    wish = wish_of(appointment, at=SUNDAY)
    assert wish is not None

    strip = strip_of(wish, day=MONDAY_9.date(), at=SUNDAY)

    offered = strip.days[MONDAY_9.date()]
    assert offered == open_times(
        appointment.service_id,
        location_id=appointment.location_id,
        staff_id=appointment.staff_id,
        date=MONDAY_9.date(),
        at=SUNDAY,
    )
    for time in (offered[0], offered[-1]):
        appointment.refresh_from_db()
        moved = move(appointment, time.start_at, version=appointment.schedule_version)
        assert moved.start_at == time.start_at


@pytest.mark.django_db
@pytest.mark.parametrize(
    "start_at",
    [
        MONDAY_9 + timedelta(minutes=127),  # free, but nobody offers such a minute
        MONDAY_9 + 13 * HOUR,  # at night
        SUNDAY - HOUR,
        MONDAY_9 + timedelta(days=4000),
        datetime(1999, 1, 1, tzinfo=MONDAY_9.tzinfo),
    ],
)
def test_it_goes_nowhere_else(start_at: datetime) -> None:
    service(horizon_days=300)

    with pytest.raises(NotOffered):
        move(visit(), start_at)


@pytest.mark.django_db
def test_the_notice_of_the_service_holds() -> None:
    service(minimum_notice_minutes=120)
    appointment = visit()

    with pytest.raises(NotOffered):
        move(appointment, SUNDAY + HOUR, at=SUNDAY)
    assert move(appointment, SUNDAY + 2 * HOUR, at=SUNDAY).start_at == SUNDAY + 2 * HOUR


@pytest.mark.django_db
def test_it_stays_once_canceling_would_be_late_or_it_has_begun() -> None:
    service(cancellation_window_minutes=60)
    late = visit()

    for at in (MONDAY_9 - timedelta(minutes=59), MONDAY_9):
        with pytest.raises(NotAllowedByLink):
            move(late, MONDAY_9 + 2 * HOUR, at=at)
    assert move(late, MONDAY_9 + 2 * HOUR, at=MONDAY_9 - HOUR).start_at == MONDAY_9 + 2 * HOUR


@pytest.mark.django_db
def test_nobody_moves_what_was_moved_meanwhile() -> None:
    appointment = visit()
    reschedule_appointment(appointment.pk, start_at=MONDAY_9 + HOUR, at=SUNDAY, by=SETUP)

    with pytest.raises(SeenAnother):
        move(appointment, MONDAY_9 + 3 * HOUR)


@pytest.mark.django_db(transaction=True)
def test_of_many_customers_at_one_time_one_gets_it() -> None:
    dina = staff("Dina Falk")
    visits = [
        booked(client(f"Ada {number}"), staff=dina, start=MONDAY_9 + number * HOUR)
        for number in range(6)
    ]
    target = MONDAY_9 + timedelta(days=1)

    outcomes = at_once(6, lambda number: move(visits[number], target))

    assert sorted(type(one).__name__ for one in outcomes) == ["Appointment"] + ["NotOffered"] * 5
    assert Appointment.objects.filter(start_at=target).count() == 1
    assert (overlaps(), inconsistencies()) == ([], [])
