"""How far the other tools are behind, from the rows themselves: figures, not flags."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection as database

from syncs.models import Conflict, Connection
from syncs.states import ConflictState


@dataclass(frozen=True, slots=True)
class Figures:
    """Over a stretch of time; milliseconds, None where nothing was delivered.

    ``oldest_seconds`` is the age of the oldest change not yet acknowledged, now: a stuck queue
    has a perfect p95.
    """

    delivered: int
    first_try_percent: float | None
    p50_ms: int | None
    p95_ms: int | None
    p99_ms: int | None
    waiting: int
    oldest_seconds: int | None
    stopped: int
    conflicts: int

    @property
    def need_a_person(self) -> int:
        return self.stopped + self.conflicts


def figures(*, over: timedelta, connection_id: UUID | None = None) -> Figures:
    """Figures of one connection, or of all."""
    with database.cursor() as cursor:
        cursor.execute(_DELIVERED, {"seconds": over.total_seconds(), "connection": connection_id})
        delivered, first_try, p50, p95, p99 = _row(cursor)
        cursor.execute(_WAITING, {"connection": connection_id})
        waiting, oldest, stopped = _row(cursor)
    open_conflicts = Conflict.objects.filter(state=ConflictState.OPEN)
    if connection_id is not None:
        open_conflicts = open_conflicts.filter(connection_id=connection_id)
    return Figures(
        delivered=delivered,
        first_try_percent=first_try,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        waiting=waiting,
        oldest_seconds=oldest,
        stopped=stopped,
        conflicts=open_conflicts.count(),
    )


def health() -> dict[str, object]:
    """What ``/healthz/sync`` answers: a number for every alert of the operator."""
    now = figures(over=timedelta(hours=1))
    with database.cursor() as cursor:
        cursor.execute(_ALIVE)
        sweeper_seconds, undispatched = _row(cursor)
    return {
        "ok": now.stopped == 0
        and (now.oldest_seconds or 0) < 60  # noqa: PLR2004
        and sweeper_seconds is not None
        and sweeper_seconds < 30,  # noqa: PLR2004
        "oldest_waiting_seconds": now.oldest_seconds,
        "waiting": now.waiting,
        "stopped": now.stopped,
        "conflicts": now.conflicts,
        "undispatched_changes": undispatched,
        "sweeper_seen_seconds_ago": sweeper_seconds,
        "p95_ms": now.p95_ms,
        "connections": {
            account.label: account.status for account in Connection.objects.order_by("label", "pk")
        },
    }


def _row(cursor: Any) -> tuple[Any, ...]:
    row: tuple[Any, ...] = cursor.fetchone()
    return row


_DELIVERED = """
    SELECT count(*)::integer,
        round(100.0 * count(*) FILTER (WHERE NOT EXISTS (
            SELECT FROM syncs_attempt earlier WHERE earlier.job_id = attempt.job_id
              AND earlier.outcome = 'retry' AND earlier.finished_at <= attempt.finished_at
              AND earlier.finished_at > attempt.finished_at
                  - make_interval(secs => attempt.waited_ms / 1000.0)
        )) / nullif(count(*), 0), 2)::float,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY waited_ms)::integer,
        percentile_cont(0.95) WITHIN GROUP (ORDER BY waited_ms)::integer,
        percentile_cont(0.99) WITHIN GROUP (ORDER BY waited_ms)::integer
    FROM syncs_attempt attempt
    WHERE outcome = 'ok' AND waited_ms IS NOT NULL
      AND started_at > clock_timestamp() - make_interval(secs => %(seconds)s)
      AND (%(connection)s::uuid IS NULL OR connection_id = %(connection)s)
"""
_WAITING = """
    SELECT count(*) FILTER (WHERE state IN ('ready', 'leased') AND key LIKE 'obj:%%')::integer,
        extract(epoch FROM clock_timestamp() - min(first_wanted_at)
            FILTER (WHERE state IN ('ready', 'leased') AND key LIKE 'obj:%%'))::integer,
        count(*) FILTER (WHERE state IN ('parked', 'dead'))::integer
    FROM syncs_job
    WHERE %(connection)s::uuid IS NULL OR connection_id = %(connection)s
"""
_ALIVE = """
    SELECT
        (SELECT extract(epoch FROM clock_timestamp() - beat_at)::integer
         FROM hub_heartbeat WHERE name = 'sync sweeper'),
        (SELECT count(*)::integer FROM hub_change WHERE dispatched_at IS NULL)
"""
