"""Take, move and free the time of people, rooms and devices.

Lock the subjects, look what stands in the block, then write. The exclusion constraint stands
behind it: whatever still collides comes back as ``SlotTaken``, never as an error of the database.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from psycopg import errors

from hub import history, locks, outbox
from hub.actors import Actor
from hub.errors import DomainError
from hub.events import EventName
from scheduling.models import (
    Appointment,
    GroupSession,
    Hold,
    Location,
    Occupancy,
    Owner,
    Resource,
    Staff,
)
from scheduling.models.occupancies import OWNERS

Subject = Staff | Resource | GroupSession
Unit = tuple[Subject, int]
Block = tuple[datetime, datetime]
ATTEMPTS = 4
COLLISIONS = (errors.ExclusionViolation, errors.DeadlockDetected)


class SlotTaken(DomainError):
    """Somebody or something is not free then.

    ``details``: ``reason`` is taken, held, buffer, no_room or no_colleague; ``in_the_way`` says
    what stands there, ``alternatives`` the nearest free times.
    """

    code = "slot_taken"


class ChangedMeanwhile(Exception):
    """The appointment left the subjects that were locked for it; look again."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What stands in a block; the ``stale`` owners, canceled or holds, need not any more."""

    occupancies: Sequence[Occupancy]
    stale: frozenset[UUID] = frozenset()

    def free_unit(self, of: Subject) -> int | None:
        """Return the first unit of ``of`` that nobody takes in the whole block."""
        taken = {row.unit for row in self.standing_with(of)}
        return next((unit for unit in range(1, of.capacity + 1) if unit not in taken), None)

    def standing_with(self, *subjects: Subject) -> list[Occupancy]:
        names = {subject.subject for subject in subjects}
        return [row for row in self.occupancies if row.subject in names]


def lock(subjects: Iterable[Subject]) -> None:
    """Let nobody else book any of ``subjects`` until the end of the transaction."""
    locks.exclusively(subject.subject for subject in subjects)


def require_unchanged(location: Location, subjects: Iterable[Subject]) -> None:
    """Look under the locks whether people, rooms and location are still as they were read.

    Whoever sets them up locks them too and raises their version. The location stays as it is
    until the end of the transaction.

    :raises ChangedMeanwhile: one of them is not; read again.
    """
    listed = set(subjects)
    people = [one for one in listed if isinstance(one, Staff)]
    rooms = [one for one in listed if isinstance(one, Resource)]
    classes = [one for one in listed if isinstance(one, GroupSession)]
    with connection.cursor() as cursor:
        cursor.execute(
            _UNCHANGED,
            {
                "location": location.pk,
                "location_version": location.version,
                "staff": [person.pk for person in people],
                "staff_versions": [person.version for person in people],
                "rooms": [room.pk for room in rooms],
                "room_versions": [room.version for room in rooms],
                "classes": [one.pk for one in classes],
                "class_versions": [one.version for one in classes],
            },
        )
        row = cursor.fetchone()
    if row != (len(people), len(rooms), len(classes)):
        raise ChangedMeanwhile


def survey(subjects: Iterable[Subject], block: Block, *, at: datetime, besides: Owner) -> Survey:
    """Return what stands in ``block``, without ``besides``; under locks it stays true."""
    found = Occupancy.objects.filter(
        active=True,
        subject__in=[subject.subject for subject in subjects],
        block__overlap=DateTimeTZRange(*block),
    )
    others = found.exclude(**{OWNERS[type(besides)]: besides}).select_related(
        "hold", "session__service", "appointment__customer"
    )
    rows = others.order_by("block", "pk")
    stale = frozenset(row.owner.pk for row in rows if _is_stale(row.owner, at))
    return Survey([row for row in rows if row.owner.pk not in stale], stale)


def take(owner: Owner, units: Iterable[Unit]) -> None:
    """Insert the occupancies of a new appointment, or of a new hold."""
    Occupancy.objects.bulk_create(
        Occupancy.of(owner, subject.subject, unit) for subject, unit in units
    )


