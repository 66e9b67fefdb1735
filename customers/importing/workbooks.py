"""Read the first sheet of an XLSX workbook, row by row; a bomb is refused before it is opened."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from typing import IO, Any

import openpyxl

from customers.importing.tables import (
    COLUMNS,
    PIECE,
    ROWS,
    Opener,
    Row,
    Table,
    UnreadableFile,
    below_headings,
    with_headings,
)

PARTS = 1000
UNPACKED_BYTES = 300 << 20
TEXTS_BYTES = 64 << 20  # the table of texts stays in memory while rows are read
HARMLESS_BYTES = 20 << 20
TIMES_PACKED = 100
_DAMAGED = "This workbook is damaged. Save it anew, or as “CSV UTF-8”."
_TOO_LARGE = "This workbook unpacks to far more than a list of customers. Save it as “CSV UTF-8”."
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def table_of(opened: Opener) -> Table:
    """:raises UnreadableFile: it is damaged, too large when unpacked, or has no headings."""

    @contextmanager
    def whole() -> Iterator[Iterator[Row]]:
        with opened() as file, _sheet(file) as sheet:
            yield with_headings(_rows(sheet))

    with opened() as file, _sheet(file) as sheet:
        said, name = sheet.max_row or 0, sheet.title
        first = next(with_headings(_rows(sheet)), None)
    if first is None:
        raise UnreadableFile("The first sheet of this workbook is empty.")
    told = f"Read from the sheet “{name}” of the workbook."
    last = said if said <= ROWS else 0
    return Table(tuple(first.cells), below_headings(whole), lambda: last, told)


def require_harmless(opened: Opener) -> None:
    """Look at the packing alone, once, when the file arrives.

    :raises UnreadableFile: it is no workbook, unpacks to too much, or declares entities.
    """
    with opened() as file:
        try:
            with zipfile.ZipFile(file) as packed:
                _require_size(packed.infolist())
                for part in packed.infolist():
                    _require_plain(packed, part)
        except _BROKEN:
            raise UnreadableFile(_DAMAGED) from None


def _require_size(parts: list[zipfile.ZipInfo]) -> None:
    """The sizes are those that are declared; no more than that is ever unpacked."""
    unpacked, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts)
    texts = sum(p.file_size for p in parts if "sharedstrings" in p.filename.lower())
    if len(parts) > PARTS or unpacked > UNPACKED_BYTES or texts > TEXTS_BYTES:
        raise UnreadableFile(_TOO_LARGE)
    if unpacked > HARMLESS_BYTES and unpacked > packed * TIMES_PACKED:
        raise UnreadableFile(_TOO_LARGE)


def _require_plain(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
        return
    before = b""
    with packed.open(part) as file:
        while piece := file.read(PIECE):
            if b"<!" in piece or before:
                text = before + piece
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                    raise UnreadableFile(_DAMAGED)
            elif piece.startswith(_UTF16):
                raise UnreadableFile(_DAMAGED)
            before = piece[-9:]


@contextmanager
def _sheet(file: IO[bytes]) -> Iterator[Any]:
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
    except Exception as error:  # a damaged file fails anywhere in the library, with anything
        raise UnreadableFile(_DAMAGED) from error
    with closing(book):
        yield sheet


def _rows(sheet: Any) -> Iterator[Row]:
    try:
        sheet.reset_dimensions()  # what a file says about its size need not be true
        width = _width_of(sheet)
        for number, values in enumerate(sheet.iter_rows(max_col=width + 1, values_only=True), 1):
            yield Row(number, [_text(value) for value in values])
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile(_DAMAGED) from error


def _width_of(sheet: Any) -> int:
    """Return how many columns the first row with anything in it has."""
    for values in sheet.iter_rows(max_row=ROWS, max_col=COLUMNS + 1, values_only=True):
        filled = [place for place, value in enumerate(values, 1) if value is not None]
        if filled:
            return filled[-1]
    return 0


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
