"""What the hub has to say about a record, as atoms for the connected tools."""

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.conf import settings

from billing.models import Invoice
from billing.states import InvoiceStatus, Settlement
from customers.models import ContactKind, Customer
from scheduling.models import Appointment
from scheduling.states import AppointmentStatus
from syncs import canonical
from syncs.canonical import Json
from syncs.connectors.base import Kind
from syncs.models import Connection


@dataclass(frozen=True, slots=True)
class Record:
    """A hub record as one connection should hold it.

    ``wanted`` is False where it should no longer be there (another calendar's appointment), or
    need not be created; ``is_left_alone`` where it stays there as it is, neither written nor
    read: a customer that was merged into another. Of one that ``is_erased`` nothing is taken from
    there any more: it is emptied there. ``related`` names the records it belongs to,
    by kind.
    """

    kind: str
    local_id: UUID
    atoms: dict[str, Json]
    wanted: bool = True
    worth_creating: bool = True
    is_left_alone: bool = False
    is_erased: bool = False
    related: dict[str, UUID] = field(default_factory=dict)


def load(connection: Connection, kind: str, local_id: UUID) -> Record | None:
    """Read the record as it is now; None when there is no such record."""
    if kind == Kind.APPOINTMENT:
        return _appointment(local_id, staff=connection.config.get("staff"))
    return _customer(local_id) if kind == Kind.CUSTOMER else _invoice(local_id)


def _appointment(local_id: UUID, *, staff: list[str] | None) -> Record | None:
    found = Appointment.objects.filter(pk=local_id).select_related(
        "customer", "staff", "location", "resource"
    )
    appointment = found.prefetch_related("assignments__staff", "assignments__resource").first()
    if appointment is None:
        return None
    atoms = {
        "when": canonical.when(
            appointment.start_at, appointment.end_at, str(appointment.time_zone)
        ),
        "status": appointment_status(appointment),
        "title": f"{appointment.service_name} · {appointment.customer.name}",
        "location": _place(appointment),
        "staff": ", ".join(one.name for one in (appointment.staff, *appointment.beside)),
        "link": f"{settings.PUBLIC_URL}{appointment.get_absolute_url()}",
    }
    return Record(
        Kind.APPOINTMENT,
        local_id,
        canonical.canonical(atoms),
        wanted=staff is None or not _people_of(appointment).isdisjoint(staff),
        worth_creating=appointment.status != AppointmentStatus.CANCELED,
        related={Kind.CUSTOMER: appointment.customer_id},
    )


def _people_of(appointment: Appointment) -> set[str]:
    return {str(pk) for pk in (appointment.staff_id, *(one.pk for one in appointment.beside))}


def appointment_status(appointment: Appointment) -> str:
    """The status as other tools know it: a moved booking is “rescheduled” (STAT-2)."""
    if appointment.status == AppointmentStatus.BOOKED and appointment.reschedule_count:
        return "rescheduled"
    return str(appointment.status)


def _place(appointment: Appointment) -> str:
    location = appointment.location
    parts = [
        *(resource.name for resource in appointment.resources),
        location.name,
        location.street,
        f"{location.postal_code} {location.city}".strip(),
    ]
    return ", ".join(part for part in parts if part)


def _customer(local_id: UUID) -> Record | None:
    customer = Customer.objects.filter(pk=local_id).prefetch_related("contact_points").first()
    if customer is None:
        return None
    primary = {
        point.kind: point.normalized for point in customer.contact_points.all() if point.is_primary
    }
    atoms = {
        "person_name": {"given": customer.given_name, "family": customer.family_name},
        "email": primary.get(ContactKind.EMAIL, ""),
        "phone": primary.get(ContactKind.PHONE, ""),
        "company": customer.company,
        "address": {
            "street": customer.street,
            "postal_code": customer.postal_code,
            "city": customer.city,
            "country": customer.country,
        },
    }
    return Record(
        Kind.CUSTOMER,
        local_id,
        canonical.canonical(atoms),
        worth_creating=customer.canonical_id is None and customer.erased_at is None,
        is_left_alone=customer.canonical_id is not None and customer.erased_at is None,
        is_erased=customer.erased_at is not None,
    )


def _invoice(local_id: UUID) -> Record | None:
    invoice = Invoice.objects.filter(pk=local_id).first()
    if invoice is None:
        return None
    state = {
        "number": invoice.number,
        "status": invoice_status(invoice),
        "total": _plain(invoice.total),
        "tax": _plain(invoice.tax),
        "balance": _plain(invoice.balance),
        "currency": invoice.currency,
        "issue_date": invoice.issue_date,
        "due_date": invoice.due_date,
        "url": f"{settings.PUBLIC_URL}{invoice.get_absolute_url()}",
    }
    return Record(
        Kind.INVOICE,
        local_id,
        canonical.canonical({"invoice_state": state}),
        worth_creating=bool(invoice.number),
        related={Kind.CUSTOMER: invoice.customer_id},
    )


def invoice_status(invoice: Invoice) -> str:
    """The one word for tools that take one: the first that holds (domain rule)."""
    if invoice.status == InvoiceStatus.WRITTEN_OFF:
        return "written_off"
    if invoice.status == InvoiceStatus.CANCELED_BY_CREDIT:
        return "canceled"
    if invoice.status != InvoiceStatus.ISSUED:
        return str(invoice.status)
    if invoice.overdue_since and invoice.balance:
        return "overdue"
    words = {Settlement.PAID: "paid", Settlement.PART_PAID: "part_paid"}
    return words.get(Settlement(invoice.settlement), "invoiced")


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
