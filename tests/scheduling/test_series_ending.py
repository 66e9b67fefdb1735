"""A pause and the end of a series: what is to come goes, what was stays."""

from datetime import date, timedelta
from typing import Any

import pytest

from customers.erasure import erase_customer
from hub import access
from hub.access import AccessDenied
from hub.errors import DomainError, InvalidInput, StaleVersion
from hub.models import Change
from hub.notifications.models import Notification
from scheduling.canceling import cancel_appointment
from scheduling.models import Series
from scheduling.recurrence import Rule, Unit
from scheduling.repeating.ending import SeriesIsOver, end_series, pause_series, resume_series
from scheduling.repeating.going_on import go_on, go_on_with_all
from scheduling.repeating.starting import start_series
from scheduling.rescheduling import reschedule_appointment
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, service, staff
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.recurring import (
    JOB,
    MONDAY,
    WEEK_BEFORE,
    WEEKLY,
    asked,
    bookings,
    started,
    visits,
)

pytestmark = pytest.mark.django_db


def test_the_customer_gets_one_message_for_all_visits_and_a_reminder_for_each() -> None:
    reminded = service(reminder_minutes=60)
    desk = actor(person())
    booking = asked(service_id=reminded.pk, staff=staff(services=[reminded]))
    series = start_series(booking, WEEKLY, at=WEEK_BEFORE, by=desk)

    kinds = sorted(Notification.objects.values_list("kind", flat=True))
    assert kinds == [*["appointment_reminder"] * 4, "series"]
    end_series(series.pk, from_date=MONDAY, reason="Moves away", at=WEEK_BEFORE, by=desk)
    planned = Notification.objects.filter(status="planned").values_list("kind", flat=True)
    assert list(planned) == ["series"], "one message that it ended, no reminder"


def test_the_end_of_a_series_cancels_what_is_to_come_and_nothing_else() -> None:
    series = started()

    end_series(series.pk, from_date=date(2027, 3, 10), reason="Moves away", at=MONDAY_9, by=SETUP)

    series.refresh_from_db()
    assert (series.status, series.ends_on) == ("ended", date(2027, 3, 9))
    assert [status for _, status in visits(series)] == ["booked", "booked", *["canceled"] * 2]
    assert overlaps() == inconsistencies() == []
    with pytest.raises(SeriesIsOver):
        end_series(series.pk, from_date=MONDAY, reason="Again", at=MONDAY_9, by=SETUP)


def test_what_has_begun_stays_when_a_series_ends() -> None:
    series = started()
    during = MONDAY_9 + timedelta(minutes=10)

    end_series(series.pk, from_date=MONDAY, reason="Moves away", at=during, by=SETUP)

    assert [status for _, status in visits(series)] == ["booked", *["canceled"] * 3]


def test_after_a_pause_its_dates_are_booked_again_from_the_day_on_that_is_said() -> None:
    series = started()
    last = series.visits.get(occurs_on=date(2027, 3, 22))
    cancel_appointment(last.pk, reason="Ill", at=WEEK_BEFORE, by=SETUP)

    pause_series(series.pk, from_date=date(2027, 3, 2), reason="Holiday", at=MONDAY_9, by=SETUP)
    assert visits(series)[0][1] == "booked"
    assert {status for _, status in visits(series)[1:]} == {"canceled"}
    assert go_on_with_all(at=MONDAY_9, by=JOB) == 0
    resume_series(series.pk, from_date=date(2027, 3, 10), at=MONDAY_9, by=SETUP)

    active = [when for when, status in visits(series) if status == "booked"]
    assert active == ["03-01 10:00", "03-15 10:00"], "the 22nd was canceled before the pause"
    series.refresh_from_db()
    assert series.status == "active"
    assert list(series.left_out) == ["2027-03-08"]


def test_who_may_not_book_may_not_start_or_end() -> None:
    series = started()
    clerk = actor(person("Billing"))

    with pytest.raises(AccessDenied):
        start_series(asked(staff=staff("Ann Berg")), WEEKLY, at=WEEK_BEFORE, by=clerk)
    with pytest.raises(AccessDenied):
        end_series(series.pk, from_date=MONDAY, reason="x", at=WEEK_BEFORE, by=clerk)


def test_a_practitioner_starts_and_pauses_only_their_own() -> None:
    dina = person("Practitioner")
    own, other = staff("Dina Falk", user=dina), staff("Ann Berg")
    mara = client()
    booked(mara, staff=own, start=MONDAY_9 - timedelta(days=3))

    booking = asked(staff=own, customer_id=mara.pk)
    series = start_series(booking, WEEKLY, at=WEEK_BEFORE, by=actor(dina))
    pause_series(series.pk, from_date=MONDAY, reason="x", at=WEEK_BEFORE, by=actor(dina))

    theirs = started(staff=other)
    with pytest.raises(AccessDenied):
        pause_series(theirs.pk, from_date=MONDAY, reason="x", at=WEEK_BEFORE, by=actor(dina))
    assert list(Series.objects.visible_to(access.of_user(dina.pk))) == [series]


