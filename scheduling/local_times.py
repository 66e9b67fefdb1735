"""Times as people read and type them, on the clock of a location.

Twice a year a local time does not exist, or exists twice: it is refused, or asked about, where a
person typed it. Nothing is shifted silently.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from hub.errors import InvalidInput

YEARS = range(2000, 2101)


class NonexistentTime(InvalidInput):
    code = "nonexistent_time"


class AmbiguousTime(InvalidInput):
    """``details["choices"]`` are the two instants it may mean, as local times with offset."""

    code = "ambiguous_time"


def instant_of(local: datetime, zone: tzinfo, *, field: str = "start") -> datetime:
    """Return the instant, in UTC, of a local time without offset, or with one of ``zone``.

    :raises InvalidInput: nobody books that far from now.
    :raises NonexistentTime: clocks jump over it, or the offset is not the one of ``zone``.
    :raises AmbiguousTime: clocks are set back over it, and no offset says which one is meant.
    """
    wall = local.replace(tzinfo=None, fold=0)
    if wall.year not in YEARS:
        raise InvalidInput("This date is too far away.", field=field)
    meanings = [
        moment
        for moment in (wall.replace(tzinfo=zone), wall.replace(tzinfo=zone, fold=1))
        if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) == wall
    ]
    offset = local.utcoffset()
    if offset is not None:
        meanings = [moment for moment in meanings if moment.utcoffset() == offset]
    return _only_one(meanings, wall, field)


def require_day(day: date, *, field: str) -> date:
    """:raises InvalidInput: nobody books that far from now."""
    if day.year not in YEARS:
        raise InvalidInput("This date is too far away.", field=field)
    return day


def day_bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return where the local ``day`` begins and ends: 23, 24 or 25 hours apart, in UTC."""
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def offset_name(moment: datetime) -> str:
    """“UTC+1” or “UTC−3:30” of a moment in its zone."""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}:{rest:02d}" if rest else f"UTC{sign}{hours}"


def said(local: datetime) -> str:
    """“Mon, Mar 1, 10:00”."""
    return f"{local:%a, %b} {local.day}, {local:%H:%M}"


def comes_twice(local: datetime) -> bool:
    """Say whether the clocks show ``local``, an aware time, twice on its day."""
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def clock_name(local: datetime) -> str:
    """“02:30”; “02:30 (UTC+2)” only where the clocks show that time twice."""
    return f"{local:%H:%M} ({offset_name(local)})" if comes_twice(local) else f"{local:%H:%M}"


def _only_one(meanings: list[datetime], wall: datetime, field: str) -> datetime:
    if not meanings:
        raise NonexistentTime(
            f"{wall:%H:%M} does not exist on {wall:%B} {wall.day}: the clocks change. "
            "Choose another time.",
            field=field,
        )
    first, last = meanings[0].astimezone(UTC), meanings[-1].astimezone(UTC)
    if first != last:
        raise AmbiguousTime(
            f"{wall:%H:%M} comes twice on {wall:%B} {wall.day}, because the clocks are set back. "
            "Say which one.",
            field=field,
            details={"choices": [moment.isoformat() for moment in meanings]},
        )
    return first
