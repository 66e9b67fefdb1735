"""A customer moves an appointment by the link, to a time that is offered."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hub.actors import Actor
from hub.errors import StaleVersion
from scheduling import search
from scheduling.limits import LIMITS
from scheduling.models import Appointment
from scheduling.occupying import SlotTaken
from scheduling.rescheduling import reschedule_appointment
from scheduling.search import Wish
from scheduling.seating import NoClassThen
from scheduling.selfservice.allowing import SeenAnother, require_movable, require_seen
from scheduling.selfservice.times import NotOffered, free_staff


def wish_of(appointment: Appointment, *, at: datetime) -> Wish | None:
    """Return what to look for when it is to be moved: the same service, place and people."""
    wish = search.wish_for(
        appointment.service_id,
        location_id=appointment.location_id,
        staff_id=appointment.staff_id,
        at=at,
    )
    beside = appointment.beside
    return replace(wish, colleagues=beside, beside=len(beside)) if wish and beside else wish


def move_by_link(
    appointment_id: UUID,
    *,
    start_at: datetime,
    schedule_version: int,
    at: datetime,
    by: Actor,
) -> Appointment:
    """Do what ``reschedule_appointment`` does, within what a customer may do alone.

    :raises AccessDenied: ``by`` changes no appointments.
    :raises NotAllowedByLink: it is over, or canceling it would be late already.
    :raises SeenAnother: it was changed since the customer looked at it.
    :raises NotOffered: the time is not offered, or was taken meanwhile.
    """
    seen = Appointment.objects.select_related("location").get(pk=appointment_id)
    require_movable(seen, at=at)
    require_seen(seen, schedule_version)
    free_staff(wish_of(seen, at=at), start_at, at=at)
    try:
        # Under its locks the verb refuses what was changed since it was looked at here.
        return reschedule_appointment(
            seen.pk, start_at=start_at, expected_version=seen.version, at=at, by=by
        )
    except StaleVersion as refusal:
        raise SeenAnother("It was changed meanwhile. Look at it and try again.") from refusal
    except (SlotTaken, NoClassThen, *LIMITS) as refusal:
        raise NotOffered(
            "This time was taken in this moment. Choose another one, please."
        ) from refusal
