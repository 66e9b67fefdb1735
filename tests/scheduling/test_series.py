"""Recurring visits: all or nothing at the start, and what comes later."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from hub.access import EVERYTHING
from hub.errors import InvalidInput
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment, Series, Staff
from scheduling.offering import NotQualified
from scheduling.recurrence import Rule, Unit
from scheduling.repeating.foreseeing import foresee
from scheduling.repeating.going_on import go_on, go_on_with_all
from scheduling.repeating.starting import LEFT_OUT, VisitsRefused, start_series
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, location, service, staff
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


def test_every_date_of_the_rule_is_booked_at_the_same_time_on_the_wall() -> None:
    series = started()

    assert str(series) == f"{series.code} every week on Monday, 4 times"
    # The clocks change on March 28: 9:00 becomes 8:00 in UTC.
    assert visits(series) == bookings("03-01", "03-08", "03-15", "03-22")
    later = started(Rule(Unit.WEEK, MONDAY, interval=4, count=2))
    first, second = later.visits.order_by("start_at")
    assert (first.start_at.hour, second.start_at.hour) == (9, 8)
    assert [first.occurs_on, second.occurs_on] == [MONDAY, MONDAY + timedelta(weeks=4)]
    assert overlaps() == inconsistencies() == []


def test_when_one_date_is_taken_nothing_is_booked_and_each_refusal_is_named() -> None:
    hired = staff()
    booked(staff=hired, start=MONDAY_9 + timedelta(weeks=1))
    booked(staff=hired, start=MONDAY_9 + timedelta(weeks=3, minutes=30))

    with pytest.raises(VisitsRefused) as refused:
        started(staff=hired)

    told = refused.value.details["visits"]
    assert isinstance(told, list)
    assert [(one["date"], one["reason"]) for one in told] == [
        ("2027-03-08", "taken"),
        ("2027-03-22", "taken"),
    ]
    assert Appointment.objects.count() == 2
    assert not Series.objects.exists()


def test_dates_that_are_left_out_are_noted_and_the_others_are_booked() -> None:
    hired = staff()
    booked(staff=hired, start=MONDAY_9 + timedelta(weeks=1))

    series = start_series(
        asked(staff=hired), WEEKLY, leave_out=[date(2027, 3, 8)], at=WEEK_BEFORE, by=SETUP
    )

    assert visits(series) == bookings("03-01", "03-15", "03-22")
    assert series.left_out == {"2027-03-08": LEFT_OUT}


def test_what_is_foreseen_is_what_can_be_booked() -> None:
    hired = staff(hours="08:00–18:00")
    booked(staff=hired, start=MONDAY_9 + timedelta(weeks=2))
    booking = asked(staff=hired)

    foresight = foresee(booking, WEEKLY, held=EVERYTHING, at=WEEK_BEFORE)

    assert [visit.day.day for visit in foresight.refused] == [15]
    assert not foresight.goes_on
    with pytest.raises(VisitsRefused) as refused:
        start_series(booking, WEEKLY, at=WEEK_BEFORE, by=SETUP)
    assert refused.value.details["visits"] == [
        {
            "date": str(visit.day),
            "start_at": visit.start_at.isoformat(),
            "reason": visit.reasons[0].code,
            "text": visit.reasons[0].text,
        }
        for visit in foresight.refused
    ]


def test_a_series_without_end_goes_on_as_its_time_comes() -> None:
    short = service("Check", horizon_days=20)
    series = started(Rule(Unit.WEEK, MONDAY), service_id=short.pk, staff=staff(services=[short]))
    assert visits(series) == bookings("03-01", "03-08")

    assert go_on(series.pk, at=WEEK_BEFORE, by=JOB) == 0
    assert go_on_with_all(at=MONDAY_9, by=JOB) == 1
    assert go_on_with_all(at=MONDAY_9, by=JOB) == 0

    assert visits(series) == bookings("03-01", "03-08", "03-15")


def test_a_later_date_that_is_taken_is_left_out_with_its_reason() -> None:
    short = service("Check", horizon_days=20)
    hired = staff("Dina Falk", services=[short])
    series = started(Rule(Unit.WEEK, MONDAY), service_id=short.pk, staff=hired)
    booked(staff=hired, service=short, start=MONDAY_9 + timedelta(weeks=2))

    assert go_on_with_all(at=MONDAY_9 + timedelta(days=8), by=JOB) == 2

    series.refresh_from_db()
    assert visits(series) == bookings("03-01", "03-08", "03-22", "03-29")
    assert series.left_out == {"2027-03-15": "Dina Falk is booked 10:00 – 10:45."}


def test_a_canceled_visit_of_a_series_does_not_come_back() -> None:
    short = service("Check", horizon_days=20)
    series = started(Rule(Unit.WEEK, MONDAY), service_id=short.pk, staff=staff(services=[short]))
    second = series.visits.get(occurs_on=date(2027, 3, 8))
    cancel_appointment(second.pk, reason="Ill", at=WEEK_BEFORE, by=SETUP)

    go_on_with_all(at=MONDAY_9, by=JOB)

    assert visits(series) == [
        ("03-01 10:00", "booked"),
        ("03-08 10:00", "canceled"),
        ("03-15 10:00", "booked"),
    ]


def test_a_time_that_the_clocks_skip_moves_forward_on_that_day_only() -> None:
    early = datetime(2027, 3, 21, 1, 30, tzinfo=UTC)
    night = staff(hours="00:00–24:00")
    rule = Rule(Unit.WEEK, date(2027, 3, 21), count=3)

    series = started(rule, staff=night, start_at=early)

    assert series.start_time == time(2, 30)
    assert [when for when, _ in visits(series)] == [
        "03-21 02:30",
        "03-28 03:30",
        "04-04 02:30",
    ]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule(Unit.WEEK, MONDAY + timedelta(days=1)), "rule"),
        (Rule(Unit.WEEK, MONDAY, weekdays=(2,), until=MONDAY), "rule"),
    ],
)
def test_a_rule_without_a_date_or_with_another_first_one_is_refused(
    rule: Rule, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        started(rule)

    assert refused.value.field == field
    assert not Series.objects.exists()


def test_somebody_who_does_not_offer_the_service_cannot_have_a_series_of_it() -> None:
    with pytest.raises(NotQualified):
        started(staff=staff(services=[]))


def test_who_leaves_is_named_at_each_date_that_comes() -> None:
    short = service("Check", horizon_days=20)
    series = started(Rule(Unit.WEEK, MONDAY), service_id=short.pk, staff=staff(services=[short]))
    Staff.objects.update(is_active=False)

    go_on_with_all(at=MONDAY_9, by=JOB)

    series.refresh_from_db()
    assert series.left_out == {"2027-03-15": "This staff member cannot be booked."}


def test_sixty_visits_at_once_and_the_rest_later() -> None:
    series = started(Rule(Unit.DAY, MONDAY, count=70))

    assert series.visits.count() == 60
    assert go_on(series.pk, at=WEEK_BEFORE, by=JOB) == 10
    assert go_on(series.pk, at=WEEK_BEFORE, by=JOB) == 0


def test_a_series_of_a_place_knows_its_zone() -> None:
    kolkata = location("Kolkata", zone="Asia/Kolkata")
    hired = staff(place=kolkata)

    series = started(staff=hired)

    assert series.start_time == time(14, 30)
    assert str(series.time_zone) == "Asia/Kolkata"
