"""The queue: one row per connection and object, claimed under a lease, finished by its holder.

All times are the database's clock. The rows are the queue; Celery only rings their ids.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connection

HOT_LEASE_SECONDS = 15
LONG_LEASE_SECONDS = 60
PREFLIGHT = "preflight"
LOST_LEASES_TO_DEATH = 5
BREAKER_TRIPS_AT = 5
USUAL_PRIORITY = 5  # a lower number is done earlier


class Wish(NamedTuple):
    """Why a job is asked for (``request_id`` leads to the act), and how urgent it is."""

    request_id: str = ""
    priority: int = USUAL_PRIORITY


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker holds until ``lease_seconds`` from now.

    ``first_wanted_at`` is when the oldest change not yet acknowledged was made; ``attempts``
    counts the failed tries before this one, ``lost_leases`` the runs that ended without a word.
    """

    job_id: int
    connection_id: UUID
    key: str
    token: UUID
    claimed_seq: int
    attempts: int
    lost_leases: int
    first_wanted_at: datetime | None
    request_id: str
    lease_seconds: int

    @property
    def is_hot(self) -> bool:
        return self.key.startswith("obj:")

    @property
    def target(self) -> str:
        """The key without its first word: ``appointment:<uuid>`` or the name of a stream."""
        return self.key.partition(":")[2]


def object_key(kind: str, local_id: UUID) -> str:
    return f"obj:{kind}:{local_id}"


def pull_key(stream: str) -> str:
    return f"pull:{stream}"


def request(
    wanted: Iterable[tuple[UUID, str]], *, request_id: str = "", priority: int = USUAL_PRIORITY
) -> list[int]:
    """Ask for each (connection id, key) to be made true, and return the job ids.

    A waiting back-off is kept, a parked or dead job comes to life again. One that waits never
    gets less urgent; one that was done is as urgent as this wish.
    """
    return request_each(dict.fromkeys(wanted, Wish(request_id, priority)))


def request_each(wishes: Mapping[tuple[UUID, str], Wish]) -> list[int]:
    """Do what ``request`` does, each with its own reason and urgency, in one statement.

    Rows are touched in the order of connection and key, so that two callers cannot deadlock;
    the ids are returned in that order.
    """
    if not wishes:
        return []
    in_order = sorted(wishes, key=str)
    with connection.cursor() as cursor:
        cursor.execute(
            _REQUEST,
            [
                [connection_id for connection_id, _ in in_order],
                [key for _, key in in_order],
                [wishes[one].priority for one in in_order],
                [wishes[one].request_id for one in in_order],
            ],
        )
        return [int(job_id) for (job_id,) in cursor.fetchall()]


def claim(
    *, job_id: int | None = None, connection_id: UUID | None = None, hot: bool | None = None
) -> Claim | None:
    """Lease one due job: that of ``job_id``, or the most urgent of ``connection_id``.

    None when it is not due, somebody else holds it, or its connection is closed, tripped, told
    to wait, or busy enough.
    """
    token = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "job": job_id,
                "connection": connection_id,
                "hot": hot,
                "token": token,
                "trips": BREAKER_TRIPS_AT,
                "hot_lease": HOT_LEASE_SECONDS,
                "long_lease": LONG_LEASE_SECONDS,
            },
        )
        row = cursor.fetchone()
    return Claim(*row) if row else None


def finish(claim: Claim) -> int | None:
    """Acknowledge what was claimed and return how long it had waited, in milliseconds.

    None means fenced: the lease was lost, somebody else answers for the job, the result of this
    run is void. Never raises ``done_seq`` above what was wanted when the job was claimed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FINISH, {"id": claim.job_id, "token": claim.token})
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def put_back(claim: Claim, *, delay_seconds: float, code: str, message: str, counts: bool) -> bool:
    """Let the job be tried again after ``delay_seconds``; False means fenced.

    ``counts`` says whether this try uses up some of the job's budget.
    """
    return _end(claim, _PUT_BACK, delay=delay_seconds, counts=int(counts), code=code, text=message)


def stop(claim: Claim, *, state: str, code: str, message: str) -> bool:
    """Park or kill the job with its cause; a change made meanwhile keeps it alive.

    False means fenced.
    """
    return _end(claim, _STOP, state=state, code=code, text=message)


def due(*, limit: int = 200) -> list[tuple[int, str]]:
    """Return (id, key) of jobs to ring: per connection no more than it has room for."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [limit])
        return [(int(job_id), str(key)) for job_id, key in cursor.fetchall()]


