"""What every kind of file is read as: a row of headings, then numbered rows of text."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import IO

from hub.errors import DomainError

Opener = Callable[[], IO[bytes]]
PIECE = 1 << 20  # bytes that are looked at together
COLUMNS = 200
ROWS = 300_000
CELL_CHARACTERS = 65_536
HEADING_CHARACTERS = 120
LONGEST_HEADING = 1000  # that is shortened; a longer one has swallowed rows
# A spreadsheet takes what begins with one of these for a formula, or hides it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_HEADLESS = "The first row has to name the columns, such as “Name”, “E-mail” and “Phone”."


class UnreadableFile(DomainError):
    """Nothing of the file can be read as it is; the text says what to do about it."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` is the one that a spreadsheet shows; ``fault`` says why it cannot be read."""

    number: int
    cells: Sequence[str]
    fault: str = ""


Rows = Callable[[], AbstractContextManager[Iterator[Row]]]


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` opens what follows the headings, from the top each time it is called.

    ``last`` reads the number of the last row, 0 where that would take too long.
    ``told`` says how the file was understood.
    """

    headings: tuple[str, ...]
    rows: Rows
    last: Callable[[], int]
    told: str


def with_headings(rows: Iterable[Row], *, other_delimiters: str = "") -> Iterator[Row]:
    """Pass on the headings, then the rows that hold anything, each as wide as the headings."""
    width = 0
    for row in rows:
        if row.number > ROWS:
            raise UnreadableFile(f"This file has more than {ROWS:,} rows. Cut it into parts.")
        if not row.fault and not any(cell.strip() for cell in row.cells):
            continue
        if not width:
            headings = named(row)
            width = len(headings)
            yield Row(row.number, headings)
        else:
            yield _fitted(row, width, other_delimiters)


def below_headings(whole: Rows) -> Rows:
    """Return how to open the same rows without the first one."""

    @contextmanager
    def below() -> Iterator[Iterator[Row]]:
        with whole() as rows:
            next(rows)
            yield rows

    return below


def headings_of(whole: Rows) -> tuple[str, ...]:
    """Return the first row that holds anything; empty where none does.

    :raises UnreadableFile: it does not look like headings.
    """
    with whole() as rows:
        first = next(rows, None)
    return tuple(first.cells) if first else ()


def named(row: Row) -> tuple[str, ...]:
    """Return the headings of the first row, each once: “Phone”, “Phone (2)”, “Column 3”.

    :raises UnreadableFile: it has no headings, or too many.
    """
    cells = [" ".join(unprotected(cell).split()) for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > COLUMNS:
        raise UnreadableFile(f"This file has {len(cells)} columns; at most {COLUMNS} can be read.")
    if any(len(cell) > LONGEST_HEADING for cell in cells):
        raise UnreadableFile("A heading is far too long. Is a quotation mark left open?")
    if row.fault or any(map(_is_data, cells)):
        raise UnreadableFile(row.fault or _HEADLESS)
    seen: dict[str, int] = {}
    headings = []
    for place, cell in enumerate(cells, 1):
        name = "".join(sign for sign in cell if sign.isprintable())[:HEADING_CHARACTERS]
        name = name or f"Column {place}"
        seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        count = seen[name.casefold()]
        headings.append(name if count == 1 else f"{name} ({count})")
    return tuple(headings)


def protected(text: str) -> str:
    """Write ``text`` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def unprotected(text: str) -> str:
    """Take the protection off again; a name such as ’t Hooft keeps its apostrophe."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def _fitted(row: Row, width: int, other_delimiters: str) -> Row:
    cells = [unprotected(cell) if cell[:1] == "'" else cell for cell in row.cells]
    fault = row.fault or _fault_of(cells, width, other_delimiters)
    return Row(row.number, (*cells[:width], *[""] * (width - len(cells))), fault)


def _fault_of(cells: Sequence[str], width: int, other_delimiters: str) -> str:
    if max(map(len, cells)) > CELL_CHARACTERS:
        return "One value is longer than 64 KB. Is a quotation mark left open?"
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        return f"This row has {len(cells)} values, but there are {width} headings."
    if width > 1 and len(cells) == 1 and any(sign in cells[0] for sign in other_delimiters):
        return "This row is divided by another sign than the headings are."
    return ""


def _is_data(cell: str) -> bool:
    digits = sum(sign.isdigit() for sign in cell)
    return "@" in cell.strip("@") or digits > max(4, len(cell) // 2)
