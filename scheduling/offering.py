"""Put together what a booking asks for: who does it, which service, for whom, in which rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from customers.holding import hold
from customers.models import Customer
from hub.access import Access, Capability
from hub.errors import DomainError, InvalidInput
from scheduling.models import Appointment, GroupSession, Location, Series, Service, Staff
from scheduling.needs import Need, colleagues_called, needs_of, resources_called
from scheduling.occupying import Subject
from scheduling.rules import Rules, rules_of


class NotQualified(DomainError):
    code = "not_qualified"


@dataclass(frozen=True, slots=True)
class Offer:
    """``needs`` says what is taken beside ``staff``, who leads, or the seat in ``session``."""

    service: Service
    staff: Staff
    place: Location
    rules: Rules
    needs: Sequence[Need]
    session: GroupSession | None = None

    @property
    def lead(self) -> Subject:
        """What is taken in any case: the time of a person, or a seat in a class."""
        return self.session or self.staff

    @property
    def subjects(self) -> list[Subject]:
        """Everybody and everything that may be taken."""
        return [self.lead, *(one for need in self.needs for one in need.candidates)]


def offer_of(
    service_id: UUID,
    staff_id: UUID,
    location_id: UUID | None = None,
    *,
    resource_ids: Sequence[UUID] = (),
    beside_ids: Sequence[UUID] = (),
) -> Offer:
    """Return service, staff member, place, and the people, rooms and devices that would do.

    Without ``location_id`` it is the location to which the staff member belongs.

    :raises InvalidInput: one of them is unknown, not active, or at another location, or the
        service is not offered there.
    :raises NotQualified: the staff member does not offer the service.
    """
    service, staff = _qualified(service_id, staff_id)
    place = place_of(staff, location_id)
    rules = rules_of(service, place)
    if not rules.is_offered:
        raise InvalidInput(f"{service} is not offered at {place}.", field="service")
    chosen = resources_called(resource_ids, place)
    beside = colleagues_called(beside_ids, beside=staff, service=service, place=place)
    needs = needs_of(rules, place, service, staff, resources=chosen, beside=beside)
    return Offer(service, staff, place, rules, needs)


def place_of(staff: Staff, location_id: UUID | None) -> Location:
    """Return the location of this id if ``staff`` works there; without one, where they belong.

    :raises InvalidInput: it is unknown or closed down, or the staff member does not work there.
    """
    if location_id is None or location_id == staff.location_id:
        place = staff.location
    else:
        hours = staff.working_hours.select_related("location").filter(location=location_id).first()
        if hours is None:
            raise InvalidInput(f"{staff} does not work at this location.", field="location")
        place = hours.location
    if not place.is_active:
        raise InvalidInput(f"{place} is closed down.", field="location")
    return place


def drafted(
    service: Service, staff: Staff, place: Location, rules: Rules, start_at: datetime
) -> Appointment:
    """Return an unsaved appointment with the rules and the price as they are now.

    ``start_at`` is in UTC, so that the end lies its minutes of elapsed time later.
    """
    return Appointment(
        service=service,
        staff=staff,
        location=place,
        start_at=start_at,
        end_at=start_at + timedelta(minutes=rules.duration_minutes),
        time_zone=place.time_zone,
        service_name=service.name,
        buffer_before_minutes=rules.buffer_before_minutes,
        buffer_after_minutes=rules.buffer_after_minutes,
        price=rules.price,
        currency=place.currency,
        tax_class=service.tax_class,
        minimum_notice_minutes=rules.minimum_notice_minutes,
        cancellation_window_minutes=rules.cancellation_window_minutes,
        late_fee=rules.late_fee,
        reminder_minutes=rules.reminder_minutes,
    )


def active_staff(staff_id: UUID) -> Staff:
    """:raises InvalidInput: unknown, or not working here any more."""
    return _require_active(_staff(staff_id))


def lead_of(booked: Appointment | Series | GroupSession, staff_id: UUID | None) -> Staff:
    """Return who is to lead ``booked`` from now on; ``None`` is whoever does already.

    :raises InvalidInput: unknown, not active, or at another location.
    :raises NotQualified: they do not offer its service.
    """
    if staff_id is None or staff_id == booked.staff_id:
        return booked.staff
    staff = active_staff(staff_id)
    require_qualified(staff, booked.service)
    if not Staff.objects.working_at(booked.location).filter(pk=staff.pk).exists():
        raise InvalidInput(f"{staff} works at another location.", field="staff")
    return staff


def require_qualified(staff: Staff, service: Service) -> None:
    """:raises NotQualified: ``staff`` does not offer ``service``."""
    if not staff.services.filter(pk=service.pk).exists():
        raise _not_qualified(staff, service)


def customer_for(customer_id: UUID, held: Access) -> Customer:
    """Return the customer to book for; of a merged one, the one that it became.

    No merge comes between until the end of the transaction.

    :raises InvalidInput: there is none, it was erased, or it is hidden from this role: these
        look alike.
    """
    hold(customer_id)
    known = Customer.objects.select_related("canonical").filter(erased_at=None)
    if not held.can(Capability.BOOK_APPOINTMENT):
        known = known.visible_to(held)
    customer = known.filter(pk=customer_id).first()
    if customer is None:
        raise InvalidInput("There is no such customer.", field="customer")
    return customer.canonical or customer


def _qualified(service_id: UUID, staff_id: UUID) -> tuple[Service, Staff]:
    """Read all that is as it should be in one query; ask further only to say what is not."""
    offers = Staff.services.through.objects.select_related("service", "staff__location")
    found = offers.filter(service=service_id, staff=staff_id).first()
    service = found.service if found else Service.objects.filter(pk=service_id).first()
    if service is None or not service.is_active:
        raise InvalidInput("This service cannot be booked.", field="service")
    staff = _require_active(found.staff if found else _staff(staff_id))
    if found is None:
        raise _not_qualified(staff, service)
    return service, staff


def _staff(staff_id: UUID) -> Staff | None:
    return Staff.objects.select_related("location").filter(pk=staff_id).first()


def _require_active(staff: Staff | None) -> Staff:
    if staff is None or not staff.is_active:
        raise InvalidInput("This staff member cannot be booked.", field="staff")
    return staff


def _not_qualified(staff: Staff, service: Service) -> NotQualified:
    return NotQualified(f"{staff} does not offer {service}.", field="staff")