def _end(claim: Claim, statement: str, **values: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {"id": claim.job_id, "token": claim.token, **values, "text": values["text"][:400]},
        )
        return bool(cursor.rowcount)


_REQUEST = """
    INSERT INTO syncs_job AS job (connection_id, key, priority, wanted_seq, claimed_seq, done_seq,
        state, available_at, first_wanted_at, attempts, lost_leases, last_message, request_id)
    SELECT connection_id, key, priority, 1, 0, 0, 'ready', clock_timestamp(), clock_timestamp(),
        0, 0, '', request_id
    FROM unnest(%s::uuid[], %s::text[], %s::smallint[], %s::text[])
        AS wish (connection_id, key, priority, request_id)
    ON CONFLICT (connection_id, key) DO UPDATE SET
        wanted_seq = job.wanted_seq + 1,
        first_wanted_at = coalesce(job.first_wanted_at, clock_timestamp()),
        request_id = excluded.request_id,
        priority = CASE WHEN job.state IN ('ready', 'leased')
                   THEN least(job.priority, excluded.priority) ELSE excluded.priority END,
        state = CASE job.state WHEN 'leased' THEN 'leased' ELSE 'ready' END,
        attempts = CASE WHEN job.state IN ('dead', 'parked') THEN 0 ELSE job.attempts END,
        lost_leases = CASE WHEN job.state IN ('dead', 'parked') THEN 0 ELSE job.lost_leases END,
        available_at = CASE job.state WHEN 'ready' THEN job.available_at
                       ELSE clock_timestamp() END
    RETURNING id
"""
# Feeds leave one place free for single objects: three feeds of one connection, or a worker that
# died while it read them, must not keep a booking waiting until their long leases are over.
_HELD = """CROSS JOIN LATERAL (
            SELECT count(*) AS leases,
                   count(*) FILTER (WHERE running.key NOT LIKE 'obj:%%') AS long_leases
            FROM syncs_job running
            WHERE running.connection_id = account.id AND running.state = 'leased'
              AND running.lease_until > clock_timestamp()
        ) held"""
