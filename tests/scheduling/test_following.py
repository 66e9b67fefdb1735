"""“This visit and all that follow”: records move along, what was settled by itself stays."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from hub import history
from hub.errors import InvalidInput
from scheduling.attendance import complete_appointment
from scheduling.canceling import cancel_appointment
from scheduling.models import Occupancy, Series
from scheduling.recurrence import Monthly, Rule, Unit
from scheduling.repeating.ending import SeriesIsOver, end_series
from scheduling.repeating.following import Following, change_following
from scheduling.repeating.matching import CANCELED
from scheduling.repeating.starting import LEFT_OUT, VisitsRefused, start_series
from scheduling.rescheduling import reschedule_appointment
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, room, service, staff
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.recurring import (
    MONDAY,
    WEEK_BEFORE,
    WEEKLY,
    asked,
    bookings,
    started,
    visits,
)

pytestmark = pytest.mark.django_db
SECOND, THIRD, FOURTH = (MONDAY + timedelta(weeks=week) for week in (1, 2, 3))
LATER = Following(start_time=time(14))


def changed(series: Series, change: Following, day: date = THIRD, **values: object) -> Series:
    return change_following(
        series.pk,
        change,
        from_date=day,
        at=WEEK_BEFORE,
        by=SETUP,
        **values,  # type: ignore[arg-type]
    )


def test_the_visits_that_follow_move_with_their_records() -> None:
    series = started()
    ids = {visit.occurs_on: visit.pk for visit in series.visits.all()}

    new = changed(series, LATER)

    assert visits(series) == bookings("03-01", "03-08")
    assert visits(new) == bookings("03-15", "03-22", clock="14:00")
    assert {visit.occurs_on: visit.pk for visit in new.visits.all()} == {
        THIRD: ids[THIRD],
        FOURTH: ids[FOURTH],
    }
    series.refresh_from_db()
    assert (series.status, series.ends_on) == ("ended", THIRD - timedelta(days=1))
    assert new.continues == series
    assert overlaps() == inconsistencies() == []


def test_visits_may_take_the_places_of_their_own_siblings() -> None:
    """Each one stands where the one before it goes: in turn they would be refused."""
    series = started(Rule(Unit.DAY, MONDAY, count=4))

    rule = Rule(Unit.DAY, MONDAY + timedelta(days=2), count=3)
    new = changed(series, Following(rule=rule), MONDAY + timedelta(days=1))

    assert visits(new) == bookings("03-03", "03-04", "03-05")
    assert overlaps() == inconsistencies() == []


def test_a_longer_rule_books_more_and_a_shorter_one_cancels_the_rest() -> None:
    series = started()

    longer = changed(series, Following(rule=Rule(Unit.WEEK, THIRD, count=3)))
    assert visits(longer) == bookings("03-15", "03-22", "03-29")

    shorter = changed(longer, Following(rule=Rule(Unit.WEEK, THIRD, count=1)))
    assert visits(shorter) == bookings("03-15")
    assert [status for _, status in visits(longer)] == ["canceled", "canceled"]


def test_another_person_takes_over() -> None:
    ann = staff("Ann Berg")
    series = started()

    new = changed(series, Following(staff_id=ann.pk))

    assert {visit.staff for visit in new.visits.all()} == {ann}
    taken = Occupancy.objects.filter(subject=ann.subject, active=True)
    assert taken.count() == 2


def test_when_one_of_them_cannot_move_none_does() -> None:
    hired = staff()
    series = started(staff=hired)
    booked(staff=hired, start=MONDAY_9 + timedelta(weeks=3, hours=4))
    before = visits(series)

    with pytest.raises(VisitsRefused) as refused:
        changed(series, LATER)

    told = refused.value.details["visits"]
    assert isinstance(told, list)
    assert [(one["date"], one["reason"]) for one in told] == [("2027-03-22", "taken")]
    series.refresh_from_db()
    assert (visits(series), series.status) == (before, "active")
    assert Series.objects.count() == 1
    assert overlaps() == inconsistencies() == []


def test_a_date_that_is_left_out_is_canceled() -> None:
    hired = staff()
    series = started(staff=hired)
    booked(staff=hired, start=MONDAY_9 + timedelta(weeks=3, hours=4))

    new = changed(series, LATER, leave_out=[FOURTH])

    assert visits(new) == bookings("03-15", clock="14:00")
    assert new.left_out == {"2027-03-22": LEFT_OUT}


def test_what_was_moved_by_itself_stays_where_it_is() -> None:
    series = started()
    fourth = series.visits.get(occurs_on=FOURTH)
    own_time = fourth.start_at + timedelta(hours=1)
    reschedule_appointment(fourth.pk, start_at=own_time, at=WEEK_BEFORE, by=SETUP)

    new = changed(series, LATER)

    assert visits(new) == [("03-15 14:00", "booked"), ("03-22 11:00", "booked")]


def test_what_was_canceled_by_itself_does_not_come_back() -> None:
    series = started()
    fourth = series.visits.get(occurs_on=FOURTH)
    cancel_appointment(fourth.pk, reason="Ill", at=WEEK_BEFORE, by=SETUP)

    new = changed(series, LATER)

    assert visits(new) == bookings("03-15", clock="14:00")
    assert new.left_out == {"2027-03-22": CANCELED}


def test_what_was_completed_never_changes() -> None:
    series = started()
    during = MONDAY_9 + timedelta(minutes=20)
    first = series.visits.get(occurs_on=MONDAY)
    complete_appointment(first.pk, at=during, by=SETUP)

    with pytest.raises(InvalidInput) as refused:
        change_following(series.pk, LATER, from_date=MONDAY, at=during, by=SETUP)

    assert refused.value.field == "from_date"
    new = change_following(series.pk, LATER, from_date=SECOND, at=during, by=SETUP)
    assert visits(series) == [("03-01 10:00", "completed")]
    assert visits(new) == bookings("03-08", "03-15", "03-22", clock="14:00")


def test_a_day_that_is_no_date_of_the_series_is_refused() -> None:
    series = started()

    with pytest.raises(InvalidInput) as refused:
        changed(series, LATER, THIRD + timedelta(days=1))

    assert refused.value.field == "from_date"


def test_a_series_that_ended_cannot_be_changed() -> None:
    series = started()
    end_series(series.pk, from_date=THIRD, reason="x", at=WEEK_BEFORE, by=SETUP)

    with pytest.raises(SeriesIsOver):
        changed(series, LATER)


def test_the_same_change_twice_leaves_everything_as_it_is() -> None:
    new = changed(started(), LATER)

    again = changed(new, LATER)

    assert visits(new) == []
    assert visits(again) == bookings("03-15", "03-22", clock="14:00")
    assert overlaps() == inconsistencies() == []


def test_a_date_that_was_taken_at_the_old_time_is_tried_at_the_new_one() -> None:
    hired = staff()
    booked(staff=hired, start=MONDAY_9 + timedelta(weeks=2))
    series = start_series(asked(staff=hired), WEEKLY, leave_out=[THIRD], at=WEEK_BEFORE, by=SETUP)
    Series.objects.update(left_out={str(THIRD): "Dina Falk is booked 10:00 – 10:45."})

    new = changed(series, LATER, SECOND)

    assert visits(new) == bookings("03-08", "03-15", "03-22", clock="14:00")
    assert new.left_out == {}


def test_a_shorter_horizon_takes_nobody_a_visit_that_was_promised() -> None:
    series = started()
    series.service.horizon_days = 10
    history.save(series.service, fields=["horizon_days"], by=SETUP)

    new = changed(series, Following(staff_id=staff("Ann Berg").pk), SECOND)

    assert visits(new) == bookings("03-08", "03-15", "03-22")


def test_a_visit_that_was_moved_by_itself_is_never_surplus() -> None:
    series = started()
    fourth = series.visits.get(occurs_on=FOURTH)
    own_time = fourth.start_at + timedelta(hours=1)
    reschedule_appointment(fourth.pk, start_at=own_time, at=WEEK_BEFORE, by=SETUP)

    changed(series, Following(rule=Rule(Unit.WEEK, THIRD, count=1)))

    fourth.refresh_from_db()
    assert (fourth.status, fourth.start_at) == ("booked", own_time)


def test_only_another_end_leaves_the_dates_where_they_are() -> None:
    leap = Rule(Unit.MONTH, date(2028, 1, 31), monthly=Monthly.SAME_OR_LAST_DAY, count=6)
    start = MONDAY_9.replace(year=2028, month=1, day=31)
    series = started(leap, start_at=start)

    new = changed(series, Following(rule=replace(leap, count=4)), date(2028, 2, 29))

    assert visits(new) == bookings("02-29", "03-31", "04-30")
    assert new.begins_on == date(2028, 2, 29)


def test_a_new_rule_does_not_begin_before_visits_that_stay() -> None:
    series = started()

    with pytest.raises(InvalidInput) as refused:
        changed(series, Following(rule=Rule(Unit.DAY, MONDAY + timedelta(days=3), count=3)))

    assert refused.value.field == "first_date"


def test_a_visit_that_is_not_booked_yet_cannot_be_where_a_change_begins() -> None:
    short = service("Check", horizon_days=10)
    series = started(WEEKLY, service_id=short.pk, staff=staff(services=[short]))

    with pytest.raises(InvalidInput) as refused:
        changed(series, LATER, THIRD)

    assert refused.value.field == "from_date"


def test_whoever_takes_part_goes_along_with_the_visits_that_follow() -> None:
    bridal = service("Bridal", staff_needed=2, rooms_needed=2)
    jo, kim = (staff(name, services=[bridal]) for name in ("Jo", "Kim"))
    room("Room 1"), room("Room 2")
    series = started(service_id=bridal.pk, staff=jo)

    new = changed(series, Following(start_time=time(14), staff_id=kim.pk))

    for visit in new.visits.all():
        assert (visit.staff, visit.beside) == (kim, [jo])
        assert [str(one) for one in visit.resources] == ["Room 1", "Room 2"]
    assert overlaps() == inconsistencies() == []
