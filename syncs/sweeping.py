"""Every two seconds: whatever is due is rung again, bell or no bell; feeds are polled in time."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hub import outbox
from hub.models import Heartbeat
from syncs import attempts, dispatch, jobs
from syncs.connectors.registry import streams_of
from syncs.models import Connection, Stream
from syncs.states import RUNNING

HEARTBEAT = "sync sweeper"


def sweep(*, at: datetime) -> int:
    """Dispatch what was left, ask for the feeds that are due, ring what is due; return the rings.

    Any number of sweepers may run at once: rows are claimed, bells are harmless.
    """
    while dispatch.dispatch(at=at) == dispatch.BATCH_SIZE:
        pass
    _poll()
    due = jobs.due()
    for job_id, key in due:
        hot = key.startswith("obj:")
        outbox.ring(dispatch.RUN_HOT if hot else dispatch.RUN, job_id=str(job_id))
    Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"beat_at": attempts.now()})
    return len(due)


@transaction.atomic
def _poll() -> None:
    """Ask for each feed whose interval is over. The jitter only ever makes it earlier."""
    now = attempts.now()
    wanted = [
        (connection.pk, jobs.pull_key(name))
        for connection in Connection.objects.filter(status__in=RUNNING).order_by("pk")
        for name in streams_of(connection.vendor)
        if _is_due(connection, name, now=now)
    ]
    dispatch.ring_after_commit(jobs.request(wanted), hot=False)


def _is_due(connection: Connection, name: str, *, now: datetime) -> bool:
    stream, _ = Stream.objects.get_or_create(
        connection=connection,
        name=name,
        defaults={"poll_interval_seconds": settings.SYNCS_POLL_SECONDS},
    )
    interval = stream.poll_interval_seconds * random.uniform(0.8, 1.0)  # noqa: S311
    if stream.polled_at is not None and now - stream.polled_at < timedelta(seconds=interval):
        return False
    claimed = Stream.objects.filter(pk=stream.pk, polled_at=stream.polled_at)
    return bool(claimed.update(polled_at=now))
