"""Change a visit and all that follow: the series ends before it, and another one goes on.

Visits keep their records: the first that follows becomes the first of the new rule, and so on.
What was moved or canceled by itself, is over, or has begun stays as it is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from hub import history, outbox
from hub.access import Access
from hub.actors import Actor
from hub.errors import InvalidInput
from hub.events import EventName
from hub.identifiers import next_of, uuid7
from scheduling import limits, occupying
from scheduling.booking import book_visit
from scheduling.models import Appointment, CanceledBy, Resource, Series, SeriesStatus, Staff
from scheduling.needs import needs_of, resources_of
from scheduling.occupying import Subject
from scheduling.offering import lead_of
from scheduling.permitting import require_booker, require_reach
from scheduling.recurrence import Rule
from scheduling.repeating.ending import SeriesIsOver, cancel_visits
from scheduling.repeating.going_on import booking_of
from scheduling.repeating.holding import locked_for
from scheduling.repeating.matching import Plan, matched
from scheduling.repeating.starting import REFUSALS, refusal_of, refused_visits
from scheduling.rescheduling import Target, move_locked
from scheduling.rules import rules_of

ONE_DAY = timedelta(days=1)
NO_LONGER = "The series changed."


@dataclass(frozen=True, slots=True)
class Following:
    """What becomes of the visits; ``None`` keeps it as it is.

    ``start_time`` is on the wall clock of the location; ``rule`` begins on its own first date.
    """

    start_time: time | None = None
    staff_id: UUID | None = None
    rule: Rule | None = None


def change_following(  # noqa: PLR0913
    series_id: UUID,
    change: Following,
    *,
    from_date: date,
    leave_out: Collection[date] = (),
    at: datetime,
    by: Actor,
    override_reason: str = "",
    expected_version: int | None = None,
) -> Series:
    """Change the visits from ``from_date``, a date of its rule, on; return the series they join.

    :raises AccessDenied: ``by`` may not change it, or not book for the new staff member.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises SeriesIsOver: it is not active.
    :raises InvalidInput: a value cannot be right, or that visit has begun or is not booked yet.
    :raises NotQualified: the new staff member does not offer the service.
    :raises VisitsRefused: some dates cannot be booked, so nothing was changed; names all.
    """
    return _change(
        series_id,
        change,
        from_date,
        frozenset(leave_out),
        override_reason,
        expected_version,
        at=at,
        by=by,
    )


@occupying.retrying
def _change(  # noqa: PLR0913
    series_id: UUID,
    change: Following,
    from_date: date,
    leave_out: Collection[date],
    reason: str,
    expected_version: int | None,
    *,
    at: datetime,
    by: Actor,
) -> Series:
    held = require_booker(by)
    old = locked_for(by, series_id, expected_version=expected_version)
    _require_changeable(old, from_date, at=at)
    staff = lead_of(old, change.staff_id)
    require_reach(held, staff, old.location_id)
    reason = reason.strip() if limits.may_set_aside(held, reason) else ""
    subjects = _subjects(old, staff)
    occupying.lock(subjects)
    occupying.require_unchanged(old.location, subjects)
    drafted = _drafted(old, change, staff, from_date, at=at)
    plan = matched(old, drafted, from_date, leave_out, at=at)
    new = plan.series
    history.create(new, by=by, reason=reason)
    _move_all(plan, old, staff, reason, held=held, at=at, by=by)
    cancel_visits(plan.surplus, NO_LONGER, CanceledBy.BUSINESS, at=at, by=by)
    _cut(old, from_date, new, by=by)
    outbox.record(
        EventName.SERIES_STARTED, subject=new, by=by, fields={"continues": [None, str(old.pk)]}
    )
    return new


def _require_changeable(old: Series, from_date: date, *, at: datetime) -> None:
    if old.status != SeriesStatus.ACTIVE:
        raise SeriesIsOver("Only an active series can be changed. Resume it first.")
    if from_date not in old.dates(last=from_date):
        raise InvalidInput("This is no date of the series.", field="from_date")
    if from_date > old.booked_until:
        raise InvalidInput("This visit is not booked yet.", field="from_date")
    if old.start_on(from_date) <= at:
        raise InvalidInput("What has begun cannot be changed any more.", field="from_date")


def _drafted(
    old: Series, change: Following, staff: Staff, from_date: date, *, at: datetime
) -> Series:
    rule = change.rule or old.rule
    # A rule that counts from where the old one does only ends in another way.
    begins_on = from_date if rule.first_date == old.first_date else rule.first_date
    before = [day for day in old.dates(last=from_date) if day < from_date]
    if before and begins_on <= before[-1]:
        raise InvalidInput("It would begin before visits that stay.", field="first_date")
    return Series(
        id=uuid7(),
        number=next_of("scheduling_series_number"),
        customer=old.customer,
        service=old.service,
        staff=staff,
        location=old.location,
        unit=rule.unit,
        interval=rule.interval,
        weekdays=list(rule.weekdays),
        monthly=rule.monthly,
        count=rule.count,
        until=rule.until,
        first_date=rule.first_date,
        begins_on=begins_on,
        start_time=change.start_time or old.start_time,
        time_zone=old.time_zone,
        continues=old,
        created_at=at,
    )


def _subjects(old: Series, staff: Staff) -> list[Subject]:
    """Return everybody and everything that a visit of the series takes, or may take."""
    place, rules = old.location, rules_of(old.service, old.location)
    visits = old.visits.values("pk")
    needs = needs_of(rules, place, old.service, staff)
    beside = Staff.objects.filter(assignments__appointment__in=visits).distinct()
    taken = Q(appointments__series=old) | Q(assignments__appointment__in=visits)
    kinds = Resource.objects.filter(taken).values_list("kind", flat=True).distinct()
    rooms = [room for kind in kinds for room in resources_of(place, kind)]
    needed = (one for need in needs for one in need.candidates)
    found: list[Subject] = [old.staff, staff, *beside, *rooms, *needed]
    return list({one.subject: one for one in found}.values())


def _move_all(  # noqa: PLR0913
    plan: Plan,
    old: Series,
    staff: Staff,
    reason: str,
    *,
    held: Access,
    at: datetime,
    by: Actor,
) -> None:
    """:raises VisitsRefused: some cannot go where they should."""
    new, refused = plan.series, []
    moved = [(visit, day) for visit, day in plan.moves if _moves(visit, new, day)]
    for visit, _ in (*moved, *((one, None) for one in plan.surplus)):
        occupying.free(visit)  # or they would stand in each other's way
    for visit, day in (*plan.moves, *plan.kept):
        visit.series, visit.occurs_on = new, day
    for visit, day in moved:
        target = Target(new.start_on(day), staff, reason)
        try:
            move_locked(visit, target, held=held, at=at, by=by, as_part_of_series=True)
        except REFUSALS as error:
            refused.append(refusal_of(day, target.start_at, error))
    refused += _booked(plan, reason, at=at, by=by)
    if refused:
        raise refused_visits(sorted(refused, key=lambda one: one["date"]))
    going = {visit.pk for visit, _ in moved}
    _rejoin([visit for visit, _ in (*plan.moves, *plan.kept) if visit.pk not in going], old, by=by)


def _moves(visit: Appointment, new: Series, day: date) -> bool:
    return (visit.start_at, visit.staff_id) != (new.start_on(day), new.staff_id)


def _booked(plan: Plan, reason: str, *, at: datetime, by: Actor) -> list[dict[str, str]]:
    new, refused = plan.series, []
    for day in plan.fresh:
        booking = booking_of(new, day)
        try:
            book_visit(booking, at=at, by=by, override_reason=reason, series=new, occurs_on=day)
        except REFUSALS as error:
            refused.append(refusal_of(day, booking.start_at, error))
    return refused


def _rejoin(visits: Sequence[Appointment], old: Series, *, by: Actor) -> None:
    """Let visits that stay where they are belong to the new series."""
    for visit in visits:
        history.save(visit, fields=["series", "occurs_on"], by=by)
        told = {"series": [str(old.pk), str(visit.series_id)]}
        outbox.record(EventName.APPOINTMENT_UPDATED, subject=visit, by=by, fields=told)


def _cut(old: Series, from_date: date, new: Series, *, by: Actor) -> None:
    """Let the old series end before ``from_date``; what it left out afterwards went along."""
    before, old.ends_on = old.ends_on, from_date - ONE_DAY
    old.booked_until = min(old.booked_until, old.ends_on)
    old.left_out = {
        text: why for text, why in old.left_out.items() if date.fromisoformat(text) < from_date
    }
    old.status = SeriesStatus.ENDED
    history.save(old, fields=["ends_on", "booked_until", "left_out", "status"], by=by)
    told: dict[str, list[str | None]] = {
        "ends_on": [str(before) if before else None, str(old.ends_on)],
        "continued_by": [None, str(new.pk)],
    }
    outbox.record(EventName.SERIES_ENDED, subject=old, by=by, fields=told)
