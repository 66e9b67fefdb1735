"""Choose who and what an appointment takes, or say what is in the way and when it would fit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.access import Access, Capability
from hub.identifiers import public_id
from scheduling import search
from scheduling.models import Appointment, Occupancy, Resource, Staff
from scheduling.occupying import SlotTaken, Subject, Survey, release_stale, survey
from scheduling.permitting import is_own

ALTERNATIVES = 3


def place(
    draft: Appointment,
    staff: Staff,
    rooms: Sequence[Resource] | None,
    *,
    held: Access,
    at: datetime,
) -> list[tuple[Subject, int]]:
    """Return a free unit of ``staff`` and of the first of ``rooms`` that is free in the block.

    All of them must be locked. ``draft`` holds the times; its own old time is not in the way.

    :raises SlotTaken: the person is taken, or every room is.
    """
    found = survey([staff, *(rooms or ())], draft.block, at=at, besides=draft)
    release_stale(found, at=at)
    return _choose(draft, staff, rooms, found, held)


def require_room(
    draft: Appointment,
    staff: Staff,
    rooms: Sequence[Resource] | None,
    *,
    held: Access,
    at: datetime,
) -> None:
    """Look without locks and without writing whether ``draft`` would fit now.

    :raises SlotTaken: the person is taken, or every room is.
    """
    found = survey([staff, *(rooms or ())], draft.block, at=at, besides=draft)
    _choose(draft, staff, rooms, found, held)


@contextmanager
def offering_alternatives(
    service_id: UUID,
    staff_id: UUID,
    location_id: UUID | None,
    start_at: datetime,
    *,
    at: datetime,
) -> Iterator[None]:
    """Add the nearest free times to a refusal, once its locks are given back."""
    try:
        yield
    except SlotTaken as refusal:
        nearest = search.nearest_times(
            service_id, staff_id, start_at, location_id=location_id, at=at, limit=ALTERNATIVES
        )
        refusal.details["alternatives"] = [
            {"start_at": time.start_at.isoformat(), "end_at": time.end_at.isoformat()}
            for time in nearest
        ]
        raise


def _choose(
    draft: Appointment,
    staff: Staff,
    rooms: Sequence[Resource] | None,
    found: Survey,
    held: Access,
) -> list[tuple[Subject, int]]:
    unit = found.free_unit(staff)
    if unit is None:
        raise _taken(staff.name, draft, found.standing_with(staff), held)
    if rooms is None:
        return [(staff, unit)]
    for room in rooms:
        free = found.free_unit(room)
        if free is not None:
            return [(staff, unit), (room, free)]
    raise _no_room(rooms, draft, found.standing_with(*rooms), held)


def _taken(
    name: str, draft: Appointment, standing: Sequence[Occupancy], held: Access
) -> SlotTaken:
    first = standing[0].appointment
    stretch = _stretch(first)
    if first.slot_held_until is not None:
        reason = "held"
        message = f"{name} is kept for {stretch} until the cancellation is final."
    elif first.start_at < draft.end_at and draft.start_at < first.end_at:
        reason = "taken"
        message = f"{name} is booked {stretch}."
    else:
        reason = "buffer"
        message = f"{name} is booked {stretch}, and the buffers would overlap."
    return SlotTaken(message, field="start_at", details=_details(reason, standing, held))


def _no_room(
    rooms: Sequence[Resource], draft: Appointment, standing: Sequence[Occupancy], held: Access
) -> SlotTaken:
    if len(rooms) == 1 and standing:
        return _taken(rooms[0].name, draft, standing, held)
    what = rooms[0].get_kind_display().lower() if rooms else "room"
    message = f"No {what} is free then at {draft.location}."
    return SlotTaken(message, field="start_at", details=_details("no_room", standing, held))


def _details(reason: str, standing: Sequence[Occupancy], held: Access) -> dict[str, object]:
    return {"reason": reason, "in_the_way": [_obstacle(row, held) for row in standing]}


def _obstacle(row: Occupancy, held: Access) -> dict[str, Any]:
    """Describe what is in the way; whose it is only to those who may see it."""
    other = row.appointment
    kind, _, _ = row.subject.partition(":")
    described: dict[str, Any] = {
        "kind": kind,
        "start_at": other.start_at.isoformat(),
        "end_at": other.end_at.isoformat(),
    }
    if held.can(Capability.VIEW_CALENDAR) or is_own(held, other.staff):
        described["appointment"] = public_id("apt", other.pk)
    if held.can(Capability.VIEW_CUSTOMER) or is_own(held, other.staff):
        described["customer"] = other.customer.name
    return described


def _stretch(appointment: Appointment) -> str:
    start = appointment.start_at.astimezone(appointment.time_zone)
    return f"{start:%H:%M} – {appointment.end_at.astimezone(start.tzinfo):%H:%M}"
