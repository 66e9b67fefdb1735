"""Take a file back: cancel or remove what came with it and nobody touched since.

What is to come is canceled, without a message. What was past when it came in was announced to
nobody and is removed; its history stays. Whatever somebody changed meanwhile is left, and told.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError

from customers.importing.states import MOVING
from hub import history, outbox
from hub.access import Access
from hub.actors import Actor, ActorKind
from hub.errors import DomainError, StaleVersion
from hub.lifecycle import IllegalTransition
from scheduling import occupying
from scheduling.canceling import cancel_appointment
from scheduling.models import (
    Appointment,
    MovedIn,
    MovingIn,
    MovingOutcome,
    Series,
    SeriesStatus,
    TakingBack,
)
from scheduling.moving_in.entering import require_mover
from scheduling.moving_in.moving import actor_of
from scheduling.permitting import require_reach
from scheduling.repeating.ending import end_series
from scheduling.states import AppointmentStatus

TAKE_BACK_TASK = "scheduling.take_back"
REASON = "Taken back: it was moved in by mistake."
TOUCHED = "Left as it is: somebody changed it since it was moved in."
INVOICED = "Left as it is: an invoice is about it."
TAKEN = str(MovingOutcome.TAKEN_BACK)
LEFT = "left"  # beside the outcomes in ``counts``


@transaction.atomic
def take_back(moving_in_id: UUID, *, at: datetime, by: Actor) -> MovingIn:
    """Have everything that came with a file canceled or removed, unless somebody touched it.

    :raises AccessDenied: ``by`` may not move appointments in.
    :raises IllegalTransition: it is still being moved in, or was taken back already.
    """
    require_mover(by)
    found = MovingIn.objects.select_for_update().get(pk=moving_in_id)
    if not can_be_taken_back(found):
        raise IllegalTransition("There is nothing of this file to take back.")
    found.taking_back, found.moved_at = TakingBack.RUNNING, at
    found.owner_id = UUID(by.id)
    history.save(found, fields=["taking_back", "moved_at", "owner"], by=by)
    call_back(found)
    return found


def can_be_taken_back(found: MovingIn) -> bool:
    """Say whether something came with it, and nobody took it back so far."""
    is_over = found.state not in MOVING and not found.taking_back
    return is_over and found.moved.exists()


def call_back(found: MovingIn) -> None:
    """Ring for a worker after the commit."""
    outbox.ring_after_commit(TAKE_BACK_TASK, moving_in_id=str(found.pk))


@transaction.atomic
def stop_taking_back(moving_in_id: UUID, *, at: datetime) -> None:
    """Let what is not taken back yet stay, until somebody asks again."""
    found = _locked(moving_in_id)
    found.taking_back, found.moved_at = "", at
    by = Actor.job("take back appointments")
    history.save(found, fields=["taking_back", "moved_at"], by=by)


def step_back(moving_in_id: UUID, *, at: datetime) -> bool:
    """Take the next appointment or series back; return whether to call again.

    :raises AccessDenied: whoever asked for it may not move appointments in any more.
    """
    found = MovingIn.objects.select_related("owner").get(pk=moving_in_id)
    if found.taking_back != TakingBack.RUNNING:
        return False
    by = actor_of(found)
    moved = found.moved.filter(pk__gt=found.taken_back_until).order_by("pk").first()
    if moved is None:
        _end(found, at=at, by=by)
        return False
    _alone(moved.pk, found.pk, at=at, by=by)
    return True


def running(*, silent_since: datetime) -> list[MovingIn]:
    """Return the files that are being taken back, but by nobody since ``silent_since``."""
    found = MovingIn.objects.filter(taking_back=TakingBack.RUNNING, moved_at__lt=silent_since)
    return list(found.order_by("moved_at", "pk"))


def _alone(moved_id: int, moving_in_id: UUID, *, at: datetime, by: Actor) -> None:
    try:
        _take_back_one(moved_id, moving_in_id, at=at, by=by)
    except StaleVersion:
        _leave(moved_id, moving_in_id, TOUCHED, at=at, by=by)
    except ProtectedError:
        _leave(moved_id, moving_in_id, INVOICED, at=at, by=by)
    except DomainError as error:
        # Whoever lost the right to move in is stopped by the transaction that leaves it.
        _leave(moved_id, moving_in_id, f"Left as it is: {error}", at=at, by=by)


@occupying.retrying
def _take_back_one(moved_id: int, moving_in_id: UUID, *, at: datetime, by: Actor) -> None:
    """:raises DomainError: it is to be left; says why."""
    held = require_mover(by)
    found = _locked(moving_in_id)
    moved = found.moved.filter(pk=moved_id).first()
    if moved is None or found.taking_back != TakingBack.RUNNING:
        return  # another worker was faster
    moved.delete()
    if moved.series_id:
        _end_series(moved.series_id, at=at, by=by)
    elif moved.appointment_id:
        _take_back_visit(moved.appointment_id, moved.version, held=held, at=at, by=by)
    counts = dict(found.counts)
    row = found.rows.filter(number=moved.number).exclude(outcome=TAKEN).first()
    if row:
        counts[row.outcome] = counts.get(row.outcome, 0) - 1
        counts[TAKEN] = counts.get(TAKEN, 0) + 1
        row.outcome = TAKEN
        row.save(update_fields=["outcome"])
    _note(found, moved_id, counts, at=at)


def _take_back_visit(
    appointment_id: UUID, version: int, *, held: Access, at: datetime, by: Actor
) -> None:
    with_staff = Appointment.objects.select_related("staff").select_for_update(of=("self",))
    one = with_staff.get(pk=appointment_id)
    require_reach(held, one.staff, one.location_id)
    if one.version != version:
        raise StaleVersion(TOUCHED)
    if one.status == AppointmentStatus.BOOKED:
        cancel_appointment(one.pk, reason=REASON, at=at, by=by, expected_version=version)
    else:
        history.delete(one, by=by)


def _end_series(series_id: UUID, *, at: datetime, by: Actor) -> None:
    """:raises StaleVersion: somebody changed the series, or one of its visits."""
    series = Series.objects.select_for_update().get(pk=series_id)
    visits = Appointment.history.filter(series=series_id, history_type="~")
    edits = series.history.filter(history_type="~")
    by_people = [found.exclude(actor_kind=ActorKind.SYSTEM) for found in (visits, edits)]
    if any(found.exists() for found in by_people):
        raise StaleVersion(TOUCHED)
    if series.status != SeriesStatus.ENDED:
        today = at.astimezone(series.time_zone).date()
        end_series(series.pk, from_date=today, reason=REASON, at=at, by=by)


@transaction.atomic
def _leave(moved_id: int, moving_in_id: UUID, why: str, *, at: datetime, by: Actor) -> None:
    require_mover(by)
    found = _locked(moving_in_id)
    moved = MovedIn.objects.filter(pk=moved_id).first()
    if moved is None or found.taken_back_until >= moved_id:
        return
    for row in found.rows.filter(number=moved.number):
        row.reasons = [*row.reasons, why]
        row.save(update_fields=["reasons"])
    _note(found, moved_id, found.counts | {LEFT: found.counts.get(LEFT, 0) + 1}, at=at)


def _note(found: MovingIn, moved_id: int, counts: dict[str, int], *, at: datetime) -> None:
    MovingIn.objects.filter(pk=found.pk).update(
        taken_back_until=moved_id, counts=counts, moved_at=at
    )


@transaction.atomic
def _end(found: MovingIn, *, at: datetime, by: Actor) -> None:
    found = _locked(found.pk)
    if found.taking_back == TakingBack.RUNNING:
        found.taking_back, found.moved_at = TakingBack.DONE, at
        history.save(found, fields=["taking_back", "moved_at"], by=by)


def _locked(moving_in_id: UUID) -> MovingIn:
    return MovingIn.objects.select_for_update().get(pk=moving_in_id)
