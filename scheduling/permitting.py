"""Who may book, move, cancel and complete what."""

from uuid import UUID

from hub import access
from hub.access import Access, AccessDenied, Capability
from hub.actors import Actor
from scheduling.models import Appointment, Staff


def require_booker(by: Actor) -> Access:
    """Let ``by`` go on when it may book for anybody, or for itself; the first line of a verb.

    :raises AccessDenied: it may book for nobody.
    """
    return access.require(by, Capability.BOOK_APPOINTMENT, Capability.BOOK_OWN_APPOINTMENT)


def require_reach(held: Access, staff: Staff, location_id: UUID) -> None:
    """Let work with ``staff`` go on: one's own or anybody's, at a location of one's role.

    :raises AccessDenied: the appointment belongs to a colleague, or to another location.
    """
    if held.locations is not None and location_id not in held.locations:
        raise AccessDenied("Your role does not reach this location.")
    if not held.can(Capability.BOOK_APPOINTMENT) and not is_own(held, staff):
        raise AccessDenied("Your role lets you book and change only your own appointments.")


def is_own(held: Access, staff: Staff) -> bool:
    return held.user_id is not None and staff.user_id == held.user_id


def locked_for(by: Actor, appointment_id: UUID) -> Appointment:
    """Return the appointment with its row locked, once ``by`` may change it.

    :raises AccessDenied: it is a colleague's, at another location, or ``by`` changes none.
    """
    held = require_booker(by)
    with_staff = Appointment.objects.select_related("staff").select_for_update(of=("self",))
    appointment = with_staff.get(pk=appointment_id)
    require_reach(held, appointment.staff, appointment.location_id)
    return appointment
