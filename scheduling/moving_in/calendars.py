"""Read ICS files, one event at a time: a broken one is its own fault, nobody else's."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from hashlib import sha256
from typing import Any

from icalendar import Event, Timezone

from customers.importing.tables import UnreadableFile
from scheduling.moving_in.pieces import EVENT_CHARACTERS, Piece, lines_of, pieces_of
from scheduling.moving_in.stated import Entries, Repetition, Stated

EVENTS = 30_000
ZONES = 100
OLD_ID_LENGTH = 255
#: What reading a broken event may raise; anybody who exports a calendar can write one.
BROKEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_NO_PERSON = frozenset({"ROOM", "RESOURCE", "GROUP"})
_BROKEN = "This event is not valid iCalendar."
_ALL_DAY = "This event lasts whole days; an appointment has a time."
_OWN_ZONE = "This event repeats on a clock of its own; export its dates one by one."
_LISTED = "This event repeats on listed dates; export them one by one."
Moment = date | datetime


def entries_of(content: bytes) -> tuple[Entries, int]:
    """Return how to open the events of a file, and how many it has.

    :raises UnreadableFile: it is no text in UTF-8, holds no event, or far too many.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeError:
        raise UnreadableFile(
            "The letters of this calendar cannot be read. Export it as UTF-8."
        ) from None
    count = sum(piece.kind == "VEVENT" for piece in pieces_of(text))
    if not count:
        raise UnreadableFile("This calendar holds no event.")
    if count > EVENTS:
        raise UnreadableFile(f"This calendar has more than {EVENTS:,} events. Cut it into parts.")

    @contextmanager
    def opened(after: int) -> Iterator[Iterator[Stated]]:
        yield _stated(text, after)

    return opened, count


def _stated(text: str, after: int) -> Iterator[Stated]:
    zones = _zones(text)
    owner = _calendar_name(text)
    moved = _moved_dates(text, zones)
    events = (piece for piece in pieces_of(text) if piece.kind == "VEVENT")
    for number, piece in enumerate(events, 1):
        if number > after:
            yield _stated_event(number, piece, zones, owner, moved)


def _zones(text: str) -> dict[str, tzinfo]:
    """Return the zones that the file defines itself; one that is broken is unknown."""
    found: dict[str, tzinfo] = {}
    for piece in pieces_of(text):
        if piece.kind != "VTIMEZONE" or piece.size > EVENT_CHARACTERS or len(found) == ZONES:
            continue
        try:
            zone: Any = Timezone.from_ical(piece.text)
            found[str(zone["TZID"])] = zone.to_tz(lookup_tzid=False)
        except BROKEN:
            continue
    return found


def _moved_dates(text: str, zones: dict[str, tzinfo]) -> dict[str, frozenset[str]]:
    """Return which dates of a series stand in the file as events of their own, by its UID."""
    found: dict[str, set[str]] = defaultdict(set)
    for piece in pieces_of(text):
        if any(line[:13].upper() == "RECURRENCE-ID" for line in piece.lines):
            try:
                event: Any = Event.from_ical(piece.text)
            except BROKEN:
                continue
            found[_short(_line(event.get("UID")))].add(_original(event, zones))
    return {uid: frozenset(dates) for uid, dates in found.items()}


def _has_own_zone(event: Any) -> bool:
    """Say whether its zone is one of the file, whose changes of the clock nobody else knows."""
    start = _first(event.get("DTSTART"))
    return bool(start.params.get("TZID")) and not hasattr(start.dt.tzinfo, "key")


def _excluded(event: Any, zones: dict[str, tzinfo]) -> frozenset[str]:
    """Return the dates of EXDATE: instants where the zone is known, else wall times or days."""
    listed = event.get("EXDATE") or []
    found = set()
    for dates in listed if isinstance(listed, list) else [listed]:
        zone = zones.get(str(dates.params.get("TZID", "")))
        for one in dates.dts:
            found.add(_as_written(one.dt, zone))
    return frozenset(found)


def _as_written(moment: Moment, zone: tzinfo | None) -> str:
    if isinstance(moment, datetime) and zone and not hasattr(moment.tzinfo, "key"):
        moment = moment.replace(tzinfo=zone)
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return _in_utc(moment)
    return moment.isoformat()


def _calendar_name(text: str) -> str:
    """Return the name of the whole calendar, which often is whose it is."""
    head = text[: text.find("BEGIN:VEVENT")][:10_000]
    for line in lines_of(head):
        if line.upper().startswith("X-WR-CALNAME"):
            return line.partition(":")[2].strip()
    return ""


