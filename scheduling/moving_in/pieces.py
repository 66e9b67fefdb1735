"""Cut ICS files into events and time zones, before a parser sees any of it.

Only the lines of an event that matter here are kept: alarms and attachments are skipped unread,
however deep they nest and however long they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

EVENT_CHARACTERS = 250_000
_LINE = re.compile(r"\r\n|\n|\r")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_WANTED = frozenset(
    {"UID", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "ATTENDEE", "ORGANIZER"}
    | {"STATUS", "LOCATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE"}
)


@dataclass(slots=True)
class Piece:
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


def pieces_of(text: str) -> Iterator[Piece]:
    """Yield events and time zones; what stands outside of them or nests in an event is skipped."""
    piece: Piece | None = None
    depth = 0
    for line in lines_of(text):
        mark = line[:16].upper().rstrip()
        if piece is None:
            if mark in ("BEGIN:VEVENT", "BEGIN:VTIMEZONE"):
                piece, depth = Piece(mark.partition(":")[2]), 0
        elif depth == 0 and mark == f"END:{piece.kind}":
            yield piece
            piece = None
        elif piece.kind == "VEVENT" and mark == "BEGIN:VEVENT":
            yield piece  # its end is missing; the next one is not to suffer
            piece, depth = Piece("VEVENT"), 0
        else:
            depth += mark.startswith("BEGIN:") - mark.startswith("END:")
            if piece.kind == "VTIMEZONE" or (depth == 0 and not mark.startswith("END:")):
                piece.add(line)
    if piece is not None and piece.kind == "VEVENT":
        yield piece


def lines_of(text: str) -> Iterator[str]:
    start = 0
    for found in _LINE.finditer(text):
        yield text[start : found.start()]
        start = found.end()
    yield text[start:]
