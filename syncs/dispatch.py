"""Turn committed changes into jobs: one bump for each connection that has to know."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from hub import outbox
from hub.actors import ActorKind, Source
from hub.models import Change
from syncs import jobs
from syncs.affecting import Affected
from syncs.connectors.base import Kind
from syncs.jobs import Wish
from syncs.models import Connection, Job
from syncs.states import ConnectionStatus, JobState

BATCH_SIZE = 500
KINDS = frozenset(kind.value for kind in Kind)
RUN_HOT = "syncs.run_hot_job"
RUN = "syncs.run_job"
AFTER_PEOPLE = 7  # the priority of what an import asks for: no booking waits behind it


@transaction.atomic
def dispatch(*, at: datetime) -> int:
    """Fan out the oldest changes nobody has looked at, and return how many there were.

    Undispatched rows are claimed, never “everything after the last id”: ids can commit out of
    order. The connection that a change came from knows it already and is left out.
    """
    claimed = (
        Change.objects.select_for_update(skip_locked=True)
        .filter(dispatched_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH_SIZE]
    )
    changes = Change.objects.filter(pk__in=list(claimed))
    accounts = list(Connection.objects.exclude(status=ConnectionStatus.DISABLED).order_by("pk"))
    if accounts:  # else nothing has to be read of them, and an import makes thousands
        affected = Affected(list(changes.filter(kind__in=KINDS).order_by("pk")), at=at)
        for account in accounts:
            _ask(account, affected)
    return changes.update(dispatched_at=at)


def ring_after_commit(job_ids: Iterable[int], *, hot: bool) -> None:
    for job_id in job_ids:
        outbox.ring_after_commit(RUN_HOT if hot else RUN, job_id=str(job_id))


def _ask(account: Connection, affected: Affected) -> None:
    """Ask ``account`` for what was altered; of two reasons the more urgent one counts."""
    wishes: dict[str, Wish] = {}
    for change, keys in affected.keys_for(account):
        if not _came_from(account, change):
            wish = _wish(change)
            for key in keys:
                wishes[key] = min(wish, wishes.get(key, wish), key=lambda one: one.priority)
    ids = jobs.request_each({(account.pk, key): wish for key, wish in wishes.items()})
    hot = any(wish.priority < AFTER_PEOPLE for wish in wishes.values())
    # Whoever hears one of them goes on with everything else that this connection has to do.
    ring_after_commit(_due(ids)[: account.max_concurrency], hot=hot)


def _due(job_ids: Collection[int]) -> QuerySet[Job, int]:
    """Return those that a worker can begin now: a bell for one that has to wait is not heard."""
    due = Job.objects.filter(pk__in=job_ids, state=JobState.READY, available_at__lte=Now())
    return due.order_by("priority", "available_at", "pk").values_list("pk", flat=True)


def _wish(change: Change) -> Wish:
    if change.source == Source.IMPORT:
        return Wish(change.request_id, AFTER_PEOPLE)
    return Wish(change.request_id)


def _came_from(account: Connection, change: Change) -> bool:
    return change.actor_kind == ActorKind.CONNECTION and change.actor_id == str(account.pk)
