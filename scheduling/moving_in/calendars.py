"""Read ICS files, one event at a time: a broken one is its own fault, nobody else's.

Only the lines of an event that matter here are handed to the parser: alarms and attachments are
skipped unread, however deep they nest and however long they are.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from hashlib import sha256
from typing import Any

from icalendar import Event, Timezone

from customers.importing.tables import UnreadableFile
from scheduling.moving_in.stated import Entries, Stated

EVENTS = 100_000
EVENT_CHARACTERS = 250_000
ZONES = 100
OLD_ID_LENGTH = 255
#: What reading a broken event may raise; anybody who exports a calendar can write one.
BROKEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_LINE = re.compile(r"\r\n|\n|\r")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_WANTED = frozenset(
    {"UID", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "ATTENDEE", "ORGANIZER"}
    | {"STATUS", "LOCATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE"}
)
_NO_PERSON = frozenset({"ROOM", "RESOURCE", "GROUP"})
_BROKEN = "This event is not valid iCalendar."
_ALL_DAY = "This event lasts whole days; an appointment has a time."
_REPEATS = "This event repeats; recurring events cannot be moved in."
Moment = date | datetime


@dataclass(slots=True)
class _Piece:
    """The lines of one VEVENT or VTIMEZONE that are wanted."""

    kind: str
    lines: list[str] = field(default_factory=list)
    size: int = 0
    wants_more: bool = False

    def add(self, line: str) -> None:
        if not line.startswith((" ", "\t")):
            name = _NAME.match(line)
            self.wants_more = self.kind != "VEVENT" or bool(name and name[0].upper() in _WANTED)
        if self.wants_more and self.size <= EVENT_CHARACTERS:
            self.size += len(line)
            self.lines.append(line)

    @property
    def text(self) -> str:
        return "\r\n".join([f"BEGIN:{self.kind}", *self.lines, f"END:{self.kind}", ""])


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
    count = sum(piece.kind == "VEVENT" for piece in _pieces(text))
    if not count:
        raise UnreadableFile("This calendar holds no event.")
    if count > EVENTS:
        raise UnreadableFile(f"This calendar has more than {EVENTS:,} events. Cut it into parts.")

    @contextmanager
    def opened() -> Iterator[Iterator[Stated]]:
        yield _stated(text)

    return opened, count


def _stated(text: str) -> Iterator[Stated]:
    zones = _zones(text)
    owner = _calendar_name(text)
    events = (piece for piece in _pieces(text) if piece.kind == "VEVENT")
    for number, piece in enumerate(events, 1):
        yield _stated_event(number, piece, zones, owner)


def _pieces(text: str) -> Iterator[_Piece]:
    """Yield events and time zones; what stands outside of them or nests in an event is skipped."""
    piece: _Piece | None = None
    depth = 0
    for line in _lines(text):
        mark = line[:16].upper().rstrip()
        if piece is None:
            if mark in ("BEGIN:VEVENT", "BEGIN:VTIMEZONE"):
                piece, depth = _Piece(mark.partition(":")[2]), 0
        elif depth == 0 and mark == f"END:{piece.kind}":
            yield piece
            piece = None
        elif piece.kind == "VEVENT" and mark == "BEGIN:VEVENT":
            yield piece  # its end is missing; the next one is not to suffer
            piece, depth = _Piece("VEVENT"), 0
        else:
            depth += mark.startswith("BEGIN:") - mark.startswith("END:")
            if piece.kind == "VTIMEZONE" or (depth == 0 and not mark.startswith("END:")):
                piece.add(line)
    if piece is not None and piece.kind == "VEVENT":
        yield piece


def _lines(text: str) -> Iterator[str]:
    start = 0
    for found in _LINE.finditer(text):
        yield text[start : found.start()]
        start = found.end()
    yield text[start:]


def _zones(text: str) -> dict[str, tzinfo]:
    """Return the zones that the file defines itself; one that is broken is unknown."""
    found: dict[str, tzinfo] = {}
    for piece in _pieces(text):
        if piece.kind != "VTIMEZONE" or piece.size > EVENT_CHARACTERS or len(found) == ZONES:
            continue
        try:
            zone: Any = Timezone.from_ical(piece.text)
            found[str(zone["TZID"])] = zone.to_tz(lookup_tzid=False)
        except BROKEN:
            continue
    return found


def _calendar_name(text: str) -> str:
    """Return the name of the whole calendar, which often is whose it is."""
    head = text[: text.find("BEGIN:VEVENT")][:10_000]
    for line in _lines(head):
        if line.upper().startswith("X-WR-CALNAME"):
            return line.partition(":")[2].strip()
    return ""


def _stated_event(number: int, piece: _Piece, zones: dict[str, tzinfo], owner: str) -> Stated:
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
    if any(name in event for name in ("RRULE", "RDATE")):
        faults.append(_REPEATS)
    occurrence = ""
    if "RECURRENCE-ID" in event:
        occurrence = _original(event, zones)
    kept = {name: said for name, said in (texts | values).items() if said}
    return Stated(number, kept, tuple(faults), occurrence, tuple(told))


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
