"""What the waiting list knows about people: notes go, and nobody is written to any more."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from customers.erasure import Kept
from hub.actors import Actor
from hub.events import EventName
from scheduling.models import WaitingEntry, WaitingStatus
from scheduling.waiting.entries import become


def obstacle(customer_ids: Iterable[UUID], *, at: datetime) -> str:  # noqa: ARG001
    return ""


def kept(customer_ids: Iterable[UUID], *, at: datetime) -> list[Kept]:  # noqa: ARG001
    return []


def erase(customer_ids: Iterable[UUID], *, by: Actor) -> None:
    """End what is open, and forget the notes, which stand in no history."""
    found = WaitingEntry.objects.filter(customer__in=customer_ids)
    for entry in found.filter(is_open=True).order_by("pk"):
        become(entry, WaitingStatus.LEFT, EventName.WAITING_ENDED, by=by)
    found.exclude(note="").update(note="")


def told_of(customer_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return everything they waited for, for the file a person can ask for."""
    found = WaitingEntry.objects.filter(customer__in=customer_ids).order_by("created_at", "pk")
    return [
        {
            "service": entry.service.name,
            "location": entry.location.name,
            "with": entry.staff.name if entry.staff else "",
            "first_date": entry.first_date,
            "last_date": entry.last_date,
            "hours": entry.hours,
            "note": entry.note,
            "since": entry.created_at,
            "status": entry.status,
            "offered": entry.offered_start_at,
        }
        for entry in found.select_related("service", "location", "staff")
    ]
