"""A customer says by the link that they come."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from hub import history, outbox
from hub.actors import Actor
from hub.events import EventName
from scheduling.models import Appointment
from scheduling.permitting import locked_for
from scheduling.selfservice.allowing import require_coming, require_seen


@transaction.atomic
def confirm_visit(
    appointment_id: UUID, *, schedule_version: int, at: datetime, by: Actor
) -> Appointment:
    """Note that the customer comes at the time of ``schedule_version``; once is enough.

    :raises AccessDenied: ``by`` changes no appointments.
    :raises NotAllowedByLink: it is not booked any more, or has begun.
    :raises SeenAnother: it was moved since the customer looked at it.
    """
    appointment = locked_for(by, appointment_id)
    require_coming(appointment, at=at)
    require_seen(appointment, schedule_version)
    if appointment.confirmed_by_customer_at is not None:
        return appointment
    appointment.confirmed_by_customer_at = at
    history.save(appointment, fields=["confirmed_by_customer_at"], by=by)
    outbox.record(
        EventName.APPOINTMENT_UPDATED,
        subject=appointment,
        by=by,
        fields={"confirmed_by_customer_at": [None, at.isoformat()]},
    )
    return appointment
