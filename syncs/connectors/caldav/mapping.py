"""iCalendar text ↔ atoms. Edits the stored object, so whatever we do not know stays in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from syncs.canonical import Atoms, Json, canonical, parse_instant, plain_text, when, zone_name
from syncs.connectors.base import Unsupported, parse_marker

PRODUCT = "-//hub//hub 0.1//EN"
MARKER_PROPERTY = "X-HUB-ID"
NOTES_LINE = "-- Notes below this line are yours and are kept --"
TEXT_PROPERTIES = {"title": "SUMMARY", "location": "LOCATION"}
STATUS_WORDS = {"requested": "TENTATIVE", "canceled": "CANCELLED"}
STATUS_ATOMS = {"TENTATIVE": "requested", "CANCELLED": "canceled"}
OUT_OF_THE_WAY = frozenset({"canceled", "declined"})
#: What makes an event recurring, all-day or of another length: gone once ``when`` is written.
TIME_PROPERTIES = (
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "RDATE",
    "EXDATE",
    "X-MICROSOFT-CDO-ALLDAYEVENT",
)
RECURRENCE = ("RRULE", "RDATE", "RECURRENCE-ID")
#: What reading a broken event may raise; anybody who sends an invitation can write one.
BROKEN = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
#: An event is some thousand characters; reading takes a second for each hundred thousand.
LONGEST_EVENT = 250_000
LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class EventRecord:
    """What one calendar object says. ``uid`` is "" where it has none."""

    uid: str
    marker: str | None
    atoms: Mapping[str, Json]
    updated_at: datetime | None
    unsupported: Unsupported | None


def read_event(ics: str, *, floating_zone: str | None = None) -> EventRecord | None:
    """Return what the object says, None where it holds no event.

    Times without any zone are read in ``floating_zone``; without one they are unsupported.
    """
    try:
        event = _master(parsed(ics))
    except BROKEN:
        unreadable = Unsupported("unreadable", "The event is not valid iCalendar.")
        return EventRecord("", None, {}, None, unreadable)
    if event is None:
        return None
    link, notes = split_description(plain_text(event.get("DESCRIPTION")))
    atoms: dict[str, object] = {
        "status": STATUS_ATOMS.get(plain_text(event.get("STATUS")).upper(), "booked"),
        "title": event.get("SUMMARY"),
        "location": event.get("LOCATION"),
        "link": link,
        "notes": notes,
    }
    times = _times(event, floating_zone)
    if not isinstance(times, Unsupported):
        atoms["when"] = times
    marker = plain_text(event.get(MARKER_PROPERTY))
    return EventRecord(
        uid=plain_text(event.get("UID")),
        marker=marker if parse_marker(marker) else None,
        atoms=canonical(atoms),
        updated_at=_updated_at(event),
        unsupported=times if isinstance(times, Unsupported) else None,
    )


def parsed(ics: str) -> Calendar:
    """:raises ValueError: it is far longer than any event."""
    if len(ics) > LONGEST_EVENT:
        raise ValueError("The object is too long.")
    return Calendar.from_ical(ics)


def write_event(atoms: Atoms, *, uid: str, marker: str, at: datetime) -> str:
    """Return a new calendar object."""
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    event = Event()
    event.add("UID", uid)
    event.add("DTSTAMP", at)
    event.add("CREATED", at)
    event.add(MARKER_PROPERTY, marker)
    event.add("SEQUENCE", 0)
    calendar.add_component(event)
    _write_atoms(calendar, event, atoms, frozenset(atoms))
    return _text(calendar)


def edit_event(ics: str, atoms: Atoms, changed: frozenset[str], *, at: datetime) -> str | None:
    """Return the object with the ``changed`` atoms written, None where it says them already.

    :raises ValueError: there is no event to edit.
    """
    calendar = Calendar.from_ical(ics)
    event = _master(calendar)
    if event is None:
        raise ValueError("The object holds no event.")
    before = _text(calendar)
    is_rescheduled = "when" in changed
    _write_atoms(calendar, event, atoms, changed)
    if _text(calendar) == before:
        return None
    if is_rescheduled or atoms.get("status") == "canceled":
        _replace(event, "SEQUENCE", _sequence(event) + 1)
    _replace(event, "DTSTAMP", at)
    _replace(event, "LAST-MODIFIED", at)
    return _text(calendar)


def as_seen(atoms: Atoms) -> Atoms:
    """Return a hub record in the words a calendar has; it cannot hold staff."""
    seen = {name: value for name, value in atoms.items() if name != "staff"}
    if "status" in seen:
        word = _status_word(str(seen["status"]))
        seen["status"] = STATUS_ATOMS.get(word, "booked")
    return canonical(seen)


def split_description(text: str) -> tuple[str, str]:
    """Return (our block, the person's notes); without our line all of it is theirs."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.strip() == NOTES_LINE:
            ours, theirs = lines[:number], lines[number + 1 :]
            return plain_text("\n".join(ours)), plain_text("\n".join(theirs))
    return "", text


def join_description(link: str, notes: str) -> str:
    if not link:
        return notes
    kept = [line for line in notes.split("\n") if line.strip() != link]
    return "\n".join([link, NOTES_LINE, *kept]).strip()


def _write_atoms(calendar: Calendar, event: Event, atoms: Atoms, names: frozenset[str]) -> None:
    for atom, name in TEXT_PROPERTIES.items():
        if atom in names:
            _replace(event, name, plain_text(atoms.get(atom)))
    if "status" in names:
        _replace(event, "STATUS", _status_word(str(atoms.get("status"))))
    if names & {"link", "notes"}:
        _write_description(event, atoms, names)
    if "when" in names:
        _write_times(calendar, event, atoms.get("when"))


def _write_description(event: Event, atoms: Atoms, names: frozenset[str]) -> None:
    ours, theirs = split_description(plain_text(event.get("DESCRIPTION")))
    link = plain_text(atoms.get("link")) if "link" in names else ours
    notes = plain_text(atoms.get("notes")) if "notes" in names else theirs
    _replace(event, "DESCRIPTION", join_description(link, notes))
    if "link" in names:
        _replace(event, "URL", link if link.startswith("http") else "")


def _write_times(calendar: Calendar, event: Event, value: Json) -> None:
    """Write both edges; where a local time would be read an hour off, both go out in UTC."""
    times = value if isinstance(value, dict) else {}
    zone = ZoneInfo(zone_name(str(times.get("tz"))))
    edges = [parse_instant(str(times.get(edge))) for edge in ("start", "end")]
    local = [edge.astimezone(zone) for edge in edges]
    if zone.key != "UTC" and not any(edge.fold for edge in local):
        edges = local
    if _same_times(event, edges):
        return
    if edges is local:
        _require_timezone(calendar, zone.key, local)
    for name in TIME_PROPERTIES:
        event.pop(name, None)
    event.add("DTSTART", edges[0])
    event.add("DTEND", edges[1])
    overrides = [part for part in calendar.subcomponents if "RECURRENCE-ID" in part]
    for part in overrides:
        calendar.subcomponents.remove(part)


def _same_times(event: Event, edges: list[datetime]) -> bool:
    """Whether the event has exactly these edges, zone names included, and does not recur."""
    found = [event.get("DTSTART"), event.get("DTEND")]
    if any(edge is None for edge in found) or any(name in event for name in TIME_PROPERTIES[2:]):
        return False
    return [_moment(edge) for edge in found] == edges and [
        str(getattr(edge.dt, "tzinfo", None)) for edge in found
    ] == [str(edge.tzinfo) for edge in edges]


def _require_timezone(calendar: Calendar, name: str, edges: list[datetime]) -> None:
    """Add or renew the VTIMEZONE for the years the event touches."""
    for part in calendar.timezones:
        if str(part.get("TZID", "")) == name:
            calendar.subcomponents.remove(part)
    first, last = date(edges[0].year - 1, 1, 1), date(edges[1].year + 2, 1, 1)
    timezone = Timezone.from_tzid(name, first_date=first, last_date=last)
    calendar.subcomponents.insert(0, timezone)


def _times(event: Event, floating_zone: str | None) -> Json | Unsupported:
    if any(name in event for name in RECURRENCE):
        return Unsupported("recurring", "The event was made recurring.")
    try:
        return _edges(event, floating_zone)
    except BROKEN:
        return Unsupported("unreadable", "The event has no readable start and end.")


def _edges(event: Event, floating_zone: str | None) -> Json | Unsupported:
    start, end = event.start, event.end
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return Unsupported("all_day", "The event was made to last whole days.")
    if start.tzinfo is None or end.tzinfo is None:
        if floating_zone is None:
            return Unsupported("floating", "The event has no time zone.")
        start, end = (
            edge.replace(tzinfo=ZoneInfo(zone_name(floating_zone))) for edge in (start, end)
        )
    times = when(start, end, str(start.tzinfo))
    if str(times["start"]) >= str(times["end"]):
        return Unsupported("zero_length", "The event has no length.")
    return times


def _master(calendar: Calendar) -> Event | None:
    """Return the event itself, or an override where the object holds nothing else."""
    events = calendar.events
    return next((part for part in events if "RECURRENCE-ID" not in part), None) or next(
        iter(events), None
    )


def _updated_at(event: Event) -> datetime | None:
    for name in ("LAST-MODIFIED", "DTSTAMP"):
        stamp = _moment(event.get(name))
        if isinstance(stamp, datetime) and stamp.tzinfo is not None:
            return stamp
    return None


def _moment(found: object) -> object:
    """Return the value of a property; None where it is missing, doubled or broken."""
    try:
        return getattr(found, "dt", None)
    except ValueError:
        return None


def _status_word(status: str) -> str:
    word = "canceled" if status in OUT_OF_THE_WAY else status
    return STATUS_WORDS.get(word, "CONFIRMED")


def _sequence(event: Event) -> int:
    digits = plain_text(event.get("SEQUENCE"))
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER
    return int(digits) if is_number else 0


def _replace(event: Event, name: str, value: object) -> None:
    """Set a property, keeping the old object where it says the same; "" removes it."""
    old = event.get(name)
    if isinstance(value, str) and old is not None and plain_text(old) == value:
        return
    event.pop(name, None)
    if value != "":
        event.add(name, value)


def _text(calendar: Calendar) -> str:
    content: bytes = calendar.to_ical(sorted=False)
    return content.decode()
