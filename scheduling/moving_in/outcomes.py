"""What becomes of a row, in words that a person can act on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from customers.claims import Fact
from customers.identity import Identified
from customers.models import Customer
from customers.normalizing import without_unseen
from customers.wording import evidence_in_line
from scheduling.models import Appointment, MovingOutcome
from scheduling.moving_in.stated import Stated
from scheduling.moving_in.understanding import Visit
from scheduling.states import AppointmentStatus

SHOWN = 200
REASON = 300
_SHOWN_FIELDS = ("date", "start", "name", "given_name", "family_name", "email", "service", "staff")
KNOWN_BEFORE = "It was moved in before; nothing is changed."
KNOWN_BY = "{} was moved in from it before; nothing is changed."
MOVED_THERE = "It stands at another time in this file than here."


class NotedRow(NamedTuple):
    """What will be kept of one row: the columns of a ``MovingInRow``."""

    number: int
    outcome: MovingOutcome
    reasons: list[str]
    shown: str
    customer_id: UUID | None = None
    appointment_id: UUID | None = None


def rejected(stated: Stated, reasons: Sequence[str]) -> NotedRow:
    return noted(stated, MovingOutcome.REJECTED, [*reasons, *stated.told])


def conflicting(stated: Stated, reason: str) -> NotedRow:
    return noted(stated, MovingOutcome.CONFLICT, [reason])


def known(stated: Stated, visit: Visit, appointment: Appointment) -> NotedRow:
    """The appointment is here already; ``appointment`` may have moved since."""
    reasons = [KNOWN_BY.format(appointment.code)]
    if (visit.start_at, visit.end_at) != (appointment.start_at, appointment.end_at):
        reasons.append(MOVED_THERE)
    return noted(
        stated,
        MovingOutcome.KNOWN,
        reasons,
        customer_id=appointment.customer_id,
        appointment_id=appointment.pk,
    )


def entered(stated: Stated, visit: Visit, appointment: Appointment, found: Identified) -> NotedRow:
    """What an import did."""
    questions = [
        _question(review.candidate, review.evidence, review.candidate.code)
        for review in found.reviews
    ]
    return noted(
        stated,
        outcome_of(visit, has_question=bool(questions)),
        [*questions, *visit.told],
        customer_id=found.customer.pk,
        appointment_id=appointment.pk,
    )


def foreseen(
    stated: Stated,
    visit: Visit,
    candidates: Iterable[tuple[Customer, Iterable[Fact]]],
    customer_id: UUID | None,
) -> NotedRow:
    """What an import would do."""
    questions = [_question(one, facts, one.code) for one, facts in candidates]
    outcome = outcome_of(visit, has_question=bool(questions))
    return noted(stated, outcome, [*questions, *visit.told], customer_id=customer_id)


def outcome_of(visit: Visit, *, has_question: bool) -> MovingOutcome:
    if has_question:
        return MovingOutcome.REVIEW
    is_booked = visit.status == AppointmentStatus.BOOKED
    return MovingOutcome.BOOKED if is_booked else MovingOutcome.NOTED


def noted(
    stated: Stated,
    outcome: MovingOutcome,
    reasons: Iterable[str],
    *,
    customer_id: UUID | None = None,
    appointment_id: UUID | None = None,
) -> NotedRow:
    told = [without_unseen(reason)[:REASON] for reason in reasons]
    return NotedRow(stated.number, outcome, told, shown(stated), customer_id, appointment_id)


def counted(counts: Mapping[str, int], rows: Iterable[NotedRow]) -> dict[str, int]:
    """Add ``rows`` to the number of rows with each outcome."""
    total = dict(counts)
    for row in rows:
        total[str(row.outcome)] = total.get(str(row.outcome), 0) + 1
    return total


def shown(stated: Stated) -> str:
    parts = [stated.values[name] for name in _SHOWN_FIELDS if name in stated.values]
    said = " · ".join(part[:SHOWN] for part in parts).replace("\x00", "")
    return without_unseen(said[: SHOWN * 2])[:SHOWN]


def _question(other: Customer, facts: Iterable[str], called: str) -> str:
    return f"Is it {other.name}, {called}? {evidence_in_line(facts).capitalize()}."
