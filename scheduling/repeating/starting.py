"""Start a series: all of its visits are booked, or none and every reason is told."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from hub import history, outbox
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput
from hub.events import EventName
from hub.identifiers import next_of
from scheduling import limits, occupying
from scheduling.booking import Booking, book_visit
from scheduling.models import Series
from scheduling.occupying import SlotTaken
from scheduling.offering import customer_for
from scheduling.permitting import require_booker
from scheduling.recurrence import Rule
from scheduling.repeating.foreseeing import Course, course_of, dates_now, on

LEFT_OUT = "Left out when it was booked."
# What one date may be refused for; anything else is wrong with the whole series.
REFUSALS = (SlotTaken, *limits.LIMITS)


class VisitsRefused(DomainError):
    """Some dates cannot be booked, so nothing was.

    ``details["visits"]`` names each: its ``date``, ``start_at``, ``reason`` and ``text``.
    """

    code = "visits_refused"


def start_series(
    booking: Booking,
    rule: Rule,
    *,
    leave_out: Collection[date] = (),
    at: datetime,
    by: Actor,
    override_reason: str = "",
) -> Series:
    """Book every date of ``rule`` but those to ``leave_out``, at the time of day of ``booking``.

    As far ahead as the service can be booked, and at most sixty; ``go_on`` books the others
    when their time comes. ``override_reason`` as in booking.

    :raises AccessDenied: ``by`` may not book for this staff member.
    :raises InvalidInput: a value cannot be right, or no date would be left.
    :raises NotQualified: the staff member does not offer the service.
    :raises VisitsRefused: some dates cannot be booked; names all of them.
    """
    return _start(booking, rule, frozenset(leave_out), override_reason, at=at, by=by)


@occupying.retrying
def _start(
    booking: Booking,
    rule: Rule,
    leave_out: Collection[date],
    override_reason: str,
    *,
    at: datetime,
    by: Actor,
) -> Series:
    customer = customer_for(booking.customer_id, require_booker(by))
    booking = replace(booking, customer_id=customer.pk)
    course = course_of(booking, rule, at=at)
    days, _ = dates_now(rule, course)
    if set(days) <= set(leave_out):
        raise InvalidInput("No visit would be left.", field="leave_out")
    series = _drafted(booking, rule, course, at=at)
    series.booked_until = days[-1]
    listed = rule.dates(last=max(leave_out, default=days[0]))
    series.left_out = {str(day): LEFT_OUT for day in listed if day in leave_out}
    series.number = next_of("scheduling_series_number")
    history.create(series, by=by, reason=override_reason)
    book_dates(
        series,
        booking,
        [day for day in days if day not in leave_out],
        at=at,
        by=by,
        override_reason=override_reason,
    )
    outbox.record(EventName.SERIES_STARTED, subject=series, by=by)
    return series


def book_dates(
    series: Series,
    booking: Booking,
    days: Collection[date],
    *,
    at: datetime,
    by: Actor,
    override_reason: str = "",
) -> None:
    """Book a visit of ``series`` on each of ``days``, inside a transaction.

    :raises VisitsRefused: some cannot be booked; the caller's transaction must not be kept.
    """
    refused = []
    for day in days:
        visit = on(booking, series.start_on(day))
        try:
            book_visit(
                visit, at=at, by=by, override_reason=override_reason, series=series, occurs_on=day
            )
        except REFUSALS as error:
            refused.append(refusal_of(day, visit.start_at, error))
    if refused:
        raise refused_visits(refused)


def refusal_of(day: date, start_at: datetime, error: DomainError) -> dict[str, str]:
    return {
        "date": day.isoformat(),
        "start_at": start_at.isoformat(),
        "reason": str(error.details.get("reason", error.code)),
        "text": str(error),
    }


def refused_visits(refused: list[dict[str, str]]) -> VisitsRefused:
    count = len(refused)
    what = "One visit cannot be booked" if count == 1 else f"{count} visits cannot be booked"
    return VisitsRefused(
        f"{what}: leave it out or choose another time."
        if count == 1
        else f"{what}: leave them out or choose another time.",
        field="rule",
        details={"visits": refused},
    )


def _drafted(booking: Booking, rule: Rule, course: Course, *, at: datetime) -> Series:
    return Series(
        customer_id=booking.customer_id,
        service_id=booking.service_id,
        staff_id=booking.staff_id,
        location=course.place,
        unit=rule.unit,
        interval=rule.interval,
        weekdays=list(rule.weekdays),
        monthly=rule.monthly,
        count=rule.count,
        until=rule.until,
        first_date=rule.first_date,
        begins_on=rule.first_date,
        start_time=course.start_time,
        time_zone=course.zone,
        created_at=at,
    )
