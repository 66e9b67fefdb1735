"""What issuing would freeze, looked at before it is done: nothing is written here."""

from dataclasses import dataclass
from datetime import date, datetime

from billing.assembling import compute, decide_taxes, document_of, lines_of, today_of
from billing.issuing import due_date_of, what_is_missing
from billing.models import Invoice
from billing.numbering import expected_number
from billing.totals import Totals


@dataclass(frozen=True, slots=True)
class Review:
    """``number`` is the next of its series, unless somebody else takes it first.

    ``problems`` are sentences that say why it cannot be issued now.
    """

    number: str
    issue_date: date
    due_date: date
    totals: Totals
    line_count: int
    problems: list[str]


def review(invoice: Invoice, *, at: datetime) -> Review:
    """Compute a draft as it would be issued at ``at``, with the taxes in force then."""
    issue_date = today_of(invoice, at=at)
    lines = lines_of(invoice)
    decide_taxes(invoice, lines, on=issue_date)
    totals = compute(invoice, lines)
    missing = what_is_missing(invoice, document_of(invoice, lines), totals)
    problems = [str(problem) for problem in missing]
    number, latest = expected_number(
        invoice.legal_entity, document_type="invoice", issue_date=issue_date
    )
    if latest is not None and latest > issue_date:
        problems.append(f"An invoice dated {latest:%B} {latest.day} was issued already.")
    return Review(
        number=number,
        issue_date=issue_date,
        due_date=due_date_of(invoice, issue_date),
        totals=totals,
        line_count=len(lines),
        problems=problems,
    )