# The common table expression is materialized: a plain IN (…) may run twice and claim two.
_CLAIM = f"""
    WITH due AS MATERIALIZED (
        SELECT job.id, job.state = 'leased' AS was_lost
        FROM syncs_job job JOIN syncs_connection account ON account.id = job.connection_id
        {_HELD}
        WHERE (%(job)s::bigint IS NULL OR job.id = %(job)s)
          AND (%(connection)s::uuid IS NULL OR job.connection_id = %(connection)s)
          AND (%(hot)s::boolean IS NULL OR (job.key LIKE 'obj:%%') = %(hot)s)
          AND ((job.state = 'ready' AND job.available_at <= clock_timestamp())
               OR (job.state = 'leased' AND job.lease_until < clock_timestamp()))
          AND account.status IN ('active', 'degraded')
          AND coalesce(account.breaker_open_until, '-infinity') <= clock_timestamp()
          AND coalesce(account.available_at, '-infinity') <= clock_timestamp()
          AND held.leases < CASE WHEN account.breaker_failures >= %(trips)s THEN 1
                            ELSE account.max_concurrency END
          AND (job.key LIKE 'obj:%%'
               OR held.long_leases < greatest(1, account.max_concurrency - 1))
        ORDER BY job.priority, job.available_at
        LIMIT 1
        FOR UPDATE OF job SKIP LOCKED
    )
    UPDATE syncs_job job SET
        state = 'leased',
        lease_token = %(token)s,
        lease_until = clock_timestamp() + make_interval(secs =>
            CASE WHEN job.key LIKE 'obj:%%' THEN %(hot_lease)s ELSE %(long_lease)s END),
        claimed_seq = job.wanted_seq,
        lost_leases = CASE WHEN due.was_lost THEN job.lost_leases + 1 ELSE job.lost_leases END
    FROM due WHERE job.id = due.id
    RETURNING job.id, job.connection_id, job.key, job.lease_token, job.claimed_seq, job.attempts,
        job.lost_leases, job.first_wanted_at, job.request_id,
        CASE WHEN job.key LIKE 'obj:%%' THEN %(hot_lease)s ELSE %(long_lease)s END
"""  # noqa: S608  (our own text)
_FINISH = """
    WITH held AS (
        SELECT id, first_wanted_at FROM syncs_job
        WHERE id = %(id)s AND lease_token = %(token)s AND state = 'leased' FOR UPDATE
    )
    UPDATE syncs_job job SET
        done_seq = job.claimed_seq,
        state = CASE WHEN job.wanted_seq > job.claimed_seq THEN 'ready' ELSE 'idle' END,
        attempts = 0, lost_leases = 0, last_code = NULL, last_message = '',
        first_wanted_at = CASE WHEN job.wanted_seq > job.claimed_seq THEN clock_timestamp() END,
        available_at = clock_timestamp(), lease_token = NULL, lease_until = NULL
    FROM held WHERE job.id = held.id
    RETURNING greatest(0, extract(epoch FROM
        clock_timestamp() - coalesce(held.first_wanted_at, clock_timestamp())) * 1000)::integer
"""
_PUT_BACK = """
    UPDATE syncs_job SET
        state = 'ready', lease_token = NULL, lease_until = NULL, lost_leases = 0,
        attempts = attempts + %(counts)s,
        available_at = clock_timestamp() + make_interval(secs => %(delay)s),
        last_code = %(code)s, last_message = %(text)s
    WHERE id = %(id)s AND lease_token = %(token)s AND state = 'leased'
"""
_STOP = """
    UPDATE syncs_job SET
        state = CASE WHEN wanted_seq > claimed_seq THEN 'ready' ELSE %(state)s END,
        attempts = CASE WHEN wanted_seq > claimed_seq THEN 0 ELSE attempts + 1 END,
        lease_token = NULL, lease_until = NULL, lost_leases = 0, available_at = clock_timestamp(),
        last_code = %(code)s, last_message = %(text)s
    WHERE id = %(id)s AND lease_token = %(token)s AND state = 'leased'
"""
_DUE = f"""
    SELECT id, key FROM (
        SELECT *, row_number() OVER (PARTITION BY connection_id
                                     ORDER BY priority, available_at) AS place
        FROM (
            SELECT job.id, job.key, job.connection_id, job.priority, job.available_at,
                account.max_concurrency, held.leases, held.long_leases,
                row_number() OVER (PARTITION BY job.connection_id, job.key LIKE 'obj:%%'
                                   ORDER BY job.priority, job.available_at) AS place_in_kind
            FROM syncs_job job JOIN syncs_connection account ON account.id = job.connection_id
            {_HELD}
            WHERE ((job.state = 'ready' AND job.available_at <= clock_timestamp())
                   OR (job.state = 'leased' AND job.lease_until < clock_timestamp()))
              AND account.status IN ('active', 'degraded')
              AND coalesce(account.breaker_open_until, '-infinity') <= clock_timestamp()
              AND coalesce(account.available_at, '-infinity') <= clock_timestamp()
        ) due
        WHERE key LIKE 'obj:%%'
           OR place_in_kind <= greatest(1, max_concurrency - 1) - long_leases
    ) waiting
    WHERE place <= max_concurrency - leases
    ORDER BY priority, available_at LIMIT %s
"""  # noqa: S608  (our own text)
