"""What goes back to the person: a look at the file, and what became of its rows as a table."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from customers.importing.tables import protected
from scheduling.models import MovingIn, MovingInRow
from scheduling.moving_in.requesting import opened

SAMPLE = 20
EXAMPLES = 3
BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet takes UTF-8 for something older
HEADINGS = ("Row", "Appointment in the file", "Outcome", "Why", "Customer", "Appointment here")


@dataclass(frozen=True, slots=True)
class Look:
    """``told`` says how the file was read; each heading comes with values of its column."""

    told: str
    columns: Sequence[tuple[str, list[str]]]


class Echo:
    """A file for ``csv.writer`` that hands each line straight back."""

    def write(self, line: str) -> str:
        return line


def look_at(found: MovingIn) -> Look:
    """:raises UnreadableFile: the file changed into something that cannot be read."""
    file = opened(found)
    if file.table is None:
        return Look(file.told, [])
    with file.table.rows() as rows:
        sample = [row.cells for row in islice(rows, SAMPLE) if not row.fault]
    columns = []
    for place, heading in enumerate(file.headings):
        values = dict.fromkeys(cells[place].strip()[:60] for cells in sample)
        columns.append((heading, [value for value in values if value][:EXAMPLES]))
    return Look(file.told, columns)


def lines_of(found: MovingIn, *, outcome: str) -> Iterator[str]:
    """Yield a CSV of what became of the rows, or of those with ``outcome``."""
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow(HEADINGS)
    rows = MovingInRow.objects.filter(of=found).select_related("customer", "appointment", "series")
    if outcome:
        rows = rows.filter(outcome=outcome)
    for row in rows.order_by("number").iterator(chunk_size=500):
        cells = [
            str(row.number),
            row.shown,
            row.get_outcome_display(),
            " ".join(row.reasons),
            row.customer.code if row.customer else "",
            here.code if (here := row.appointment or row.series) else "",
        ]
        yield writer.writerow(map(protected, cells))
