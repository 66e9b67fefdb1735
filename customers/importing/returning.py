"""What goes back to the person: a look at the file, and its rejected rows to mend."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from customers.importing.reading import table_of
from customers.importing.tables import Table, protected
from customers.models import CustomerImport, Outcome
from hub import documents

SAMPLE = 20
EXAMPLES = 3
BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet takes UTF-8 for something older
WHY = "Why it was rejected"


@dataclass(frozen=True, slots=True)
class Look:
    """``told`` says how the file was read; each heading comes with values of its column."""

    told: str
    columns: Sequence[tuple[str, list[str]]]


class Echo:
    """A file for ``csv.writer`` that hands each line straight back."""

    def write(self, line: str) -> str:
        return line


def look_at(found: CustomerImport) -> Look:
    """:raises UnreadableFile: the file changed into something that cannot be read."""
    table = _table(found)
    with table.rows() as rows:
        sample = [row.cells for row in islice(rows, SAMPLE) if not row.fault]
    columns = []
    for place, heading in enumerate(table.headings):
        values = dict.fromkeys(cells[place].strip()[:60] for cells in sample)
        columns.append((heading, [value for value in values if value][:EXAMPLES]))
    return Look(table.told, columns)


def changes_nothing(found: CustomerImport) -> bool:
    """Say whether every row that can be used was imported before."""
    ended = {Outcome(name) for name, rows in found.counts.items() if rows}
    if Outcome.MATCHED not in ended or ended - {Outcome.MATCHED, Outcome.REJECTED}:
        return False
    return not found.rows.filter(outcome=Outcome.MATCHED).exclude(tier="").exists()


def rejected_lines(found: CustomerImport) -> Iterator[str]:
    """Yield a CSV of the rejected rows as they came, each with what to mend."""
    table, writer = _table(found), csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow([*map(protected, table.headings), WHY])
    rejected = found.rows.filter(outcome=Outcome.REJECTED).order_by("number")
    refused = rejected.values_list("number", "reasons").iterator(chunk_size=500)
    with table.rows() as rows:
        for number, reasons in refused:
            row = next((row for row in rows if row.number == number), None)
            if row is not None:
                yield writer.writerow([*map(protected, row.cells), " ".join(reasons)])


def _table(found: CustomerImport) -> Table:
    sha256 = found.file_id
    return table_of(lambda: documents.opened(sha256), media_type=found.file.media_type)
