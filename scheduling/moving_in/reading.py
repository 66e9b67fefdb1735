"""Open an uploaded file as rows that say something, whichever kind it is."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from customers.importing.reading import XLSX, media_type_of, table_of
from customers.importing.tables import Table, UnreadableFile
from customers.importing.workbooks import require_harmless
from scheduling.models.moving_in import FileKind
from scheduling.moving_in.calendars import entries_of
from scheduling.moving_in.columns import stated_row
from scheduling.moving_in.stated import Entries, Stated

UPLOAD_BYTES = 20 << 20
ICS = "text/calendar"
_CALENDAR = b"BEGIN:VCALENDAR"
ENTRIES = 30_000


@dataclass(frozen=True, slots=True)
class ReadFile:
    """``table`` is None of a calendar; ``total`` is the number of its last row or event."""

    kind: FileKind
    media_type: str
    total: int
    told: str
    table: Table | None
    content: bytes

    @property
    def headings(self) -> Sequence[str]:
        return self.table.headings if self.table else ()

    def entries(self, mapping: Mapping[str, str]) -> Entries:
        """Return how to open what the file says, with the columns as ``mapping`` names them."""
        table = self.table
        if table is None:
            return entries_of(self.content)[0]
        places = {
            place: mapping[heading]
            for place, heading in enumerate(table.headings)
            if heading in mapping
        }

        @contextmanager
        def opened(after: int) -> Iterator[Iterator[Stated]]:
            with table.rows() as rows:
                yield (stated_row(row, places) for row in rows if row.number > after)

        return opened


def read_file(content: bytes) -> ReadFile:
    """Look at what ``content`` is, by itself and not by its name.

    :raises UnreadableFile: it is empty, too large, or nothing that can be read.
    """
    if len(content) > UPLOAD_BYTES:
        raise UnreadableFile(too_large(len(content)))
    if content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().upper().startswith(_CALENDAR):
        _, count = entries_of(content)
        told = f"Read as a calendar with {count:,} event{'' if count == 1 else 's'}."
        return ReadFile(FileKind.CALENDAR, ICS, count, told, None, content)

    def opened() -> IO[bytes]:
        return io.BytesIO(content)

    media_type = media_type_of(opened)
    if media_type == XLSX:
        require_harmless(opened)
    table = table_of(opened, media_type=media_type)
    total = table.last()
    if total > ENTRIES:
        raise UnreadableFile(f"This file has more than {ENTRIES:,} rows. Cut it into parts.")
    return ReadFile(FileKind.TABLE, media_type, total, table.told, table, content)


def too_large(size: int) -> str:
    """``size`` in bytes."""
    return (
        f"This file has {size / (1 << 20):,.0f} MB; at most {UPLOAD_BYTES >> 20} MB can be taken."
        " Cut it into parts, or leave columns out."
    )
