"""How far the other tools are behind, from the rows themselves: figures, not flags."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.db.models import Count

from syncs.models import Connection
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


NOTHING = Figures(0, None, None, None, None, 0, None, 0, 0)


def figures(*, over: timedelta) -> dict[UUID | None, Figures]:
    """Figures by connection id, and under None those of all; three queries in any case.

    A connection without any traffic is not in it.
    """
    with database.cursor() as cursor:
        cursor.execute(_DELIVERED, {"seconds": over.total_seconds()})
        delivered = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_WAITING)
        waiting = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_OPEN, [ConflictState.OPEN])
        conflicts = dict(cursor.fetchall())
    found: dict[UUID | None, Figures] = {}
    for account in {*delivered, *waiting, *conflicts}:
        values: list[Any] = [
            *delivered.get(account, (0, None, None, None, None)),
            *waiting.get(account, (0, None, 0)),
            conflicts.get(account, 0),
        ]
        found[account] = Figures(*values)
    return found


def health() -> dict[str, object]:
    """What ``/healthz/sync`` answers: a number for every alert of the operator."""
    now = figures(over=timedelta(hours=1))[None]
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
        "connections": dict(
            Connection.objects.order_by("status")
            .values_list("status")
            .annotate(count=Count("pk"))
            .values_list("status", "count")
        ),
    }


def _row(cursor: Any) -> tuple[Any, ...]:
    row: tuple[Any, ...] = cursor.fetchone()
    return row


# The empty grouping set adds the row of all connections, under NULL.
_DELIVERED = """
    SELECT connection_id, count(*)::integer,
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
    GROUP BY GROUPING SETS ((connection_id), ())
"""
_WAITING = """
    SELECT connection_id,
        count(*) FILTER (WHERE state IN ('ready', 'leased') AND key LIKE 'obj:%')::integer,
        extract(epoch FROM clock_timestamp() - min(first_wanted_at)
            FILTER (WHERE state IN ('ready', 'leased') AND key LIKE 'obj:%'))::integer,
        count(*) FILTER (WHERE state IN ('parked', 'dead'))::integer
    FROM syncs_job GROUP BY GROUPING SETS ((connection_id), ())
"""
_OPEN = """
    SELECT connection_id, count(*)::integer FROM syncs_conflict
    WHERE state = %s GROUP BY GROUPING SETS ((connection_id), ())
"""
_ALIVE = """
    SELECT
        (SELECT extract(epoch FROM clock_timestamp() - beat_at)::integer
         FROM hub_heartbeat WHERE name = 'sync sweeper'),
        (SELECT count(*)::integer FROM hub_change WHERE dispatched_at IS NULL)
"""
