"""When somebody works: ordinary weeks, dates that differ, time off.

Appointments that are booked already stay where they are, whatever changes here.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from hub import history, outbox
from hub.actors import Actor
from hub.errors import InvalidInput
from hub.events import EventName
from scheduling.hours import Hours
from scheduling.limits import YEARS
from scheduling.models import Location, SpecialHours, Staff, TimeOff, WorkingHours
from scheduling.models.hours import WEEKDAYS
from scheduling.setup import writing
from scheduling.setup.staff import locked_staff

LONGEST_TIME_OFF = timedelta(days=3 * 366)


@transaction.atomic
def set_week(
    staff_id: UUID, location_id: UUID, week: Mapping[str, Hours], *, by: Actor
) -> WorkingHours:
    """Set the hours at one location, by the names in ``WEEKDAYS``; the others stay.

    :raises AccessDenied: ``by`` may not set up the person's location, or this one.
    :raises InvalidInput: there is no such location, or they work elsewhere at that time.
    """
    staff = locked_staff(staff_id, by=by)
    place = _place(location_id, by=by)
    writing.require_known(week, WEEKDAYS)
    hours = WorkingHours.objects.filter(staff=staff, location=place).first()
    if hours is None:
        hours = WorkingHours(staff=staff, location=place, **week)
        _require_in_one_place(hours)
        history.create(hours, by=by)
        told = {name: ["", str(value)] for name, value in week.items() if value}
    else:
        told = writing.apply(hours, week)
        _require_in_one_place(hours)
        if told:
            history.save(hours, fields=list(told), by=by)
    if told:
        _announce(staff, told, by=by)
    return hours


@transaction.atomic
def set_special_hours(
    staff_id: UUID, location_id: UUID, work_date: date, hours: Hours, *, by: Actor
) -> SpecialHours:
    """Let ``hours`` replace the ordinary ones of one date; none: not working that day.

    :raises AccessDenied: ``by`` may not set up the person's location, or this one.
    :raises InvalidInput: there is no such location, or the date is too far away.
    """
    staff = locked_staff(staff_id, by=by)
    place = _place(location_id, by=by)
    if work_date.year not in YEARS:
        raise InvalidInput("This date is too far away.", field="work_date")
    special = SpecialHours.objects.filter(staff=staff, work_date=work_date).first()
    if special is None:
        special = SpecialHours(staff=staff, location=place, work_date=work_date, hours=hours)
        history.create(special, by=by)
        told = {str(work_date): ["", str(hours)]}
    else:
        told = {str(work_date): [str(special.hours), str(hours)]}
        special.location, special.hours = place, hours
        history.save(special, fields=["location", "hours"], by=by)
    _announce(staff, told, by=by)
    return special


@transaction.atomic
def drop_special_hours(special_id: UUID, *, by: Actor) -> None:
    """Let the ordinary hours hold again on that date.

    :raises SpecialHours.DoesNotExist: there are none.
    :raises AccessDenied: ``by`` may not set up the person's location.
    """
    special = SpecialHours.objects.get(pk=special_id)
    staff = locked_staff(special.staff_id, by=by)
    told = {str(special.work_date): [str(special.hours), ""]}
    history.delete(special, by=by)
    _announce(staff, told, by=by)


@transaction.atomic
def add_time_off(
    staff_id: UUID, start_at: datetime, end_at: datetime, *, by: Actor, reason: str = ""
) -> TimeOff:
    """Let somebody be away from ``start_at`` to ``end_at``.

    :raises AccessDenied: ``by`` may not set up the person's location.
    :raises InvalidInput: it ends before it starts, or lasts longer than three years.
    """
    staff = locked_staff(staff_id, by=by)
    if end_at <= start_at:
        raise InvalidInput("It ends before it starts.", field="end_at")
    if end_at - start_at > LONGEST_TIME_OFF:
        raise InvalidInput("At most three years, please.", field="end_at")
    away = TimeOff(staff=staff, start_at=start_at, end_at=end_at, reason=reason)
    writing.require_right(away)
    history.create(away, by=by)
    _announce(staff, {"time_off": ["", _said(away)]}, by=by)
    return away


@transaction.atomic
def drop_time_off(time_off_id: UUID, *, by: Actor) -> None:
    """Let somebody be there after all.

    :raises TimeOff.DoesNotExist: there is none.
    :raises AccessDenied: ``by`` may not set up the person's location.
    """
    away = TimeOff.objects.get(pk=time_off_id)
    staff = locked_staff(away.staff_id, by=by)
    told = _said(away)
    history.delete(away, by=by)
    _announce(staff, {"time_off": [told, ""]}, by=by)


def _place(location_id: UUID, *, by: Actor) -> Location:
    writing.require_planner(by, location_id)
    place = Location.objects.filter(pk=location_id).first()
    if place is None:
        raise InvalidInput("There is no such location.", field="location")
    return place


def _require_in_one_place(hours: WorkingHours) -> None:
    """Nobody is at two locations at once. Compared as clocks show it, each on its own."""
    others = WorkingHours.objects.filter(staff=hours.staff_id).exclude(pk=hours.pk)
    for other in others.select_related("location"):
        for weekday, name in enumerate(WEEKDAYS):
            if _overlap(hours.on(weekday), other.on(weekday)):
                raise InvalidInput(
                    f"{hours.staff} works at {other.location} then: {other.on(weekday)}.",
                    field=name,
                )


def _overlap(one: Hours, other: Hours) -> bool:
    return any(a[0] < b[1] and b[0] < a[1] for a in one for b in other)


def _announce(staff: Staff, told: Mapping[str, list[str]], *, by: Actor) -> None:
    outbox.record(EventName.STAFF_UPDATED, subject=staff, by=by, fields=told)


def _said(away: TimeOff) -> str:
    return f"{away.start_at.isoformat()} – {away.end_at.isoformat()}"
