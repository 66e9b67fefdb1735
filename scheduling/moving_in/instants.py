"""When a row begins and ends, as instants, whatever way it says so."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.errors import InvalidInput
from scheduling import limits
from scheduling.local_times import AmbiguousTime, instant_of
from scheduling.models import Location
from scheduling.moving_in.written_times import read_duration, read_moment
from scheduling.rules import Rules

MONTH_FIRST = frozenset({"US", "CA", "PH"})
AMBIGUOUS = "This time comes twice that day, because the clocks are set back; the first is meant."
SOME_MINUTES = 15  # while the service is unknown, and the row rejected anyway


def times_of(
    values: Mapping[str, str], place: Location, rules: Rules | None, told: list[str]
) -> tuple[datetime, datetime]:
    """Return start and end in UTC.

    :raises InvalidInput: they cannot be read, do not exist, or are no length of an appointment.
    """
    month_first = place.country in MONTH_FIRST
    zone = zone_of(values.get("time_zone", ""), place)
    day = None
    if "date" in values:
        day = _day(read_moment(values["date"], month_first=month_first, field="date"))
    start = _local("start", values.get("start", ""), day, month_first=month_first)
    start_at = _instant(start, zone, told, field="start")
    if "end" in values:
        end = _local("end", values["end"], start.date(), month_first=month_first)
        end_at = _instant(end, zone, told, field="end")
    elif "duration" in values:
        end_at = start_at + read_duration(values["duration"])
    else:
        minutes = rules.duration_minutes if rules else SOME_MINUTES
        end_at = start_at + timedelta(minutes=minutes)
    if end_at <= start_at:
        raise InvalidInput("It ends before it starts.", field="end")
    start_at = limits.in_utc(start_at, field="start")
    end_at = limits.in_utc(end_at, field="end")
    limits.require_length(start_at, end_at)
    return start_at, end_at


def zone_of(name: str, place: Location) -> ZoneInfo:
    if not name:
        own: ZoneInfo = place.time_zone
        return own
    try:
        return ZoneInfo(name.strip())
    except (LookupError, OSError, ValueError):
        shown = name[:60]
        raise InvalidInput(f"“{shown}” is no time zone that we know.", field="time_zone") from None


def _day(moment: date | datetime | time) -> date:
    if isinstance(moment, datetime):
        return moment.date()
    if isinstance(moment, time):
        raise InvalidInput("The date holds a time only.", field="date")
    return moment


def _local(name: str, text: str, day: date | None, *, month_first: bool) -> datetime:
    if not text:
        raise InvalidInput("It has no start.", field=name)
    moment = read_moment(text, month_first=month_first, field=name)
    if isinstance(moment, datetime):
        return moment
    if isinstance(moment, time):
        if day is None:
            raise InvalidInput("There is a time, but no date.", field=name)
        return datetime.combine(day, moment)
    raise InvalidInput("There is a date, but no time.", field=name)


def _instant(local: datetime, zone: ZoneInfo, told: list[str], *, field: str) -> datetime:
    """Return the instant in UTC; an offset in the file decides by itself.

    :raises NonexistentTime: the clocks jump over it.
    """
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    try:
        return instant_of(local, zone, field=field)
    except AmbiguousTime:
        told.append(AMBIGUOUS)
        return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
