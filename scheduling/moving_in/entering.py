"""Write one appointment of the older system: as a booking, or as a visit that is past.

What is to come takes its time as everybody's does, buffers included; opening and working hours,
notice and horizon were the older system's business. What is past is kept without buffers, fees,
rooms and messages, and nothing is billed for it.
"""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from customers.identity import Identified, find_or_create_all
from hub import access, history, outbox
from hub.access import Access, AccessDenied, Capability
from hub.actors import Actor
from hub.errors import InvalidInput
from hub.events import EventName
from hub.identifiers import next_of
from scheduling import occupying
from scheduling.assigning import assign, name_resource
from scheduling.models import Appointment, CanceledBy, Occupancy, Staff
from scheduling.models.moving_in import MovedIn, MovingIn
from scheduling.moving_in.understanding import Visit
from scheduling.needs import at_work_first
from scheduling.offering import Offer, customer_for, drafted, offer_of
from scheduling.permitting import require_reach
from scheduling.placing import place
from scheduling.states import OCCUPYING, AppointmentStatus

# A person who moves appointments in also adds and finds customers, and books beyond the hours.
NEEDED = (
    Capability.IMPORT_APPOINTMENT,
    Capability.BOOK_APPOINTMENT,
    Capability.OVERRIDE_BOOKING_LIMITS,
    Capability.VIEW_CALENDAR,
    Capability.EDIT_CUSTOMER,
    Capability.VIEW_CUSTOMER,
)


def require_mover(by: Actor) -> Access:
    """:raises AccessDenied: ``by`` lacks something that moving in needs."""
    held = access.require(by, Capability.IMPORT_APPOINTMENT)
    if not all(held.can(each) for each in NEEDED):
        raise AccessDenied(
            "Moving in books for anybody, adds customers and finds them,"
            " which your role does not allow."
        )
    return held


def enter(
    visit: Visit, of: MovingIn, *, held: Access, at: datetime, by: Actor
) -> tuple[Appointment, Identified]:
    """Find or add the customer and write the appointment, inside the caller's transaction.

    :raises AccessDenied: ``held`` does not reach the location.
    :raises DomainError: as ``booking.book_appointment`` does, but for hours, notice and horizon.
    :raises IntegrityError: it was moved in by somebody else just now.
    """
    require_reach(held, visit.staff, visit.place.pk)
    offer = offer_for(visit, at=at)
    found = find_or_create_all([visit.traits], at=at, by=by)[0]
    draft = drafted_of(visit, offer, with_reminders=of.with_reminders, at=at)
    draft.customer = customer_for(found.customer.pk, held)
    occupying.lock(offer.subjects)
    occupying.require_unchanged(offer.place, offer.subjects)
    is_taking = draft.status in OCCUPYING
    if is_taking:
        needs = at_work_first(offer.needs, draft)
        units = place(draft, offer.staff, needs, held=held, at=at)
        name_resource(draft, units)
    draft.number = next_of("scheduling_appointment_number")
    history.create(draft, by=by, reason=f"Moved in from {of.system}"[:100])
    if is_taking:
        occupying.take(draft, units)
        assign(draft, units, at=at, by=by)
    else:
        _note_free(draft, offer.staff)
    MovedIn.objects.create(
        system=of.system,
        old_id=visit.old_id,
        occurrence=visit.occurrence,
        appointment=draft,
        of=of,
        number=visit.number,
        version=draft.version,
    )
    if draft.status == AppointmentStatus.BOOKED:  # the past is no news for anybody outside
        told = {"moved_in": ["", of.system]}
        outbox.record(EventName.APPOINTMENT_BOOKED, subject=draft, by=by, fields=told)
    return draft, found


def offer_for(visit: Visit, *, at: datetime) -> Offer:
    """Return who and what it takes; of old visits nobody asks who may still do the service.

    :raises DomainError: as ``offering.offer_of`` does, of what is still to come.
    """
    if not visit.is_over(at=at) and visit.status in OCCUPYING:
        if visit.rules.is_group:
            text = f"{visit.service} takes place as classes: plan them here, then enter who comes."
            raise InvalidInput(text, field="service")
        return offer_of(visit.service.pk, visit.staff.pk, visit.place.pk)
    return Offer(visit.service, visit.staff, visit.place, visit.rules, ())


def drafted_of(visit: Visit, offer: Offer, *, with_reminders: bool, at: datetime) -> Appointment:
    """Return the unsaved appointment, with the times of the file and the rules of today."""
    rules = offer.rules
    if visit.is_over(at=at):
        rules = replace(
            rules, buffer_before_minutes=0, buffer_after_minutes=0, late_fee=Decimal(0)
        )
    draft = drafted(offer.service, offer.staff, offer.place, rules, visit.start_at)
    draft.end_at, draft.status, draft.notes = visit.end_at, visit.status, visit.notes
    draft.created_at = at
    if not with_reminders:
        draft.reminder_minutes = 0
    if draft.status == AppointmentStatus.COMPLETED:
        draft.completed_at = visit.end_at
    if draft.status == AppointmentStatus.NO_SHOW:
        draft.no_show_at = visit.end_at
    if draft.status == AppointmentStatus.CANCELED:
        draft.canceled_at, draft.canceled_by = min(at, visit.start_at), CanceledBy.BUSINESS
        draft.cancel_reason = "Canceled in the older system."
    return draft


def _note_free(draft: Appointment, staff: Staff) -> None:
    """Say whose time it was, without taking it."""
    Occupancy.objects.create(
        appointment=draft,
        subject=staff.subject,
        block=DateTimeTZRange(*draft.block),
        active=False,
    )
