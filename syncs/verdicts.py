"""How a run ends: what each kind of failure means for the job and for its connection.

Every ending but “nothing to do” of a pull is an attempt that people can read.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from syncs import attempts, conflicts, jobs, relating
from syncs.failures import (
    AuthFailed,
    CallFailed,
    ContainerGone,
    CursorInvalid,
    Forbidden,
    Invalid,
    MissingRelation,
    RateLimited,
    Refused,
)
from syncs.jobs import Claim
from syncs.linking import Ambiguous
from syncs.models import Connection, Link
from syncs.runs import Run
from syncs.states import RUNNING, ConflictType, ConnectionStatus, JobState, Outcome

TRIES_TO_DEATH = 12
HOURS_TO_DEATH = 6
EXCEPTIONS_TO_DEATH = 3
RELATION_DELAY_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 900.0
# Far beyond the longest pause; an outage of weeks must not count until its power overflows.
MOST_FAILURES_COUNTED = 100


def on_success(
    claim: Claim,
    connection: Connection,
    run: Run,
    *,
    started_at: datetime,
    store: Callable[[], None],
) -> None:
    """Store the link, the attempt and the acknowledgment in one transaction, or none of them."""
    outcome = Outcome.NOOP if run.op == "noop" else Outcome.OK
    with transaction.atomic():
        store()
        waited_ms = jobs.finish(claim)
        if waited_ms is None:
            transaction.set_rollback(True)
        else:
            attempts.settle_creates(claim)
            attempts.note(
                claim,
                outcome,
                op=run.op,
                started_at=started_at,
                message=run.note,
                waited_ms=waited_ms,
                fields=run.fields,
            )
            _close_breaker(connection)
    if waited_ms is None:
        attempts.note(claim, Outcome.FENCED, op=run.op, started_at=started_at, code="fenced")


def on_failure(
    claim: Claim, connection: Connection, failure: CallFailed, *, started_at: datetime
) -> None:
    """Do what the class of ``failure`` asks for."""
    if isinstance(failure, MissingRelation):
        _wait_for_relation(claim, failure)
    elif isinstance(failure, RateLimited):
        _hold_connection(connection, failure.retry_after_seconds)
        _again(claim, failure, started_at, delay=failure.retry_after_seconds, counts=False)
    elif isinstance(failure, AuthFailed):
        _close(connection, ConnectionStatus.AUTH_REQUIRED, failure.message)
        _again(claim, failure, started_at, delay=0, counts=False)
    elif isinstance(failure, Forbidden | ContainerGone | Refused):
        if not claim.is_hot or isinstance(failure, ContainerGone):
            _close(connection, ConnectionStatus.INCOMPATIBLE, failure.message)
        _park(claim, failure, started_at)
    elif isinstance(failure, Invalid):
        _park(claim, failure, started_at)
        _ask(claim, connection, ConflictType.REJECTED_BY_REMOTE, failure.message)
    else:
        if not isinstance(failure, CursorInvalid):
            _count_failure(connection)
        _again(claim, failure, started_at, delay=backoff(claim.attempts), counts=True)


def on_ambiguity(
    claim: Claim, connection: Connection, question: Ambiguous, *, started_at: datetime
) -> None:
    """Several candidates, or somebody else's: no create, a person says which one it is."""
    message = f"{question} ({', '.join(filter(None, question.remote_ids))})"
    _park(claim, CallFailed(message, code="duplicate_candidates"), started_at)
    attempts.settle_creates(claim)
    _ask(claim, connection, ConflictType.DUPLICATE_CANDIDATES, message)


def on_bug(claim: Claim, error: Exception, *, started_at: datetime) -> None:
    """Our own mistake: a few tries, then it stops and waits for a person."""
    failure = CallFailed(
        "The hub made a mistake here; the log has the details.",
        code=f"bug:{type(error).__name__}",
    )
    if claim.attempts + 1 >= EXCEPTIONS_TO_DEATH:
        _stop(claim, failure, started_at, state=JobState.DEAD, outcome=Outcome.DEAD)
    else:
        _again(claim, failure, started_at, delay=backoff(claim.attempts), counts=True)