def _stated_event(
    number: int,
    piece: Piece,
    zones: dict[str, tzinfo],
    owner: str,
    moved: Mapping[str, frozenset[str]],
) -> Stated:
    if piece.size > EVENT_CHARACTERS:
        return Stated(number, {}, ("This event is far too long.",))
    try:
        event: Any = Event.from_ical(piece.text)
    except BROKEN:
        return Stated(number, {}, (_BROKEN,))
    values: dict[str, str] = {}
    faults: list[str] = []
    told: list[str] = []
    texts = _texts(event, owner)
    readers: tuple[Callable[[], dict[str, str]], ...] = (
        partial(_person, event, told),
        partial(_times, event, zones, faults),
    )
    for read in readers:
        try:
            values |= read()
        except BROKEN:
            faults.append("This event has no readable start and end.")
    if "RDATE" in event or isinstance(event.get("RRULE"), list):
        faults.append(_LISTED)
    if "RRULE" in event and values.get("start", "").endswith("+00:00") and _has_own_zone(event):
        faults.append(_OWN_ZONE)
    occurrence = _original(event, zones) if "RECURRENCE-ID" in event else ""
    kept = {name: said for name, said in (texts | values).items() if said}
    repetition = None
    if "RRULE" in event and not faults:
        left_out = _excluded(event, zones) | moved.get(texts["old_id"], frozenset())
        rule = event["RRULE"].to_ical().decode()
        repetition = Repetition(rule, left_out)
    return Stated(number, kept, tuple(faults), occurrence, tuple(told), repetition)


def _texts(event: Any, owner: str) -> dict[str, str]:
    organizer = _first(event.get("ORGANIZER"))
    name = str(organizer.params.get("CN", "")) if hasattr(organizer, "params") else ""
    canceled = str(_first(event.get("STATUS")) or "").strip().upper() == "CANCELLED"
    return {
        "old_id": _short(_line(event.get("UID"))),
        "service": _line(event.get("SUMMARY")),
        "location": _line(event.get("LOCATION")),
        "staff": " ".join(name.split()) or owner,
        "notes": str(_first(event.get("DESCRIPTION")) or "").strip(),
        "status": "canceled" if canceled else "",
    }


def _person(event: Any, told: list[str]) -> dict[str, str]:
    """Return the first one invited who is a person and not the organizer."""
    invited = event.get("ATTENDEE") or []
    host = str(_first(event.get("ORGANIZER")) or "").casefold()
    people = [
        one
        for one in (invited if isinstance(invited, list) else [invited])
        if str(one.params.get("CUTYPE", "")).upper() not in _NO_PERSON
        and str(one).casefold() != host
    ]
    if not people:
        return {}
    if len(people) > 1:
        told.append(f"{len(people)} people are invited; the first one counts.")
    address, name = str(people[0]), str(people[0].params.get("CN", ""))
    is_mail = address.lower().startswith("mailto:")
    return {
        "email": address[7:].strip() if is_mail else "",
        "phone": address[4:].strip() if address.lower().startswith("tel:") else "",
        "name": "" if "@" in name else " ".join(name.split()),
    }


def _times(event: Any, zones: dict[str, tzinfo], faults: list[str]) -> dict[str, str]:
    start = _moment(event.get("DTSTART"), zones, faults)
    if not isinstance(start, datetime):
        if start is not None:
            faults.append(_ALL_DAY)
        return {}
    values = _written(start)
    if "DTEND" in event:
        end = _moment(event.get("DTEND"), zones, faults)
        if isinstance(end, datetime):
            values["end"] = end.isoformat() if end.tzinfo is None else _in_utc(end)
    elif "DURATION" in event:
        length: timedelta = _first(event.get("DURATION")).dt
        values["duration"] = f"{round(length.total_seconds() / 60)} min"
    return values


def _moment(found: Any, zones: dict[str, tzinfo], faults: list[str]) -> Moment | None:
    """Return the value of a time; the file's own zone is meant where nobody else knows it."""
    one = _first(found)
    if one is None:
        faults.append("This event has no readable start and end.")
        return None
    moment: Moment = one.dt
    zone = str(one.params.get("TZID", ""))
    if isinstance(moment, datetime) and zone and not hasattr(moment.tzinfo, "key"):
        if zone not in zones:
            faults.append(f"“{zone[:60]}” is no time zone that we know.")
            return None
        return moment.replace(tzinfo=zones[zone])
    return moment


def _written(start: datetime) -> dict[str, str]:
    """Keep wall time and zone apart: a time that the clocks skip is to be noticed."""
    key = str(getattr(start.tzinfo, "key", ""))
    if start.tzinfo is None:
        return {"start": start.isoformat()}
    if key and key != "UTC":
        return {"start": start.replace(tzinfo=None).isoformat(), "time_zone": key}
    return {"start": _in_utc(start)}


def _original(event: Any, zones: dict[str, tzinfo]) -> str:
    faults: list[str] = []
    try:
        moment = _moment(event.get("RECURRENCE-ID"), zones, faults)
    except BROKEN:
        moment = None
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return _in_utc(moment)
    return moment.isoformat() if moment else "unreadable"


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _first(found: Any) -> Any:
    return found[0] if isinstance(found, list) and found else found


def _line(found: Any) -> str:
    return " ".join(str(_first(found) or "").split())


def _short(text: str) -> str:
    return text if len(text) <= OLD_ID_LENGTH else sha256(text.encode()).hexdigest()
