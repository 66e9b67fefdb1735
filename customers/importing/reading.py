"""Open an uploaded file as a table, whichever kind it is."""

from customers.importing import delimited, workbooks
from customers.importing.tables import Opener, Table, UnreadableFile

UPLOAD_BYTES = 50 << 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
_PACKED = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_NOT_TEXT = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")


def media_type_of(opened: Opener) -> str:
    """Say what the file is by its first bytes, whatever it is called.

    :raises UnreadableFile: it is neither text nor a workbook.
    """
    with opened() as file:
        start = file.read(8)
    if start.startswith(_PACKED):
        return XLSX
    if start.startswith(_OLD_OFFICE):
        raise UnreadableFile(
            "This is an old or protected workbook. Save it as .xlsx without a password, or as CSV."
        )
    if start.startswith(_NOT_TEXT):
        raise UnreadableFile("This is neither a CSV file nor an XLSX workbook.")
    return CSV


def table_of(opened: Opener, *, media_type: str) -> Table:
    """:raises UnreadableFile: it cannot be read; the text says what to do about it."""
    return workbooks.table_of(opened) if media_type == XLSX else delimited.table_of(opened)
