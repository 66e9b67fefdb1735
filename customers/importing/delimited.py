"""Read text files with one record a line (CSV), whatever their encoding and delimiter."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from customers.importing.tables import (
    PIECE,
    Opener,
    Row,
    Table,
    UnreadableFile,
    below_headings,
    headings_of,
    with_headings,
)

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SAMPLE_CHARACTERS = 65_536
SAMPLE_ROWS = 20
# As large as a file may be: one bad value is then the fault of its row, not of the file.
csv.field_size_limit(1 << 26)
_MARKS = {
    codecs.BOM_UTF8: ("utf-8-sig", "UTF-8"),
    codecs.BOM_UTF16_LE: ("utf-16", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16", "UTF-16"),
}
_UNKNOWN = (
    "The letters of this file cannot be read. Save it as “CSV UTF-8” and choose it once more."
)


def table_of(opened: Opener) -> Table:
    """:raises UnreadableFile: it is empty, has no headings, or an unknown encoding."""
    encoding, name = _encoding_of(opened)
    delimiter = _delimiter_of(opened, encoding)
    others = "".join(sign for sign in DELIMITERS if sign != delimiter)

    @contextmanager
    def whole() -> Iterator[Iterator[Row]]:
        with _text(opened, encoding) as text:
            yield with_headings(_records(text, delimiter), other_delimiters=others)

    def last() -> int:
        with whole() as rows:
            return max(row.number for row in rows)

    headings = headings_of(whole)
    if not headings:
        raise UnreadableFile("This file is empty.")
    told = f"Read as {name} text, divided by {DELIMITERS[delimiter]}."
    return Table(headings, below_headings(whole), last, told)


@contextmanager
def _text(opened: Opener, encoding: str) -> Iterator[IO[str]]:
    with opened() as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        yield text


def _records(text: IO[str], delimiter: str) -> Iterator[Row]:
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=delimiter), 1):
            yield Row(number, cells)
    except (UnicodeError, csv.Error):
        raise UnreadableFile(_UNKNOWN) from None


def _encoding_of(opened: Opener) -> tuple[str, str]:
    """Return the codec of the file and its name for people; all of it is looked at."""
    with opened() as file:
        start = file.read(4096)
    if not start:
        raise UnreadableFile("This file is empty.")
    for mark, found in _MARKS.items():
        if start.startswith(mark):
            return _proved(opened, *found)
    if start.count(0) > len(start) // 4:
        side = "le" if start[1::2].count(0) > start[::2].count(0) else "be"
        return _proved(opened, f"utf-16-{side}", "UTF-16")
    if _can_be(opened, "utf-8"):
        return "utf-8", "UTF-8"
    return _proved(opened, "cp1252", "Windows-1252")


def _proved(opened: Opener, encoding: str, name: str) -> tuple[str, str]:
    if not _can_be(opened, encoding):
        raise UnreadableFile(_UNKNOWN)
    return encoding, name


def _can_be(opened: Opener, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with opened() as file:
        try:
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def _delimiter_of(opened: Opener, encoding: str) -> str:
    """Return the sign that cuts most rows into as many values as the headings."""
    with _text(opened, encoding) as text:
        sample = text.read(SAMPLE_CHARACTERS)
    scores = {sign: _score(sample, sign) for sign in DELIMITERS}
    return max(scores, key=lambda sign: scores[sign])


def _score(sample: str, delimiter: str) -> tuple[int, int]:
    widths: list[int] = []
    for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
        if any(cells):
            widths.append(len(cells))
        if len(widths) == SAMPLE_ROWS:
            break
    if not widths or widths[0] == 1:
        return 0, 1
    return widths.count(widths[0]), widths[0]
