"""The visible log: one row for each try, finished with its outcome, redacted."""

from datetime import datetime

from django.db import connection as database

from syncs.jobs import Claim
from syncs.models import Attempt
from syncs.states import Outcome


def now() -> datetime:
    """The database's clock, which is the only one that leases and attempts go by."""
    with database.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    moment: datetime = row[0]
    return moment


def note(  # noqa: PLR0913  (the columns of one row)
    claim: Claim,
    outcome: Outcome,
    *,
    op: str,
    started_at: datetime,
    code: str = "",
    message: str = "",
    http_status: int | None = None,
    waited_ms: int | None = None,
    fields: list[str] | None = None,
) -> Attempt:
    """Log a finished try."""
    return Attempt.objects.create(
        job_id=claim.job_id,
        connection_id=claim.connection_id,
        key=claim.key,
        op=op[:16],
        started_at=started_at,
        finished_at=now(),
        outcome=outcome,
        code=code[:40],
        message=message[:400],
        http_status=http_status,
        request_id=claim.request_id,
        waited_ms=waited_ms,
        fields=fields or [],
    )


def settle_creates(claim: Claim) -> None:
    """The outcome of an announced create is known now: nothing is left to look for."""
    Attempt.objects.filter(
        connection_id=claim.connection_id, key=claim.key, op="create", finished_at=None
    ).update(finished_at=now(), outcome=Outcome.OK)
