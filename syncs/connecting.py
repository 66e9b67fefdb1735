"""Connect tools, pause and resume them, and set failed work going again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from billing.models import Invoice
from hub import access, history, outbox
from hub.access import Capability
from hub.accounts.models import User
from hub.actors import Actor
from hub.errors import DomainError
from hub.events import EventName
from scheduling.models import Appointment
from scheduling.states import TO_COME
from syncs import busy, credentials, dispatch, jobs
from syncs.connectors.base import Kind
from syncs.connectors.registry import kinds_of
from syncs.models import Connection, Job
from syncs.states import ConnectionStatus, JobState

AHEAD = timedelta(days=60)


class NothingToRetry(DomainError):
    code = "nothing_to_retry"


@transaction.atomic
def add_connection(
    *,
    vendor: str,
    label: str,
    owner: User,
    config: Mapping[str, Any],
    secrets: Mapping[str, str],
    by: Actor,
) -> Connection:
    """Connect an account; its owner reviews what goes wrong there.

    :raises AccessDenied: ``by`` may not manage connections.
    """
    access.require(by, Capability.MANAGE_CONNECTIONS)
    connection = Connection(vendor=vendor, label=label, owner=owner, config=dict(config))
    history.create(connection, by=by)
    credentials.keep(connection, secrets)
    busy.expect(connection)
    outbox.record(EventName.CONNECTION_CHANGED, subject=connection, by=by)
    ids = jobs.request([(connection.pk, jobs.PREFLIGHT)], request_id=by.request_id, priority=0)
    dispatch.ring_after_commit(ids, hot=False)
    return connection


@transaction.atomic
def send_everything(
    connection_id: UUID, *, at: datetime, by: Actor, ahead: timedelta = AHEAD
) -> int:
    """Ask for everything that matters from today on to be there; return how much that is.

    Coming appointments with their customers, and issued invoices, behind all live changes.

    :raises AccessDenied: ``by`` may neither manage connections nor retry.
    """
    access.require(by, Capability.MANAGE_CONNECTIONS, Capability.RETRY_SYNC)
    connection = Connection.objects.get(pk=connection_id)
    wanted = [(connection.pk, key) for key in _everything(connection, at=at, until=at + ahead)]
    jobs.request(wanted, request_id=by.request_id, priority=9)
    return len(wanted)


@transaction.atomic
def set_status(
    connection_id: UUID, *, status: ConnectionStatus, reason: str = "", by: Actor
) -> Connection:
    """Pause, resume or switch off a connection; its jobs wait with their budget untouched.

    :raises AccessDenied: ``by`` may not manage connections.
    """
    access.require(by, Capability.MANAGE_CONNECTIONS)
    connection = Connection.objects.select_for_update().get(pk=connection_id)
    before, connection.status = connection.status, status
    connection.status_reason = reason
    connection.breaker_failures, connection.breaker_open_until = 0, None
    if status == ConnectionStatus.DISABLED:
        busy.forget(connection)
    history.save(
        connection,
        fields=["status", "status_reason", "breaker_failures", "breaker_open_until"],
        by=by,
    )
    outbox.record(
        EventName.CONNECTION_CHANGED,
        subject=connection,
        by=by,
        fields={"status": [before, str(status)]},
    )
    return connection


@transaction.atomic
def retry_job(job_id: int, *, by: Actor) -> Job:
    """Try again now, with a fresh budget.

    :raises AccessDenied: ``by`` may not retry.
    :raises NothingToRetry: it is done, or running at this moment.
    """
    access.require(by, Capability.RETRY_SYNC)
    job = Job.objects.select_for_update().select_related("connection").get(pk=job_id)
    if job.state in {JobState.IDLE, JobState.LEASED}:
        raise NothingToRetry("This is done already, or running right now.")
    _wake(job, by=by)
    return job


@transaction.atomic
def retry_all(connection_id: UUID, *, by: Actor) -> int:
    """Try everything again that stopped or waits on a connection; return how many there were.

    :raises AccessDenied: ``by`` may not retry.
    """
    access.require(by, Capability.RETRY_SYNC)
    waiting = Q(state=JobState.READY, attempts__gt=0)
    stopped = Q(state__in=[JobState.PARKED, JobState.DEAD]) | waiting
    found = Job.objects.select_for_update().filter(stopped, connection_id=connection_id)
    stopped_jobs = list(found.select_related("connection").order_by("pk"))
    for job in stopped_jobs:
        _wake(job, by=by)
    return len(stopped_jobs)


def _wake(job: Job, *, by: Actor) -> None:
    Job.objects.filter(pk=job.pk).update(state=JobState.PARKED, last_code=job.last_code or "retry")
    ids = jobs.request([(job.connection_id, job.key)], request_id=by.request_id, priority=1)
    dispatch.ring_after_commit(ids, hot=job.key.startswith("obj:"))
    outbox.record(
        EventName.SYNC_RETRIED, subject=job.connection, by=by, fields={"key": ["", job.key]}
    )


def _everything(connection: Connection, *, at: datetime, until: datetime) -> list[str]:
    kinds = kinds_of(connection.vendor)
    coming = Appointment.objects.filter(status__in=TO_COME, end_at__gt=at, start_at__lt=until)
    if connection.config.get("staff") is not None:
        coming = coming.taken_by(map(UUID, connection.config["staff"]))
    invoices = Invoice.objects.exclude(number="")
    keys: list[str] = []
    if Kind.CUSTOMER in kinds:
        people = set(coming.values_list("customer_id", flat=True))
        people |= set(invoices.values_list("customer_id", flat=True))
        keys += [jobs.object_key(Kind.CUSTOMER, pk) for pk in sorted(people)]
    if Kind.APPOINTMENT in kinds:
        visits = coming.order_by("start_at").values_list("pk", flat=True)
        keys += [jobs.object_key(Kind.APPOINTMENT, pk) for pk in visits]
    if Kind.INVOICE in kinds:
        newest = invoices.order_by("-issue_date").values_list("pk", flat=True)
        keys += [jobs.object_key(Kind.INVOICE, pk) for pk in newest]
    return keys