def bury(claim: Claim, code: str, message: str) -> None:
    """Stop a job for good, until somebody retries it or the record changes."""
    failure = CallFailed(message, code=code)
    _stop(claim, failure, attempts.now(), state=JobState.DEAD, outcome=Outcome.DEAD)


def backoff(tries: int) -> float:
    """Seconds before the next try: doubling from two, at most 15 minutes, half of it jitter."""
    longest = min(LONGEST_BACKOFF_SECONDS, 2.0 * float(2 ** min(tries, 12)))
    return random.uniform(0.5, 1) * longest  # noqa: S311


def _again(
    claim: Claim, failure: CallFailed, started_at: datetime, *, delay: float, counts: bool
) -> None:
    if counts and _is_spent(claim, started_at):
        _stop(claim, failure, started_at, state=JobState.DEAD, outcome=Outcome.DEAD)
        return
    held = jobs.put_back(
        claim, delay_seconds=delay, code=failure.code, message=failure.message, counts=counts
    )
    _log(claim, failure, started_at, Outcome.RETRY if held else Outcome.FENCED)


def _park(claim: Claim, failure: CallFailed, started_at: datetime) -> None:
    _stop(claim, failure, started_at, state=JobState.PARKED, outcome=Outcome.PARKED)


def _stop(
    claim: Claim, failure: CallFailed, started_at: datetime, *, state: str, outcome: Outcome
) -> None:
    held = jobs.stop(claim, state=state, code=failure.code, message=failure.message)
    _log(claim, failure, started_at, outcome if held else Outcome.FENCED)


def _log(claim: Claim, failure: CallFailed, started_at: datetime, outcome: Outcome) -> None:
    attempts.note(
        claim,
        outcome,
        op="sync" if claim.is_hot else "pull",
        started_at=started_at,
        code=failure.code,
        message=failure.message,
        http_status=failure.http_status,
    )


def _is_spent(claim: Claim, now: datetime) -> bool:
    """Twelve tries and six hours, whichever comes last."""
    since = claim.first_wanted_at or now
    return claim.attempts + 1 >= TRIES_TO_DEATH and now - since > timedelta(hours=HOURS_TO_DEATH)


def _wait_for_relation(claim: Claim, failure: MissingRelation) -> None:
    """Ask for what it belongs to, first; this one follows, with its budget untouched."""
    relating.want(claim, failure.kind)
    jobs.put_back(
        claim,
        delay_seconds=RELATION_DELAY_SECONDS,
        code=failure.code,
        message=failure.message,
        counts=False,
    )


def _ask(claim: Claim, connection: Connection, type: ConflictType, message: str) -> None:  # noqa: A002
    kind, _, local_id = claim.target.partition(":")
    links = Link.objects.filter(connection=connection, kind=kind)
    link = links.filter(local_id=local_id).first() if local_id else None
    conflicts.open_for(
        connection, link, type, message=message, clashes={}, subject=claim.target[:120]
    )


def _hold_connection(connection: Connection, seconds: float) -> None:
    until = attempts.now() + timedelta(seconds=seconds)
    Connection.objects.filter(pk=connection.pk).update(available_at=until)


def _close(connection: Connection, status: ConnectionStatus, reason: str) -> None:
    """Jobs stay as they are and wait; a person is told once."""
    running = Connection.objects.filter(pk=connection.pk, status__in=RUNNING)
    running.update(status=status, status_reason=reason[:300])


def _count_failure(connection: Connection) -> None:
    """Five failures in a row open the breaker for 30 s, then 60 s … up to 10 minutes."""
    failures = min(connection.breaker_failures + 1, MOST_FAILURES_COUNTED)
    values: dict[str, object] = {"breaker_failures": failures}
    if failures >= jobs.BREAKER_TRIPS_AT:
        pause = min(600.0, 30.0 * 2 ** (failures - jobs.BREAKER_TRIPS_AT))
        values["breaker_open_until"] = attempts.now() + timedelta(seconds=pause)
    Connection.objects.filter(pk=connection.pk).update(**values)


def _close_breaker(connection: Connection) -> None:
    if connection.breaker_failures:
        Connection.objects.filter(pk=connection.pk).update(
            breaker_failures=0, breaker_open_until=None
        )
