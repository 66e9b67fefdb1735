"""Turn committed changes into jobs: one bump for each connection that has to know."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from hub import outbox
from hub.actors import ActorKind
from hub.models import Change
from scheduling.models import Appointment
from scheduling.states import AppointmentStatus
from syncs import jobs
from syncs.connectors.base import Kind
from syncs.connectors.registry import kinds_of
from syncs.models import Connection, Link
from syncs.states import ConnectionStatus

BATCH_SIZE = 200
KINDS = frozenset(kind.value for kind in Kind)
RUN_HOT = "syncs.run_hot_job"
RUN = "syncs.run_job"


@transaction.atomic
def dispatch(*, at: datetime) -> int:
    """Fan out the oldest changes nobody has looked at, and return how many there were.

    Undispatched rows are claimed, never “everything after the last id”: ids can commit out of
    order. The connection that a change came from knows it already and is left out.
    """
    changes = list(
        Change.objects.select_for_update(skip_locked=True)
        .filter(dispatched_at=None)
        .order_by("pk")[:BATCH_SIZE]
    )
    if not changes:
        return 0
    accounts = list(Connection.objects.exclude(status=ConnectionStatus.DISABLED))
    for request_id, wanted in _by_request(changes, accounts, at=at).items():
        ring_after_commit(jobs.request(wanted, request_id=request_id), hot=True)
    Change.objects.filter(pk__in=[change.pk for change in changes]).update(dispatched_at=at)
    return len(changes)


def ring_after_commit(job_ids: Iterable[int], *, hot: bool) -> None:
    for job_id in job_ids:
        outbox.ring_after_commit(RUN_HOT if hot else RUN, job_id=str(job_id))


def _by_request(
    changes: Iterable[Change], accounts: list[Connection], *, at: datetime
) -> dict[str, set[tuple[UUID, str]]]:
    wanted: dict[str, set[tuple[UUID, str]]] = {}
    for change in changes:
        if change.kind not in KINDS:
            continue
        pairs = {
            (account.pk, key)
            for account in accounts
            if not _came_from(account, change)
            for key in _keys(account, change, at=at)
        }
        wanted.setdefault(change.request_id, set()).update(pairs)
    return wanted


def _came_from(account: Connection, change: Change) -> bool:
    return change.actor_kind == ActorKind.CONNECTION and change.actor_id == str(account.pk)


def _keys(account: Connection, change: Change, *, at: datetime) -> list[str]:
    """The objects of ``account`` that ``change`` may have altered."""
    if change.kind in kinds_of(account.vendor):
        if change.kind == Kind.APPOINTMENT and not _covers(account, change.local_id):
            return []
        return [jobs.object_key(change.kind, change.local_id)]
    if change.kind == Kind.CUSTOMER:  # the name stands in the title of calendar entries
        return [
            jobs.object_key(Kind.APPOINTMENT, local_id)
            for local_id in _coming_visits(change.local_id, at=at)
            if _covers(account, local_id)
        ]
    return []


def _covers(account: Connection, appointment_id: UUID) -> bool:
    """A calendar follows its own staff, and lets go of what moved to somebody else."""
    staff = account.config.get("staff")
    if staff is None:
        return True
    own = Appointment.objects.filter(pk=appointment_id, staff_id__in=staff)
    linked = Link.objects.filter(
        connection=account, kind=Kind.APPOINTMENT, local_id=appointment_id
    )
    return own.exists() or linked.exists()


def _coming_visits(customer_id: UUID, *, at: datetime) -> list[UUID]:
    coming = Q(status=AppointmentStatus.BOOKED, end_at__gt=at)
    found = Appointment.objects.filter(coming, customer_id=customer_id).order_by("start_at")
    return list(found.values_list("pk", flat=True)[:100])
