"""Book an appointment; write its notes and tags. To move one see ``rescheduling``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from customers.models import Customer
from hub import history, outbox
from hub.actors import Actor
from hub.errors import require_version
from hub.events import EventName
from hub.identifiers import next_of
from scheduling import limits, occupying
from scheduling.approving import status_at_booking
from scheduling.assigning import assign, name_resource
from scheduling.holding_time import hold_for
from scheduling.limits import OutsideWorkingHours, TooLate
from scheduling.models import Appointment, BookingSource, Series
from scheduling.needs import require_all
from scheduling.occupying import SlotTaken
from scheduling.offering import NotQualified, Offer, customer_for, offer_of
from scheduling.permitting import locked_for, require_booker, require_reach
from scheduling.placing import offering_alternatives
from scheduling.rescheduling import reschedule_appointment
from scheduling.seating import draft_for, seated
from scheduling.securing import secure
from scheduling.states import AppointmentStatus
from scheduling.tagging import require_color, require_tags
from scheduling.texts import CUSTOMER_NOTES_LENGTH, NOTES_LENGTH, require_text

__all__ = [
    "Booking",
    "NotQualified",
    "OutsideWorkingHours",
    "SlotTaken",
    "TooLate",
    "annotate_appointment",
    "book_appointment",
    "book_visit",
    "reschedule_appointment",
]


WRITTEN: dict[str, Callable[[Any], Any]] = {
    "notes": partial(require_text, field="notes", longest=NOTES_LENGTH),
    "customer_notes": partial(require_text, field="customer_notes", longest=CUSTOMER_NOTES_LENGTH),
    "tags": require_tags,
    "color": require_color,
}


@dataclass(frozen=True, slots=True)
class Booking:
    """What is asked for.

    ``staff_id`` leads. Whom and what the service needs beside and nobody named in ``beside_ids``
    and ``resource_ids`` is taken from what is free; without ``location_id`` it is where the
    leading staff member belongs. ``hold_id`` is the hold by which the time was kept for it.
    """

    customer_id: UUID
    service_id: UUID
    staff_id: UUID
    start_at: datetime
    resource_ids: tuple[UUID, ...] = ()
    beside_ids: tuple[UUID, ...] = ()
    notes: str = ""
    location_id: UUID | None = None
    hold_id: UUID | None = None
    tags: tuple[str, ...] = ()
    color: str = ""


def book_appointment(
    booking: Booking, *, at: datetime, by: Actor, override_reason: str = ""
) -> Appointment:
    """Promise the time, and keep the service's rules and price as they are now.

    ``override_reason`` sets working hours and notice aside, for those who may; never overlap.
    Where the service needs approval, what a visitor or a tool books is only requested.

    :raises AccessDenied: ``by`` may not book for this staff member.
    :raises InvalidInput: a value is unknown, not active, or cannot be right.
    :raises NotQualified: the staff member does not offer the service.
    :raises OutsideWorkingHours: it is not within one stretch of work.
    :raises TooLate: it starts too soon, or in the past.
    :raises TooEarly: it is further away than the service can be booked ahead.
    :raises NoClassThen: the service takes place as classes, and none is planned for then.
    :raises HoldIsOver: there is no such hold of ``by``, or its time is over.
    :raises SlotTaken: person or room is taken; says by what, and the nearest free times.
    """
    with offering_alternatives(
        booking.service_id, booking.staff_id, booking.location_id, booking.start_at, at=at
    ):
        return book_visit(booking, at=at, by=by, override_reason=override_reason)


@transaction.atomic
def annotate_appointment(  # noqa: PLR0913
    appointment_id: UUID,
    *,
    notes: str | None = None,
    customer_notes: str | None = None,
    tags: Sequence[str] | None = None,
    color: str | None = None,
    by: Actor,
    expected_version: int | None = None,
) -> Appointment:
    """Write the notes for staff or those that the customer reads, tags, or color.

    ``None`` leaves what is there; ``""`` is the color of the service.

    :raises AccessDenied: it is not an appointment of ``by``.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises InvalidInput: notes are too long, a tag cannot be one, or there is no such color.
    """
    appointment = locked_for(by, appointment_id)
    require_version(appointment.version, expected_version)
    given = {"notes": notes, "customer_notes": customer_notes, "tags": tags, "color": color}
    written = {name: WRITTEN[name](new) for name, new in given.items() if new is not None}
    if not written:
        return appointment
    for name, new in written.items():
        setattr(appointment, name, new)
    history.save(appointment, fields=list(written), by=by)
    told: dict[str, list[str]] = {name: [] for name in written}
    outbox.record(EventName.APPOINTMENT_UPDATED, subject=appointment, by=by, fields=told)
    return appointment


@occupying.retrying
def book_visit(
    booking: Booking,
    *,
    at: datetime,
    by: Actor,
    override_reason: str = "",
    series: Series | None = None,
    occurs_on: date | None = None,
) -> Appointment:
    """Do what ``book_appointment`` does, perhaps as the visit of a series on a date of its rule.

    A refusal names no free times.

    :raises DomainError: as ``book_appointment`` does.
    """
    held = require_booker(by)
    start_at = limits.in_utc(booking.start_at, field="start_at")
    offer = seated(_offer(booking), start_at)
    require_reach(held, offer.staff, offer.place.pk)
    require_all(offer.needs, held)
    customer = customer_for(booking.customer_id, held)
    set_aside = limits.may_set_aside(held, override_reason)
    appointment = _drafted(booking, offer, customer, start_at, at=at)
    appointment.series, appointment.occurs_on = series, occurs_on
    appointment.status = status_at_booking(offer.rules, by)
    appointment.booked_through = BookingSource.of(by.source)
    hold = hold_for(booking.hold_id, appointment, at=at, by=by) if booking.hold_id else None
    units = secure(appointment, offer, held=held, at=at, set_aside=set_aside, hold=hold)
    name_resource(appointment, units)
    appointment.number = next_of("scheduling_appointment_number")
    history.create(appointment, by=by, reason=override_reason)
    occupying.take(appointment, units)
    assign(appointment, units, at=at, by=by)
    is_request = appointment.status == AppointmentStatus.REQUESTED
    outbox.record(
        EventName.APPOINTMENT_REQUESTED if is_request else EventName.APPOINTMENT_BOOKED,
        subject=appointment,
        by=by,
        fields={"override_reason": ["", override_reason.strip()]} if set_aside else {},
    )
    return appointment


def _offer(booking: Booking) -> Offer:
    return offer_of(
        booking.service_id,
        booking.staff_id,
        booking.location_id,
        resource_ids=booking.resource_ids,
        beside_ids=booking.beside_ids,
    )


def _drafted(
    booking: Booking, offer: Offer, customer: Customer, start_at: datetime, *, at: datetime
) -> Appointment:
    draft = draft_for(offer, start_at)
    draft.customer = customer
    draft.notes = require_text(booking.notes, field="notes", longest=NOTES_LENGTH)
    draft.tags, draft.color = require_tags(booking.tags), require_color(booking.color)
    draft.created_at = at
    return draft
