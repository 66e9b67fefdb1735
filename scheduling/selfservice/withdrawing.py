"""A customer cancels by the link, knowing what it costs."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from hub.actors import Actor
from hub.money import format_amount
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment, CanceledBy
from scheduling.permitting import locked_for
from scheduling.selfservice.allowing import SeenAnother, fee_of, require_coming, require_seen

NO_REASON = "No reason given"


@transaction.atomic
def withdraw(
    appointment_id: UUID,
    *,
    reason: str,
    schedule_version: int,
    seen_fee: Decimal,
    at: datetime,
    by: Actor,
) -> Appointment:
    """Cancel for the customer, who saw ``seen_fee`` before; the time is free at once.

    :raises AccessDenied: ``by`` changes no appointments.
    :raises NotAllowedByLink: it is not booked any more, or has begun.
    :raises SeenAnother: it was moved meanwhile, or costs more than was shown.
    :raises InvalidInput: the reason is too long.
    """
    appointment = locked_for(by, appointment_id)
    require_coming(appointment, at=at)
    require_seen(appointment, schedule_version)
    fee = fee_of(appointment, at=at)
    if fee > seen_fee:
        said = format_amount(fee, appointment.currency, "en_US")
        raise SeenAnother(f"Meanwhile it is later: canceling costs {said} now.")
    return cancel_appointment(
        appointment_id,
        reason=reason.strip() or NO_REASON,
        wanted_by=CanceledBy.CUSTOMER,
        at=at,
        by=by,
    )
