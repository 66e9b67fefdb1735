"""Entry points for Celery: make one call, log what came of it."""

import structlog
from celery import shared_task

from customers.comparing import COMPARE_TASK
from customers.duplicates import compare_pending
from hub import outbox
from hub.actors import Actor

AT_ONCE = 500

log = structlog.get_logger(__name__)


@shared_task(name=COMPARE_TASK)
def compare() -> int:
    """Look for duplicates of what was added or changed; ring again while there is more."""
    done = compare_pending(limit=AT_ONCE, by=Actor.job("find duplicates"))
    if done:
        log.info("customers_compared", count=done)
    if done == AT_ONCE:
        outbox.ring(COMPARE_TASK)
    return done
