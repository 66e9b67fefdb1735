"""Choose who and what an appointment takes, or say what is in the way and when it would fit."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.access import Access, Capability
from hub.identifiers import public_id
from scheduling import search
from scheduling.models import Appointment, GroupSession, Hold, Occupancy, Owner, ResourceKind
from scheduling.needs import COLLEAGUE, Need
from scheduling.occupying import SlotTaken, Subject, Survey, Unit, release_stale, survey
from scheduling.permitting import is_own

ALTERNATIVES = 3
Draft = Appointment | GroupSession
NAMES = {ResourceKind.ROOM: "rooms", ResourceKind.EQUIPMENT: "pieces of equipment"}


def place(
    draft: Draft, lead: Subject, needs: Sequence[Need], *, held: Access, at: datetime
) -> list[Unit]:
    """Return a free unit of ``lead``, and of the first that are free of what is needed beside.

    All of them must be locked. ``draft`` holds the times; its own old time is not in the way.

    :raises SlotTaken: the person is taken, or too much of what is needed.
    """
    found = survey(_subjects(lead, needs), draft.block, at=at, besides=draft)
    release_stale(found, at=at)
    return _choose(draft, lead, needs, found, held)


def require_room(
    draft: Draft, lead: Subject, needs: Sequence[Need], *, held: Access, at: datetime
) -> None:
    """Look without locks and without writing whether ``draft`` would fit now.

    :raises SlotTaken: the person is taken, or too much of what is needed.
    """
    found = survey(_subjects(lead, needs), draft.block, at=at, besides=draft)
    _choose(draft, lead, needs, found, held)


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


def _subjects(lead: Subject, needs: Iterable[Need]) -> list[Subject]:
    return [lead, *(one for need in needs for one in need.candidates)]


def _choose(
    draft: Draft, lead: Subject, needs: Sequence[Need], found: Survey, held: Access
) -> list[Unit]:
    unit = found.free_unit(lead)
    if unit is None and isinstance(lead, GroupSession):
        raise _full(lead)
    if unit is None:
        raise _taken(lead.name, draft, found.standing_with(lead), held)
    chosen: list[Unit] = [(lead, unit)]
    for need in needs:
        free = [(one, found.free_unit(one)) for one in need.candidates]
        units = [(one, number) for one, number in free if number is not None]
        if len(units) < need.count:
            raise _too_few(need, draft, found, held)
        chosen += units[: need.count]
    return chosen


def _full(session: GroupSession) -> SlotTaken:
    taken = "The seat is taken" if session.seats == 1 else f"All {session.seats} seats are taken"
    text = f"{taken} in {session.name} at {_stretch(session)}."
    return SlotTaken(text, field="start_at", details={"reason": "full", "in_the_way": []})


def _taken(name: str, draft: Draft, standing: Sequence[Occupancy], held: Access) -> SlotTaken:
    first = standing[0].owner
    stretch = _stretch(first)
    if isinstance(first, Hold):
        reason = "held"
        until = first.expires_at.astimezone(first.time_zone)
        message = f"{name} is held {stretch} for somebody who is booking, until {until:%H:%M}."
    elif isinstance(first, Appointment) and first.slot_held_until is not None:
        reason = "held"
        message = f"{name} is kept for {stretch} until the cancellation is final."
    elif first.start_at < draft.end_at and draft.start_at < first.end_at:
        reason = "taken"
        message = f"{name} is booked {stretch}."
    else:
        reason = "buffer"
        message = f"{name} is booked {stretch}, and the buffers would overlap."
    return SlotTaken(message, field="start_at", details=_details(reason, standing, held))


def _too_few(need: Need, draft: Draft, found: Survey, held: Access) -> SlotTaken:
    """Name what is in the way where nothing else would do, else what there is too little of."""
    if len(need.candidates) == need.count:
        taken = next(one for one in need.candidates if found.free_unit(one) is None)
        return _taken(taken.name, draft, found.standing_with(taken), held)
    standing = found.standing_with(*need.candidates)
    if need.what == COLLEAGUE:
        reason = "no_colleague"
        message = f"Nobody else who offers {draft.service_name} is free then at {draft.location}."
    elif need.count == 1:
        reason, message = "no_room", f"No {need.what} is free then at {draft.location}."
    else:
        reason = "no_room"
        names = NAMES[ResourceKind(need.what)]
        message = f"There are not {need.count} {names} free then at {draft.location}."
    return SlotTaken(message, field="start_at", details=_details(reason, standing, held))


def _details(reason: str, standing: Sequence[Occupancy], held: Access) -> dict[str, object]:
    return {"reason": reason, "in_the_way": [_obstacle(row, held) for row in standing]}


def _obstacle(row: Occupancy, held: Access) -> dict[str, Any]:
    """Describe what is in the way; whose it is only to those who may see it."""
    other = row.owner
    kind, _, _ = row.subject.partition(":")
    described: dict[str, Any] = {
        "kind": kind,
        "start_at": other.start_at.isoformat(),
        "end_at": other.end_at.isoformat(),
    }
    if isinstance(other, Hold):
        return described | {"held_until": other.expires_at.isoformat()}
    if isinstance(other, GroupSession):
        return described | {"session": public_id("ses", other.pk)}
    if held.can(Capability.VIEW_CALENDAR) or is_own(held, other.staff):
        described["appointment"] = public_id("apt", other.pk)
    if held.can(Capability.VIEW_CUSTOMER) or is_own(held, other.staff):
        described["customer"] = other.customer.name
    return described


def _stretch(owner: Owner) -> str:
    start = owner.start_at.astimezone(owner.time_zone)
    return f"{start:%H:%M} – {owner.end_at.astimezone(start.tzinfo):%H:%M}"