def move(owner: Appointment | GroupSession, units: Iterable[Unit]) -> None:
    """Rewrite the occupancies in place, so that it may overlap its own old time.

    What is taken as before keeps its row; another person or room gets the row of one that left.
    """
    wanted = {subject.subject: unit for subject, unit in units}
    rows = list(owner.occupancies.order_by("pk"))
    left = [row for row in rows if row.subject not in wanted]
    added = sorted(wanted.keys() - {row.subject for row in rows})
    for row, name in zip(left, added, strict=False):
        row.subject = name
    for row in left[len(added) :]:
        row.delete()
    block = DateTimeTZRange(*owner.block)
    for row in rows:
        if row.subject in wanted:
            row.unit, row.block, row.active = wanted[row.subject], block, True
            row.save(update_fields=["subject", "unit", "block", "active"])
    Occupancy.objects.bulk_create(
        Occupancy.of(owner, name, wanted[name]) for name in added[len(left) :]
    )


def free(owner: Appointment | GroupSession) -> None:
    """Give the time back; the rows stay and say what was taken. ``move`` takes time again."""
    owner.occupancies.update(active=False)


def release(appointment: Appointment, *, by: Actor) -> None:
    """End the hold on the slot of a canceled appointment, whose row must be locked."""
    held_until = appointment.slot_held_until
    free(appointment)
    appointment.slot_held_until = None
    history.save(appointment, fields=["slot_held_until"], by=by)
    outbox.record(
        EventName.APPOINTMENT_UPDATED,
        subject=appointment,
        by=by,
        fields={"slot_held_until": [held_until and held_until.isoformat(), None]},
    )


def release_stale(found: Survey, *, at: datetime) -> None:
    """Free what ``found`` saw to be over; the subjects must be locked."""
    if not found.stale:
        return
    Hold.objects.filter(pk__in=found.stale).delete()
    by = Actor.job("release expired slots")
    held = Appointment.objects.select_for_update().filter(pk__in=found.stale)
    for appointment in held.order_by("pk"):
        if _is_stale(appointment, at):
            release(appointment, by=by)


P = ParamSpec("P")
Result = TypeVar("Result")


def retrying(verb: Callable[P, Result]) -> Callable[P, Result]:
    """Run ``verb`` in a transaction; when it collided, do it again, three times at most.

    The second look is made under the locks and names what is in the way, so a collision that
    only the constraint saw ends as a proper refusal.

    :raises SlotTaken: it collided every time.
    :raises OperationalError: others held the locks for too long.
    """

    @wraps(verb)
    def attempted(*args: P.args, **kwargs: P.kwargs) -> Result:
        left = ATTEMPTS
        while True:
            left -= 1
            try:
                with transaction.atomic():
                    return verb(*args, **kwargs)
            except (ChangedMeanwhile, IntegrityError, OperationalError) as error:
                if not _is_collision(error):
                    raise
                if not left:
                    raise SlotTaken("Somebody else is booking this time right now.") from error

    return attempted


def _is_collision(error: Exception) -> bool:
    return isinstance(error, ChangedMeanwhile) or isinstance(error.__cause__, COLLISIONS)


_UNCHANGED = """
    SELECT (SELECT count(*) FROM scheduling_staff person
            JOIN unnest(%(staff)s::uuid[], %(staff_versions)s::int[]) AS seen(id, version)
                USING (id, version)),
        (SELECT count(*) FROM scheduling_resource room
            JOIN unnest(%(rooms)s::uuid[], %(room_versions)s::int[]) AS seen(id, version)
                USING (id, version)),
        (SELECT count(*) FROM scheduling_groupsession session
            JOIN unnest(%(classes)s::uuid[], %(class_versions)s::int[]) AS seen(id, version)
                USING (id, version))
    FROM scheduling_location place
    WHERE place.id = %(location)s AND place.version = %(location_version)s
    FOR KEY SHARE OF place
"""


def _is_stale(owner: Owner, at: datetime) -> bool:
    if isinstance(owner, Hold):
        return owner.expires_at <= at
    if isinstance(owner, GroupSession):
        return False
    return owner.slot_held_until is not None and owner.slot_held_until < at
