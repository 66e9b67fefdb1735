"""Let two appointments change places: each takes the start and the leading person of the other."""

from datetime import datetime
from uuid import UUID

from django.db.models import DateTimeField, DurationField, F, QuerySet, Value
from django.db.models.functions import Greatest

from hub.actors import Actor
from hub.errors import InvalidInput
from scheduling import limits, occupying
from scheduling.models import Appointment
from scheduling.moves import locked_as, with_parts
from scheduling.needs import beside_under, kept_by
from scheduling.occupying import Subject
from scheduling.offering import require_qualified
from scheduling.permitting import require_booker, require_reach
from scheduling.rescheduling import Target, move_locked
from scheduling.states import AppointmentStatus


@occupying.retrying
def swap_appointments(  # noqa: PLR0913
    one_id: UUID,
    other_id: UUID,
    *,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
    other_version: int | None = None,
    override_reason: str = "",
) -> tuple[Appointment, Appointment]:
    """Swap both or none; each keeps its length, its rules, and who takes part beside.

    ``expected_version`` is of the first one, ``other_version`` of the other. ``override_reason``
    as in booking.

    :raises AccessDenied: one of them is not an appointment of ``by``.
    :raises StaleVersion: somebody else changed one of them since that version.
    :raises IllegalTransition: one of them is over, or canceled.
    :raises InvalidInput: there is nothing to swap, or they are at different locations.
    :raises NotQualified: somebody does not offer the other's service.
    :raises OutsideWorkingHours: one would not be within one stretch of work.
    :raises TooLate: one would start too soon, or in the past.
    :raises TooEarly: one would be further away than its service can be booked ahead.
    :raises SlotTaken: one does not fit where the other was; says what is in the way.
    """
    held = require_booker(by)
    seen = {pk: with_parts().filter(pk=pk).first() for pk in (one_id, other_id)}
    one, other = _swappable(seen[one_id], seen[other_id])
    require_qualified(one.staff, other.service)
    require_qualified(other.staff, one.service)
    subjects = _subjects(one, other) | _subjects(other, one)
    occupying.lock(subjects)
    occupying.require_unchanged(one.location, subjects)
    versions = {one.pk: expected_version, other.pk: other_version}
    first, second = sorted((one, other), key=lambda visit: visit.pk)
    locked = {visit.pk: locked_as(visit, versions[visit.pk]) for visit in (first, second)}
    for visit in locked.values():
        require_reach(held, visit.staff, visit.location_id)
        occupying.free(visit)  # or they would stand in each other's way
    reason = override_reason.strip() if limits.may_set_aside(held, override_reason) else ""
    targets = {
        one.pk: Target(locked[other.pk].start_at, other.staff, reason),
        other.pk: Target(locked[one.pk].start_at, one.staff, reason),
    }
    for pk, target in targets.items():
        move_locked(locked[pk], target, held=held, at=at, by=by)
    return locked[one.pk], locked[other.pk]


def swappable_with(
    visit: Appointment, among: QuerySet[Appointment], *, at: datetime
) -> QuerySet[Appointment]:
    """Narrow ``among`` to what ``visit`` may change places with, the nearest in time first.

    Whether both fit is seen when they are swapped.
    """
    coming = among.filter(
        status=AppointmentStatus.BOOKED, location=visit.location_id, start_at__gt=at
    )
    able = coming.filter(staff__services=visit.service_id, service__staff=visit.staff_id)
    same = {"staff": visit.staff_id, "start_at": visit.start_at}
    start = Value(visit.start_at, output_field=DateTimeField())
    apart = Greatest(F("start_at") - start, start - F("start_at"), output_field=DurationField())
    return able.exclude(pk=visit.pk).exclude(**same).order_by(apart, "start_at", "pk")


def _swappable(
    one: Appointment | None, other: Appointment | None
) -> tuple[Appointment, Appointment]:
    if one is None or other is None or one == other:
        raise InvalidInput("Choose another appointment.", field="other")
    if one.location_id != other.location_id:
        raise InvalidInput("They are at different locations.", field="other")
    if (one.start_at, one.staff_id) == (other.start_at, other.staff_id):
        raise InvalidInput("They begin at the same time with the same person.", field="other")
    return one, other


def _subjects(visit: Appointment, other: Appointment) -> set[Subject]:
    needs = kept_by(visit, other.staff, beside_under(visit, other.staff))
    return {visit.staff, *visit.beside, *(one for need in needs for one in need.candidates)}
