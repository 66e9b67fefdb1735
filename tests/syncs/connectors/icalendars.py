"""Calendar objects as programs store them, and as we do."""

from datetime import UTC, datetime

from syncs.canonical import Json
from syncs.connectors.caldav.mapping import (
    read_event,
    write_event,
)
from tests.syncs.connectors.people import HAIRCUT

AT = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)

MARKER = "appointment:0193a1b2-0000-7000-8000-000000000009"


def event(*lines: str, zone: str = "") -> str:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Phone//EN", "X-WR-CALNAME:Ben"]
    body = ["BEGIN:VEVENT", "UID:u@hub.internal", "DTSTAMP:20270101T000000Z", *lines, "END:VEVENT"]
    return "\r\n".join([*head, *zone.splitlines(), *body, "END:VCALENDAR", ""])


def atoms_of(ics: str, *, floating_zone: str | None = None) -> dict[str, Json]:
    record = read_event(ics, floating_zone=floating_zone)
    assert record is not None
    return dict(record.atoms)


def written(**atoms: Json) -> str:
    return write_event({**HAIRCUT, **atoms}, uid="u@hub.internal", marker=MARKER, at=AT)
