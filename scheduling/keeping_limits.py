"""Within which limits an appointment may be moved, and who may return it to where it was."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from hub.actors import Actor
from scheduling import limits
from scheduling.daily import require_room_on_day
from scheduling.elsewhere import Block
from scheduling.models import Appointment
from scheduling.needs import Need, at_work
from scheduling.rules import rules_of

Placement = Mapping[str, datetime | UUID | None]


def require_limits(
    appointment: Appointment,
    needs: Sequence[Need],
    before: Placement,
    *,
    at: datetime,
    by: Actor,
) -> None:
    """Require notice, horizon and hours of everybody, unless ``by`` takes back its own move.

    :raises OutsideWorkingHours: it is not within one stretch of work of each.
    :raises BusyElsewhere: it takes more time of a person who is busy outside then.
    :raises TooLate: it starts too soon, or in the past.
    :raises TooEarly: it would be further away than it was, and than it can be booked ahead.
    :raises DayIsFull: the person does no more of the service on that day.
    """
    try:
        if appointment.start_at != before["start_at"]:
            limits.require_notice(appointment, at=at)
            _require_horizon(appointment, before, at=at)
        if appointment.session_id is not None:
            return  # whoever planned the class has looked at hours
        kept = _kept(appointment, before)
        limits.require_there(appointment.staff, appointment, kept=kept.get(appointment.staff_id))
        _require_day(appointment, before, at=at)
        at_work(needs, appointment, kept=kept)
    except limits.LIMITS:
        if not _takes_back(appointment, by):
            raise


def _kept(appointment: Appointment, before: Placement) -> dict[UUID, Block]:
    """Return what it took before, buffers included, of those who took part."""
    start, end = before["start_at"], before["end_at"]
    people = {before["staff"], *(person.pk for person in appointment.beside)}
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return {}
    block = (
        start - timedelta(minutes=appointment.buffer_before_minutes),
        end + timedelta(minutes=appointment.buffer_after_minutes),
    )
    return {pk: block for pk in people if isinstance(pk, UUID)}


def _require_horizon(appointment: Appointment, before: Placement, *, at: datetime) -> None:
    """:raises TooEarly: it would be later than it is, and further away than can be booked."""
    was = before["start_at"]
    if isinstance(was, datetime) and appointment.start_at > was:
        rules = rules_of(appointment.service, appointment.location)
        limits.require_horizon(appointment, rules.horizon_days, at=at)


def _require_day(appointment: Appointment, before: Placement, *, at: datetime) -> None:
    """:raises DayIsFull: it comes to a day, or to a person, with as many already."""
    was, zone = before["start_at"], appointment.time_zone
    same = isinstance(was, datetime) and (
        was.astimezone(zone).date() == appointment.start_at.astimezone(zone).date()
    )
    if not (same and before["staff"] == appointment.staff_id):
        rules = rules_of(appointment.service, appointment.location)
        require_room_on_day(appointment, rules.daily_limit, at=at)


def _takes_back(appointment: Appointment, by: Actor) -> bool:
    """Say whether ``by`` returns it to where it was before the change ``by`` made just now.

    What stood then may stand again, whatever hours and notice would say of it today; without
    this an undo could be refused.
    """
    latest, *earlier = appointment.history.order_by("-history_id")[:2]
    if not earlier or latest.actor_id != by.id:
        return False
    was = earlier[0]
    here = (appointment.start_at, appointment.end_at, appointment.staff_id)
    return (was.start_at, was.end_at, was.staff_id) == here