def test_an_end_on_an_older_version_is_refused() -> None:
    series = started()
    pause_series(series.pk, from_date=MONDAY, reason="x", at=WEEK_BEFORE, by=SETUP)

    with pytest.raises(StaleVersion):
        end_series(
            series.pk, from_date=MONDAY, reason="x", at=WEEK_BEFORE, by=SETUP, expected_version=1
        )


def test_each_change_is_in_the_history_and_announced() -> None:
    series = started()
    pause_series(series.pk, from_date=MONDAY, reason="Holiday", at=WEEK_BEFORE, by=SETUP)
    resume_series(series.pk, from_date=MONDAY, at=WEEK_BEFORE, by=SETUP)
    end_series(series.pk, from_date=MONDAY, reason="Moves away", at=WEEK_BEFORE, by=SETUP)

    names = Change.objects.filter(local_id=series.pk).order_by("pk")
    assert list(names.values_list("name", flat=True)) == [
        "series.started",
        "series.updated",
        "series.updated",
        "series.ended",
    ]
    assert series.history.count() == 4


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_day_that_nobody_reaches_is_refused_at_its_field(day: date) -> None:
    series = started()

    with pytest.raises(InvalidInput) as refused:
        pause_series(series.pk, from_date=day, reason="x", at=WEEK_BEFORE, by=SETUP)
    assert refused.value.field == "from_date"
    with pytest.raises(InvalidInput):
        resume_series(series.pk, from_date=day, at=WEEK_BEFORE, by=SETUP)
    with pytest.raises(InvalidInput):
        end_series(series.pk, from_date=day, reason="x", at=WEEK_BEFORE, by=SETUP)


def test_an_erasure_forgets_why_a_series_ended_and_waits_for_its_end() -> None:
    series = started()
    desk = actor(person("Manager"))
    at = MONDAY_9 + timedelta(weeks=9)
    with pytest.raises(DomainError):
        erase_customer(series.customer_id, reason="asked", at=WEEK_BEFORE, by=desk)

    end_series(series.pk, from_date=MONDAY, reason="Mara is ill", at=WEEK_BEFORE, by=SETUP)
    erase_customer(series.customer_id, reason="asked", at=at, by=desk)

    assert not Change.objects.filter(fields__icontains="ill").exists()
    assert not series.history.filter(history_change_reason__icontains="ill").exists()
    assert series.history.count() == 2


def test_a_series_with_nothing_left_ends_by_itself_and_in_silence() -> None:
    series = started()
    over = MONDAY_9 + timedelta(weeks=4)

    assert go_on(series.pk, at=MONDAY_9, by=JOB) == 0
    series.refresh_from_db()
    assert series.status == "active", "visits are still to come"
    go_on(series.pk, at=over, by=JOB)

    series.refresh_from_db()
    assert series.status == "ended"
    assert not Notification.objects.filter(kind="series").exists()


def short_series(**values: Any) -> Series:
    short = service("Check", horizon_days=20)
    return started(
        Rule(Unit.WEEK, MONDAY, count=8),
        service_id=short.pk,
        staff=staff(services=[short]),
        **values,
    )


def test_an_end_beyond_what_is_booked_keeps_the_visits_before_it() -> None:
    series = short_series()
    far = MONDAY + timedelta(weeks=4)

    end_series(series.pk, from_date=far, reason="Moves", at=WEEK_BEFORE, by=SETUP)
    go_on_with_all(at=MONDAY_9 + timedelta(days=3), by=JOB)

    assert visits(series) == bookings("03-01", "03-08", "03-15", "03-22")
    go_on_with_all(at=MONDAY_9 + timedelta(weeks=6), by=JOB)
    series.refresh_from_db()
    assert series.status == "ended"


def test_a_pause_beyond_what_is_booked_is_refused() -> None:
    series = short_series()

    with pytest.raises(InvalidInput) as refused:
        pause_series(
            series.pk, from_date=MONDAY + timedelta(weeks=6), reason="x", at=WEEK_BEFORE, by=SETUP
        )

    assert refused.value.field == "from_date"


def test_the_message_about_a_pause_is_not_lost_to_what_is_booked_meanwhile() -> None:
    """It was withdrawn by each change that is no news, and by the resume that books anew."""
    series, desk = short_series(), actor(person())
    pause_series(series.pk, from_date=MONDAY, reason="x", at=WEEK_BEFORE, by=desk)
    resume_series(series.pk, from_date=MONDAY, at=MONDAY_9 - timedelta(hours=1), by=desk)

    go_on_with_all(at=MONDAY_9, by=JOB)

    told = Notification.objects.filter(kind="series").order_by("pk")
    assert [one.status for one in told] == ["not_sent", "planned"]


def test_a_practitioner_cannot_end_what_a_colleague_was_given() -> None:
    dina = person("Practitioner")
    own, ann = staff("Dina Falk", user=dina), staff("Ann Berg")
    series = started(staff=own)
    last = series.visits.order_by("start_at")[3]
    reschedule_appointment(
        last.pk, start_at=last.start_at, staff_id=ann.pk, at=WEEK_BEFORE, by=SETUP
    )

    with pytest.raises(AccessDenied):
        end_series(series.pk, from_date=MONDAY, reason="x", at=WEEK_BEFORE, by=actor(dina))

    assert {status for _, status in visits(series)} == {"booked"}
