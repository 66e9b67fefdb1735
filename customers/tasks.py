"""Entry points for Celery: make one call, log what came of it."""

import structlog
from celery import shared_task
from django.utils import timezone

from customers.comparing import compare_alone
from customers.importing.moving import is_importing
from customers.pending import COMPARE_IMPORTED_TASK, COMPARE_TASK
from hub.actors import Actor

log = structlog.get_logger(__name__)


@shared_task(name=COMPARE_TASK)
def compare() -> int:
    """Look for duplicates of those whom people or tools added or changed."""
    return _compared(imported=False)


@shared_task(name=COMPARE_IMPORTED_TASK)
def compare_imported() -> int:
    """Do the same for those whom an import did, when none runs."""
    return 0 if is_importing(at=timezone.now()) else _compared(imported=True)


def _compared(*, imported: bool) -> int:
    done = compare_alone(imported=imported, by=Actor.job("find duplicates"))
    if done:
        log.info("customers_compared", count=done, imported=imported)
    return done
