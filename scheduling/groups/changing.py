"""Change to a seat in another class of the same service."""

from datetime import datetime
from uuid import UUID

from hub.actors import Actor
from hub.errors import InvalidInput
from scheduling import limits, occupying
from scheduling.keeping_limits import require_limits
from scheduling.models import Appointment, GroupSession
from scheduling.moves import (
    Move,
    NothingToChange,
    locked_as,
    note_move,
    placement_of,
    with_parts,
)
from scheduling.offering import lead_of
from scheduling.permitting import require_booker, require_reach
from scheduling.placing import place
from scheduling.seating import class_at, sit


@occupying.retrying
def change_seat(
    appointment_id: UUID, move: Move, expected_version: int | None, *, at: datetime, by: Actor
) -> Appointment:
    """Take a seat in the class at the time of ``move``, and give back the one taken now.

    :raises NoClassThen: there is none.
    :raises InvalidInput: another length was asked for, or people beside.
    :raises SlotTaken: all seats of it are taken.
    :raises DomainError: as ``reschedule_appointment`` does.
    """
    held = require_booker(by)
    seen = with_parts().select_related("session").get(pk=appointment_id)
    start_at = limits.in_utc(move.start_at, field="start_at")
    session = class_at(seen.service, lead_of(seen, move.staff_id), seen.location, start_at)
    _require_its_length(move, session)
    classes = {one for one in (seen.session, session) if one is not None}
    occupying.lock(classes)
    occupying.require_unchanged(seen.location, classes)
    appointment = locked_as(seen, expected_version)
    if appointment.session_id != seen.session_id:
        raise occupying.ChangedMeanwhile
    if session.pk == appointment.session_id:
        raise NothingToChange("It is there already.")
    require_reach(held, appointment.staff, appointment.location_id)
    require_reach(held, session.staff, appointment.location_id)
    before = placement_of(appointment)
    appointment.previous_start_at = appointment.start_at
    sit(appointment, session)
    set_aside = limits.may_set_aside(held, move.override_reason)
    if not set_aside:
        require_limits(appointment, (), before, at=at, by=by)
    occupying.move(appointment, place(appointment, session, (), held=held, at=at))
    note_move(appointment, before, {}, move.override_reason if set_aside else "", by=by)
    return appointment


def _require_its_length(move: Move, session: GroupSession) -> None:
    end_at = session.end_at
    if move.end_at is not None and limits.in_utc(move.end_at, field="end_at") != end_at:
        raise InvalidInput("A seat is as long as its class.", field="end_at")
    if move.beside_ids:
        raise InvalidInput("Who takes part beside is said of the class.", field="beside")
