"""What becomes of a row, in words that a person can act on."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from customers.claims import Match, Tier, Traits
from customers.identity import Identified
from customers.importing.mapping import Reader
from customers.importing.tables import Row
from customers.models import Customer, ImportRow, Outcome
from customers.normalizing import without_unseen
from customers.wording import MATCHED_BY, evidence_in_line
from hub.errors import InvalidInput

SHOWN = 200


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

    def rejected(self) -> ImportRow:
        return self._noted(Outcome.REJECTED, self.faults)

    def seen_before(self, customer_id: UUID | None) -> ImportRow:
        """The same row of the same file was imported already: nothing is done once more."""
        row = self._noted(Outcome.MATCHED, ["This very row was imported before."])
        row.customer_id = customer_id
        return row

    def ended_at(self, found: Identified) -> ImportRow:
        """What an import did."""
        reasons = [
            f"{review.candidate.name}, {review.candidate.code}: {_facts(review.evidence)}"
            for review in found.reviews
        ]
        outcome = Outcome.REVIEW if reasons else Outcome.CREATED
        if not found.created:
            outcome = outcome if reasons else Outcome.MATCHED
            reasons = [_matched(found.tier, found.customer.code), *reasons]
        return self._noted(outcome, reasons, tier=found.tier, customer=found.customer)

    def would_end_at(self, found: Match, *, planned: Mapping[UUID, int]) -> ImportRow:
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
        row = self._noted(outcome, reasons, tier=found.tier)
        if found.customer is not None and found.customer.pk not in planned:
            row.customer = found.customer
        return row

    def _noted(
        self,
        outcome: Outcome,
        reasons: Sequence[str],
        *,
        tier: str = "",
        customer: Customer | None = None,
    ) -> ImportRow:
        return ImportRow(
            number=self.number,
            outcome=outcome,
            tier=tier,
            reasons=list(reasons),
            shown=_shown(self.values),
            customer=customer,
        )


def counted(counts: Mapping[str, int], rows: Iterable[ImportRow]) -> dict[str, int]:
    """Add ``rows`` to the number of rows with each outcome."""
    total = dict(counts)
    for row in rows:
        total[str(row.outcome)] = total.get(str(row.outcome), 0) + 1
    return total


def _matched(tier: str, code: str) -> str:
    return f"{code}, matched by {MATCHED_BY[Tier(tier)]}."


def _facts(facts: Iterable[str]) -> str:
    return f"{evidence_in_line(facts).capitalize()}."


def _shown(values: Mapping[str, str]) -> str:
    order = ("name", "given_name", "family_name", "company", "email", "phone")
    said = [values[field] for field in order if field in values] or list(values.values())
    return without_unseen(" ".join(said)[: SHOWN * 2])[:SHOWN]
