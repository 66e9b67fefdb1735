"""Entry points for Celery: make one call, log what came of it."""

import time

import structlog
from celery import shared_task
from django.utils import timezone

from customers.comparing import COMPARE_IMPORTED_TASK, COMPARE_TASK
from customers.importing.moving import is_importing
from customers.models import PendingComparison
from customers.pending import compare_pending
from hub import locks, outbox
from hub.actors import Actor

AT_ONCE = 50
SLICE_SECONDS = 15.0

log = structlog.get_logger(__name__)


@shared_task(name=COMPARE_TASK)
def compare() -> int:
    """Look for duplicates of those who were added or changed; ring while there are more."""
    return _compare(COMPARE_TASK, imported=False)


@shared_task(name=COMPARE_IMPORTED_TASK)
def compare_imported() -> int:
    """Do the same for those who were imported, once no import runs."""
    if is_importing(at=timezone.now()):
        return 0
    return _compare(COMPARE_IMPORTED_TASK, imported=True)


def _compare(task: str, *, imported: bool) -> int:
    """One worker at a time: each bell would begin a row of bells that only ends with the work."""
    with locks.alone(task) as is_alone:
        if not is_alone:
            return 0
        done = _compared(imported=imported)
    if done:
        log.info("customers_compared", count=done)
    # Asked after the lock: a bell that found it held was rung for what is committed by now.
    if PendingComparison.objects.filter(imported=imported).exists():
        outbox.ring(task)
    return done


def _compared(*, imported: bool) -> int:
    """Compare those who wait, as long as one bell may; return how many were."""
    latest, by = time.monotonic() + SLICE_SECONDS, Actor.job("find duplicates")
    total = 0
    while done := compare_pending(limit=AT_ONCE, imported=imported, by=by):
        total += done
        if time.monotonic() > latest:
            break
    return total
