"""Write down who and what takes part in an appointment; the occupancies say when.

The appointment itself names who leads and the first room or device, ``Assignment`` the others.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from hub import history
from hub.actors import Actor
from scheduling.models import Appointment, Assignment, GroupSession, Resource, Staff
from scheduling.occupying import Unit


def name_resource(draft: Appointment, units: Iterable[Unit]) -> None:
    """Let ``draft`` name its first room or device, before it is written."""
    draft.resource = next((of for of, _ in units if isinstance(of, Resource)), None)


def assign(appointment: Appointment, units: Iterable[Unit], *, at: datetime, by: Actor) -> None:
    """Let a new appointment, which is written, have everything else in ``units`` assigned."""
    new = [_assigned(appointment, of) for of in _others(appointment, units).values()]
    history.create_all(new, at=at, by=by)


def reassign(
    appointment: Appointment, units: Iterable[Unit], *, at: datetime, by: Actor
) -> dict[str, list[str]]:
    """Do what ``assign`` does for one that may have others assigned, and let go of these.

    Returns what changed, for the outbox: ids before and after of people ``beside`` its lead and
    of further ``resources``.
    """
    wanted = _others(appointment, units)
    known = {row.staff_id or row.resource_id: row for row in appointment.assignments.all()}
    gone = [row for pk, row in known.items() if pk not in wanted]
    new = [_assigned(appointment, of) for pk, of in wanted.items() if pk not in known]
    before, after = [*known.values()], [*(row for row in known.values() if row not in gone), *new]
    for row in gone:
        history.delete(row, by=by)
    history.create_all(new, at=at, by=by)
    # What was prefetched is of before; the next look reads anew.
    getattr(appointment, "_prefetched_objects_cache", {}).pop("assignments", None)
    return _told(before, after)


def _others(appointment: Appointment, units: Iterable[Unit]) -> dict[UUID, Staff | Resource]:
    own = {appointment.staff_id, appointment.resource_id}
    found = (of for of, _ in units if not isinstance(of, GroupSession))
    return {of.pk: of for of in found if of.pk not in own}


def _assigned(appointment: Appointment, of: Staff | Resource) -> Assignment:
    if isinstance(of, Staff):
        return Assignment(appointment=appointment, staff=of)
    return Assignment(appointment=appointment, resource=of)


def _told(before: Sequence[Assignment], after: Sequence[Assignment]) -> dict[str, list[str]]:
    told = {
        "beside": [_ids(row.staff_id for row in rows) for rows in (before, after)],
        "further_resources": [_ids(row.resource_id for row in rows) for rows in (before, after)],
    }
    return {name: sides for name, sides in told.items() if sides[0] != sides[1]}


def _ids(found: Iterable[UUID | None]) -> str:
    return " ".join(sorted(str(pk) for pk in found if pk))
