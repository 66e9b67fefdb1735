"""What becomes of a row, in words that a person can act on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from customers.claims import Fact
from customers.identity import Identified
from customers.models import Customer
from customers.normalizing import without_unseen
from customers.wording import evidence_in_line
from scheduling.models import Appointment, MovedIn, MovingOutcome, Series
from scheduling.moving_in.stated import Stated
from scheduling.moving_in.understanding import Visit
from scheduling.recurrence import Rule
from scheduling.states import AppointmentStatus

SHOWN = 200
REASON = 600
_SHOWN_FIELDS = ("date", "start", "name", "given_name", "family_name", "email", "service", "staff")
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
    series_id: UUID | None = None


def rejected(stated: Stated, reasons: Sequence[str]) -> NotedRow:
    return noted(stated, MovingOutcome.REJECTED, [*reasons, *stated.told])


def conflicting(stated: Stated, reason: str) -> NotedRow:
    return noted(stated, MovingOutcome.CONFLICT, [reason])


def known(stated: Stated, visit: Visit, moved: MovedIn) -> NotedRow:
    """It is here already, and may have changed since."""
    here = moved.appointment or moved.series
    reasons = [KNOWN_BY.format(here.code)] if here else []
    one = moved.appointment
    if one and not visit.repeats and (one.start_at, one.end_at) != (visit.start_at, visit.end_at):
        reasons.append(MOVED_THERE)
    return noted(
        stated,
        MovingOutcome.KNOWN,
        reasons,
        customer_id=here.customer_id if here else None,
        appointment_id=moved.appointment_id,
        series_id=moved.series_id,
    )


def entered(
    stated: Stated,
    visit: Visit,
    found: Identified,
    *,
    appointment: Appointment | None = None,
    series: Series | None = None,
    told: Sequence[str] = (),
) -> NotedRow:
    """What an import did."""
    questions = [
        _question(review.candidate, review.evidence, review.candidate.code)
        for review in found.reviews
    ]
    return noted(
        stated,
        outcome_of(visit, has_question=bool(questions)),
        [*questions, *told, *visit.told],
        customer_id=found.customer.pk,
        appointment_id=appointment.pk if appointment else None,
        series_id=series.pk if series else None,
    )


def foreseen(
    stated: Stated,
    visit: Visit,
    candidates: Iterable[tuple[Customer, Iterable[Fact]]],
    customer_id: UUID | None,
    told: Sequence[str] = (),
) -> NotedRow:
    """What an import would do."""
    questions = [_question(one, facts, one.code) for one, facts in candidates]
    outcome = outcome_of(visit, has_question=bool(questions))
    return noted(stated, outcome, [*questions, *told, *visit.told], customer_id=customer_id)


def as_series(rule: Rule) -> str:
    return f"A series: {rule.in_words}."


def one_by_one(visit: Visit) -> str:
    """Say how many dates come in, and what becomes of the later ones."""
    if visit.repeats is None:
        return ""
    count = len(visit.repeats.starts)
    more = " Later ones come with a newer file." if visit.repeats.goes_on else ""
    return f"{count} date{'' if count == 1 else 's'}, one by one: no series here is alike.{more}"


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
    series_id: UUID | None = None,
) -> NotedRow:
    return NotedRow(
        stated.number,
        outcome,
        [without_unseen(reason)[:REASON] for reason in reasons],
        shown(stated),
        customer_id,
        appointment_id,
        series_id,
    )


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
