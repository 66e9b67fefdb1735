"""Change what somebody waits for; their place on the list stays."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from hub.actors import Actor
from hub.errors import InvalidInput, require_version
from hub.events import EventName
from scheduling.models import WaitingEntry, WaitingStatus
from scheduling.models.waiting import NOTE_LENGTH
from scheduling.texts import require_text
from scheduling.waiting.entries import WaitingIsOver, become, lock, require_reach
from scheduling.waiting.offering import ring
from scheduling.waiting.wishes import Wished, asked_for, require_days

WISH = ("staff", "first_date", "last_date", "earliest_time", "latest_time", "note")


@transaction.atomic
def change_wish(
    entry_id: UUID,
    wished: Wished,
    *,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> WaitingEntry:
    """Write other days, hours, another person or note; customer, service and place stay.

    An offered time that does not suit any more is free again, and they wait on.

    :raises AccessDenied: ``by`` may not book for the person of before or of now, or not there.
    :raises InvalidInput: a value is unknown, not active, or cannot be right.
    :raises NotQualified: the person does not offer the service.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises WaitingIsOver: it is booked, over, or off the list.
    """
    entry = lock(entry_id)
    require_reach(entry, by)
    require_version(entry.version, expected_version)
    if not entry.is_open:
        raise WaitingIsOver("This is off the waiting list, and stays as it was.")
    _require_same(entry, wished)
    _write(entry, wished, at=at)
    require_reach(entry, by)
    become(entry, _status(entry), EventName.WAITING_UPDATED, by=by, fields=WISH)
    ring()
    return entry


def _require_same(entry: WaitingEntry, wished: Wished) -> None:
    for name in ("customer", "service", "location"):
        if getattr(wished, f"{name}_id") != getattr(entry, f"{name}_id"):
            raise InvalidInput("Who waits for what, and where, stays as it is.", field=name)


def _write(entry: WaitingEntry, wished: Wished, *, at: datetime) -> None:
    place, _, staff = asked_for(wished)
    require_days(wished, at=at, place=place)
    entry.staff = staff
    entry.first_date, entry.last_date = wished.first_date, wished.last_date
    entry.earliest_time, entry.latest_time = wished.earliest_time, wished.latest_time
    entry.note = require_text(wished.note, field="note", longest=NOTE_LENGTH)


def _status(entry: WaitingEntry) -> WaitingStatus:
    """Say whether what is offered still suits."""
    start = entry.offered_start_at
    if entry.status != WaitingStatus.OFFERED or start is None:
        return WaitingStatus.WAITING
    suits = entry.suits(start.astimezone(entry.location.time_zone))
    is_with = entry.staff_id in (None, entry.offered_staff_id)
    return WaitingStatus.OFFERED if suits and is_with else WaitingStatus.WAITING
