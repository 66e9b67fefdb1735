"""One run of a worker: claim a job, do it, give the verdict, and go on while there is more."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog

from hub.actors import Actor
from hub.chaos import crash_point
from syncs import attempts, credentials, engine, jobs, linking, preflight, pull, verdicts
from syncs.connectors import registry
from syncs.connectors.base import Account, Connector
from syncs.deadlines import Deadline
from syncs.failures import CallFailed
from syncs.jobs import Claim
from syncs.linking import Ambiguous
from syncs.merge import Direction, OnConflict, Owner, Rule
from syncs.models import Connection, FieldRule, Link
from syncs.runs import Run
from syncs.states import Outcome

WORK_FOR_SECONDS = 40.0
Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


def run_job(job_id: int, *, clock: Clock) -> int:
    """Do the rung job and then whatever else is due on its connection; return how many ran.

    A bell that comes too late, twice, or for a job that somebody holds does nothing.
    """
    ends_at = time.monotonic() + WORK_FOR_SECONDS
    done = 0
    claim = jobs.claim(job_id=job_id)
    while claim is not None:
        done += 1
        _work_on(claim, clock=clock)
        if time.monotonic() > ends_at:
            break
        claim = jobs.claim(connection_id=claim.connection_id, hot=claim.is_hot)
    return done


def _work_on(claim: Claim, *, clock: Clock) -> None:
    structlog.contextvars.bind_contextvars(request_id=claim.request_id, job=claim.job_id)
    connection = Connection.objects.get(pk=claim.connection_id)
    if claim.lost_leases >= jobs.LOST_LEASES_TO_DEATH:
        verdicts.bury(claim, "lease_lost", "It ended five times without a word.")
        return
    started = attempts.now()
    try:
        _do(claim, connection, clock=clock)
    except CallFailed as failure:
        verdicts.on_failure(claim, connection, failure, started_at=started)
    except Ambiguous as question:
        verdicts.on_ambiguity(claim, connection, question, started_at=started)
    except Exception as error:  # a worker must go on; the attempt says what broke
        log.exception("sync_run_broke", key=claim.key)
        verdicts.on_bug(claim, error, started_at=started)


def _do(claim: Claim, connection: Connection, *, clock: Clock) -> None:
    with closing(connect(connection)) as connector:
        if claim.is_hot:
            _sync(claim, connection, connector, clock=clock)
        elif claim.key == jobs.PREFLIGHT:
            _check(claim, connection, connector)
        else:
            pull.pull_stream(claim, connection, connector, deadline=Deadline.long())


def _check(claim: Claim, connection: Connection, connector: Connector) -> None:
    started = attempts.now()
    by = Actor.connection(connection.pk, connection.label)
    found = preflight.check(connection, connector, by=by)
    jobs.finish(claim)
    words = "; ".join(item.text for item in found.checks if item.level != "ok")
    attempts.note(claim, Outcome.OK, op="preflight", started_at=started, message=words)


def connect(connection: Connection) -> Connector:
    """Return the connector of a connection, with its opened credentials. Close it after use."""
    return registry.connect(
        Account(
            connection.pk,
            connection.vendor,
            connection.config,
            credentials.of(connection),
            connection.capabilities,
        )
    )


def _sync(claim: Claim, connection: Connection, connector: Connector, *, clock: Clock) -> None:
    kind, _, local_id = claim.target.partition(":")
    run = Run(
        connection=connection,
        connector=connector,
        kind=kind,
        local_id=UUID(local_id),
        rules=rules_for(connection, connector, kind),
        by=Actor.connection(connection.pk, connection.label),
        at=clock(),
        deadline=Deadline.hot(),
        job_id=claim.job_id,
        request_id=claim.request_id,
    )
    started = attempts.now()
    link = engine.sync_object(run)
    crash_point(f"after_ack_of_{connection.vendor}")
    store = partial(_store, link, run)
    verdicts.on_success(claim, connection, run, started_at=started, store=store)


def _store(link: Link | None, run: Run) -> None:
    if link is not None:
        linking.store(link, consumed=run.consumed)


def rules_for(connection: Connection, connector: Connector, kind: str) -> tuple[Rule, ...]:
    """The connector's rules for a kind, with the rows of this connection laid over them."""
    rules = {rule.atom: rule for rule in connector.rules[kind]}
    for row in FieldRule.objects.filter(connection=connection, kind=kind):
        rules[row.atom] = Rule(
            row.atom, Owner(row.owner), Direction(row.direction), OnConflict(row.on_conflict)
        )
    return tuple(rules.values())
