"""When somebody works: ordinary weeks, dates that differ, time off.

Appointments that are booked already stay where they are, whatever changes here.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from hub import history
from hub.actors import Actor
from hub.errors import InvalidInput, require_version
from hub.events import EventName
from scheduling.hours import Hours
from scheduling.local_times import YEARS
from scheduling.models import Location, SpecialHours, Staff, TimeOff, WorkingHours
from scheduling.models.hours import WEEKDAYS
from scheduling.setup import writing
from scheduling.setup.staff import locked_staff

LONGEST_TIME_OFF = timedelta(days=3 * 366)
ORDINARY = "as usual"
NOT_WORKING = "not working"


@transaction.atomic
def set_week(
    staff_id: UUID,
    location_id: UUID,
    week: Mapping[str, Hours],
    *,
    by: Actor,
    expected_version: int | None = None,
) -> WorkingHours:
    """Set the hours at one location, by the names in ``WEEKDAYS``; the others stay.

    ``expected_version`` is 0 for who saw none there.

    :raises AccessDenied: ``by`` may not set up the person's location, or this one.
    :raises StaleVersion: somebody else changed them since ``expected_version``.
    :raises InvalidInput: there is no such location, or they work elsewhere at that time.
    """
    staff = locked_staff(staff_id, by=by)
    place = _place(location_id, by=by)
    writing.require_known(week, WEEKDAYS)
    hours = WorkingHours.objects.filter(staff=staff, location=place).first()
    require_version(hours.version if hours else 0, expected_version)
    is_new = hours is None
    hours = hours or WorkingHours(staff=staff, location=place)
    told = writing.apply(hours, week)
    _require_in_one_place(hours)
    if told and is_new:
        history.create(hours, by=by)
    elif told:
        history.save(hours, fields=list(told), by=by)
    if told:
        _note(staff, told, f"Hours at {place}", by=by)
    return hours


@transaction.atomic
def set_special_hours(
    staff_id: UUID,
    location_id: UUID,
    work_date: date,
    hours: Hours,
    *,
    by: Actor,
    expected_version: int | None = None,
) -> SpecialHours:
    """Let ``hours`` replace the ordinary ones of one date; none: not working that day.

    ``expected_version`` is 0 for who saw none on that date.

    :raises AccessDenied: ``by`` may not set up the person's location, or this one.
    :raises StaleVersion: somebody else changed them since ``expected_version``.
    :raises InvalidInput: there is no such location, they never work there, or the date is too
        far away.
    """
    staff = locked_staff(staff_id, by=by)
    place = _place(location_id, by=by)
    if work_date.year not in YEARS:
        raise InvalidInput("This date is too far away.", field="work_date")
    if not Staff.objects.working_at(place).filter(pk=staff.pk).exists():
        raise InvalidInput(f"Give {staff} hours at {place} first.", field="location")
    special = SpecialHours.objects.filter(staff=staff, work_date=work_date).first()
    require_version(special.version if special else 0, expected_version)
    if special is None:
        special = SpecialHours(staff=staff, location=place, work_date=work_date, hours=hours)
        history.create(special, by=by)
        before = ORDINARY
    else:
        writing.require_planner(by, special.location_id)
        before = special.hours or NOT_WORKING
        if not writing.apply(special, {"location": place, "hours": hours}):
            return special
        history.save(special, fields=["location", "hours"], by=by)
    told = {str(work_date): [str(before), str(hours or NOT_WORKING)]}
    _note(staff, told, f"{work_date}: {hours or NOT_WORKING}", by=by)
    return special


@transaction.atomic
def drop_special_hours(special_id: UUID, *, by: Actor) -> None:
    """Let the ordinary hours hold again on that date.

    :raises SpecialHours.DoesNotExist: there are none.
    :raises AccessDenied: ``by`` may not set up the person's location.
    """
    special = SpecialHours.objects.get(pk=special_id)
    writing.require_planner(by, special.location_id)
    staff = locked_staff(special.staff_id, by=by)
    told = {str(special.work_date): [str(special.hours or NOT_WORKING), ORDINARY]}
    history.delete(special, by=by)
    _note(staff, told, f"{special.work_date}: {ORDINARY}", by=by)


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
    if start_at.year not in YEARS or end_at.year not in YEARS:
        raise InvalidInput("This date is too far away.", field="end_at")
    if end_at - start_at > LONGEST_TIME_OFF:
        raise InvalidInput("At most three years, please.", field="end_at")
    away = TimeOff(staff=staff, start_at=start_at, end_at=end_at, reason=reason)
    writing.require_right(away)
    history.create(away, by=by)
    _note(staff, {"time_off": ["", _said(away)]}, f"Away {_days(away)}", by=by)
    return away


@transaction.atomic
def drop_time_off(time_off_id: UUID, *, by: Actor) -> None:
    """Let somebody be there after all.

    :raises TimeOff.DoesNotExist: there is none.
    :raises AccessDenied: ``by`` may not set up the person's location.
    """
    away = TimeOff.objects.get(pk=time_off_id)
    staff = locked_staff(away.staff_id, by=by)
    told, days = _said(away), _days(away)
    history.delete(away, by=by)
    _note(staff, {"time_off": [told, ""]}, f"Not away {days}", by=by)


def _place(location_id: UUID, *, by: Actor) -> Location:
    writing.require_planner(by, location_id)
    place = Location.objects.filter(pk=location_id).first()
    if place is None:
        raise InvalidInput("There is no such location.", field="location")
    return place


def _require_in_one_place(hours: WorkingHours) -> None:
    """Nobody is at two locations at once. Compared as clocks show it, each on its own."""
    others = WorkingHours.objects.filter(staff=hours.staff_id, location__is_active=True)
    others = others.exclude(pk=hours.pk)
    for other in others.select_related("location"):
        for weekday, name in enumerate(WEEKDAYS):
            if _overlap(hours.on(weekday), other.on(weekday)):
                raise InvalidInput(
                    f"{hours.staff} works at {other.location} then: {other.on(weekday)}.",
                    field=name,
                )


def _overlap(one: Hours, other: Hours) -> bool:
    return any(a[0] < b[1] and b[0] < a[1] for a in one for b in other)


def _note(staff: Staff, told: writing.Told, reason: str, *, by: Actor) -> None:
    writing.note(staff, EventName.STAFF_UPDATED, told, reason, by=by)


def _days(away: TimeOff) -> str:
    zone = away.staff.location.time_zone
    start, end = away.start_at.astimezone(zone), away.end_at.astimezone(zone)
    return f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}"


def _said(away: TimeOff) -> str:
    return f"{away.start_at.isoformat()} – {away.end_at.isoformat()}"
