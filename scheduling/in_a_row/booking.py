"""Book several services in a row for one customer: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.actors import Actor
from hub.errors import InvalidInput
from scheduling import limits, occupying
from scheduling.booking import Booking, book_visit
from scheduling.in_a_row.finding import LONGEST_WAIT
from scheduling.models import Appointment
from scheduling.offering import customer_for, offer_of
from scheduling.permitting import require_booker
from scheduling.seating import seated

FEWEST, MOST = 2, 5


@dataclass(frozen=True, slots=True)
class Part:
    """One of the services; ``staff_id`` leads it."""

    service_id: UUID
    staff_id: UUID
    start_at: datetime


@occupying.retrying
def book_in_a_row(
    customer_id: UUID,
    parts: Sequence[Part],
    *,
    location_id: UUID | None = None,
    notes: str = "",
    at: datetime,
    by: Actor,
) -> list[Appointment]:
    """Book ``parts``, each an appointment of its own, in their order; ``notes`` go to the first.

    What the services need beside is taken from what is free.

    :raises InvalidInput: fewer than two or more than ``MOST``, or one begins before the one
        before it is over, or more than 15 minutes later.
    :raises DomainError: as ``book_appointment`` does; then nothing is booked.
    """
    held = require_booker(by)
    if not FEWEST <= len(parts) <= MOST:
        raise InvalidInput(f"Choose two to {MOST} services.", field="parts")
    customer_for(customer_id, held)  # whose lock comes before those of people and rooms
    starts = [limits.in_utc(part.start_at, field="start_at") for part in parts]
    offers = [
        seated(offer_of(part.service_id, part.staff_id, location_id), start)
        for part, start in zip(parts, starts, strict=True)
    ]
    # All at once and in one order: two who want the same people in turn cannot block each other.
    occupying.lock({subject for offer in offers for subject in offer.subjects})
    booked: list[Appointment] = []
    for part, start in zip(parts, starts, strict=True):
        if booked:
            _require_follows(booked[-1], start)
        booking = Booking(
            customer_id,
            part.service_id,
            part.staff_id,
            start,
            location_id=location_id,
            notes="" if booked else notes,
        )
        booked.append(book_visit(booking, at=at, by=by))
    return booked


def _require_follows(before: Appointment, start_at: datetime) -> None:
    if not before.end_at <= start_at <= before.end_at + LONGEST_WAIT:
        raise InvalidInput(
            f"What follows {before.service_name} begins when it is over, or up to "
            f"{LONGEST_WAIT.seconds // 60} minutes later.",
            field="parts",
        )
