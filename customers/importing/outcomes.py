"""What becomes of a row, in words that a person can act on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from customers.claims import Match, Tier, Traits
from customers.identity import Identified
from customers.importing.mapping import Reader
from customers.importing.tables import Row
from customers.models import Customer, Outcome
from customers.normalizing import without_unseen
from customers.wording import MATCHED_BY, evidence_in_line
from hub.errors import InvalidInput

SHOWN = 200
NAMES = ("name", "given_name", "family_name", "company")
CONTACTS = ("email", "phone")


class NotedRow(NamedTuple):
    """What will be kept of one row: the columns of an ``ImportRow``."""

    number: int
    outcome: Outcome
    tier: str
    reasons: list[str]
    shown: str
    customer_id: UUID | None


class StatedRow:
    """A row of the file and what it says: ``traits``, or the ``faults`` that forbid to use it."""

    def __init__(self, row: Row, reader: Reader) -> None:
        self.number = row.number
        self.values = reader.values_of(row.cells)
        self.traits: Traits | None = None
        self.faults: list[str] = [row.fault] if row.fault else []
        if not row.fault:
            self._read(reader)

    def _read(self, reader: Reader) -> None:
        try:
            self.traits = reader.traits_of(self.values)
        except InvalidInput as error:
            self.faults = reader.faults_of(self.values) or [str(error)]

    def rejected(self) -> NotedRow:
        return self._noted(Outcome.REJECTED, self.faults)

    def seen_before(self, customer_id: UUID | None) -> NotedRow:
        """The same row of the same file was imported already: nothing is done once more."""
        reason = "This very row was imported before."
        return self._noted(Outcome.MATCHED, [reason], customer_id=customer_id)

    def ended_at(self, found: Identified) -> NotedRow:
        """What an import did."""
        reasons = [
            f"{review.candidate.name}, {review.candidate.code}: {_facts(review.evidence)}"
            for review in found.reviews
        ]
        outcome = Outcome.REVIEW if reasons else Outcome.CREATED
        if not found.created:
            outcome = outcome if reasons else Outcome.MATCHED
            reasons = [_matched(found.tier, found.customer.code), *reasons]
        return self._noted(outcome, reasons, tier=found.tier, customer_id=found.customer.pk)

    def would_end_at(self, found: Match, *, planned: Mapping[UUID, int]) -> NotedRow:
        """What an import would do; ``planned`` tells which row would make a customer."""

        def called(customer: Customer) -> str:
            number = planned.get(customer.pk)
            return f"row {number} of this file" if number else customer.code

        reasons = [
            f"{other.name}, {called(other)}: {_facts(found.evidence[other.pk])}"
            for other in found.candidates
        ]
        outcome = Outcome.REVIEW if reasons else Outcome.CREATED
        if found.customer is not None:
            outcome = outcome if reasons else Outcome.MATCHED
            reasons = [_matched(found.tier, called(found.customer)), *reasons]
        customer_id = found.customer.pk if found.customer else None
        saved_id = None if customer_id in planned else customer_id
        return self._noted(outcome, reasons, tier=found.tier, customer_id=saved_id)

    def _noted(
        self,
        outcome: Outcome,
        reasons: Sequence[str],
        *,
        tier: str = "",
        customer_id: UUID | None = None,
    ) -> NotedRow:
        shown = _shown(self.values)
        return NotedRow(self.number, outcome, str(tier), list(reasons), shown, customer_id)


def counted(counts: Mapping[str, int], rows: Iterable[NotedRow]) -> dict[str, int]:
    """Add ``rows`` to the number of rows with each outcome."""
    total = dict(counts)
    for row in rows:
        total[str(row.outcome)] = total.get(str(row.outcome), 0) + 1
    return total


def _matched(tier: str, whom: str) -> str:
    return f"{whom[:1].upper()}{whom[1:]}, matched by {MATCHED_BY[Tier(tier)]}."


def _facts(facts: Iterable[str]) -> str:
    return f"{evidence_in_line(facts).capitalize()}."


def _shown(values: Mapping[str, str]) -> str:
    names = [values[field] for field in NAMES if field in values]
    parts = [" ".join(names), *(values[field] for field in CONTACTS if field in values)]
    said = " · ".join(filter(None, parts)) or " · ".join(values.values())
    return without_unseen(said[: SHOWN * 2])[:SHOWN]
