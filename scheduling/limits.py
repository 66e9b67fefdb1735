"""The limits of a booking that a manager may set aside with a reason: hours and notice.

Overlap is no limit but a fact: nobody sets it aside (``occupying``).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.access import Access, AccessDenied, Capability
from hub.errors import DomainError, InvalidInput
from scheduling import availability, working
from scheduling.daily import DayIsFull
from scheduling.elsewhere import Block, BusyElsewhere, free_elsewhere, require_free_elsewhere
from scheduling.local_times import YEARS, day_bounds, said
from scheduling.models import Appointment, GroupSession, Location, Staff
from scheduling.texts import OVERRIDE_LENGTH, require_text

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(hours=24)
# Somebody walks in at 10:02 and sits down in the slot of 10:00.
WALK_IN_GRACE = timedelta(minutes=15)


class OutsideWorkingHours(DomainError):
    code = "outside_working_hours"


class TooLate(DomainError):
    code = "minimum_notice"


class TooEarly(DomainError):
    code = "horizon"


# What a manager may set aside with a reason.
LIMITS = (OutsideWorkingHours, TooLate, TooEarly, DayIsFull, BusyElsewhere)


def in_utc(moment: datetime, *, field: str) -> datetime:
    """Return ``moment`` in UTC, where arithmetic is about elapsed time whatever the clocks do.

    :raises InvalidInput: no time zone, seconds, or an impossible year.
    """
    if moment.tzinfo is None:
        raise InvalidInput("This time needs a time zone.", field=field)
    if moment.second or moment.microsecond:
        raise InvalidInput("Times are given in whole minutes.", field=field)
    if moment.year not in YEARS:
        raise InvalidInput("This date is too far away.", field=field)
    return moment.astimezone(UTC)


def require_length(start_at: datetime, end_at: datetime) -> None:
    """:raises InvalidInput: nobody works so short or so long; both are in UTC."""
    if not SHORTEST <= end_at - start_at <= LONGEST:
        raise InvalidInput("An appointment takes 5 minutes to 24 hours.", field="end_at")


def require_hours(staff: Staff, location: Location, start_at: datetime, end_at: datetime) -> None:
    """:raises OutsideWorkingHours: not within one stretch of work there; says what is instead."""
    if not at_work([staff], location, start_at, end_at):
        dates = working.dates_around(start_at, end_at, location)
        stretches = working.work_of([staff], location, dates)[staff.pk]
        raise _outside(staff, location, start_at, end_at, stretches)


def at_work(
    people: Sequence[Staff], location: Location, start_at: datetime, end_at: datetime
) -> list[Staff]:
    """Return those of ``people`` who work at ``location`` all that time, without a break."""
    dates = working.dates_around(start_at, end_at, location)
    stretches = working.work_of(people, location, dates)
    span = (availability.seconds(start_at), availability.seconds(end_at))
    return [person for person in people if availability.holds(stretches[person.pk], span)]


def require_there(
    person: Staff, draft: Appointment | GroupSession, *, kept: Block | None = None
) -> None:
    """Require that ``person`` works while ``draft`` takes place, and has nothing else then.

    :raises OutsideWorkingHours: it is not within one stretch of their work.
    :raises BusyElsewhere: they are busy in a calendar outside, ``kept`` time aside.
    """
    require_hours(person, draft.location, draft.start_at, draft.end_at)
    require_free_elsewhere(person, draft, kept=kept)


def there(people: Sequence[Staff], draft: Appointment | GroupSession) -> list[Staff]:
    """Return those of ``people`` who work all that time, and have nothing else then."""
    working_then = at_work(people, draft.location, draft.start_at, draft.end_at)
    return free_elsewhere(working_then, draft) if working_then else []


def require_notice(draft: Appointment, *, at: datetime) -> None:
    """:raises TooLate: it starts before the notice of its service, or is past."""
    notice = draft.minimum_notice_minutes
    earliest = earliest_start(notice, at=at, walk_in=True)
    if draft.start_at >= earliest:
        return
    if not notice:
        raise TooLate("This time is in the past.", field="start_at", details={"reason": "past"})
    raise TooLate(
        f"{draft.service_name} must be booked {in_words(notice)} ahead: not before"
        f" {said(earliest.astimezone(draft.time_zone))}.",
        field="start_at",
        details={"reason": "notice", "earliest": earliest.isoformat()},
    )


def earliest_start(notice_minutes: int, *, at: datetime, walk_in: bool) -> datetime:
    """Return the first start that keeps the notice, in elapsed time from ``at``."""
    now = at.astimezone(UTC)
    if notice_minutes:
        return now + timedelta(minutes=notice_minutes)
    return now - WALK_IN_GRACE if walk_in else now


def require_horizon(draft: Appointment, horizon_days: int, *, at: datetime) -> None:
    """:raises TooEarly: its local day is further away than the service can be booked ahead."""
    last = last_date(horizon_days, at=at, zone=draft.time_zone)
    if draft.start_at.astimezone(draft.time_zone).date() > last:
        raise TooEarly(
            f"{draft.service_name} can be booked until {last:%a, %b} {last.day}, {last.year}.",
            field="start_at",
            details={"reason": "horizon", "latest": last.isoformat()},
        )


def last_date(horizon_days: int, *, at: datetime, zone: ZoneInfo) -> date:
    """Return the last local day that can be booked ``horizon_days`` ahead."""
    return at.astimezone(zone).date() + timedelta(days=horizon_days)


def may_set_aside(held: Access, reason: str) -> bool:
    """Say whether a reason was given to go beyond hours, notice and other limits.

    :raises AccessDenied: one was given by somebody who may not.
    :raises InvalidInput: it is too long.
    """
    if not require_text(reason, field="override_reason", longest=OVERRIDE_LENGTH):
        return False
    if not held.can(Capability.OVERRIDE_BOOKING_LIMITS):
        raise AccessDenied("Only a manager may book outside working hours and notice.")
    return True


def in_words(minutes: int) -> str:
    for unit, length in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes % length == 0:
            count = minutes // length
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{minutes} minutes"


def _outside(
    staff: Staff,
    location: Location,
    start_at: datetime,
    end_at: datetime,
    stretches: list[availability.Span],
) -> OutsideWorkingHours:
    zone: ZoneInfo = location.time_zone
    local = start_at.astimezone(zone)
    closed = working.closed_by(location, start_at, end_at)
    if closed:
        reason, text = "closed", f"{location} is closed then: {closed}."
    elif working.is_away(staff, start_at, end_at):
        reason, text = "away", f"{staff} is away then."
    else:
        reason = OutsideWorkingHours.code
        text = (
            f"{staff} does not work then: {said(local)} – {end_at.astimezone(zone):%H:%M} is"
            f" outside working hours.{_worked(stretches, local)}"
        )
    return OutsideWorkingHours(text, field="start_at", details={"reason": reason})


def _worked(stretches: list[availability.Span], local: datetime) -> str:
    """Name the stretches that touch the day of ``local``; those of days around it tell nothing."""
    begin, end = map(availability.seconds, day_bounds(local.date(), local.tzinfo or UTC))
    words = (
        f"{availability.moment(first).astimezone(local.tzinfo):%H:%M} –"
        f" {availability.moment(last).astimezone(local.tzinfo):%H:%M}"
        for first, last in stretches
        if first < end and last > begin
    )
    listed = ", ".join(words)
    return f" That day: {listed}." if listed else ""
