"""Entry points for Celery: make one call, log what came of it."""

from collections.abc import Callable

import structlog
from celery import shared_task
from django.utils import timezone

from customers.comparing import compare_alone
from customers.importing.moving import is_moving_any
from customers.pending import COMPARE_IMPORTED_TASK, COMPARE_TASK
from hub.actors import Actor

log = structlog.get_logger(__name__)


@shared_task(name=COMPARE_TASK)
def compare() -> int:
    """Look for duplicates of those whom people or tools added or changed."""
    return _compared(imported=False, may_go_on=lambda: True)


@shared_task(name=COMPARE_IMPORTED_TASK)
def compare_imported() -> int:
    """Do the same for those whom an import did, as long as none is checked or runs."""
    return _compared(imported=True, may_go_on=lambda: not is_moving_any(at=timezone.now()))


def _compared(*, imported: bool, may_go_on: Callable[[], bool]) -> int:
    by = Actor.job("find duplicates")
    done = compare_alone(imported=imported, by=by, may_go_on=may_go_on)
    if done:
        log.info("customers_compared", count=done, imported=imported)
    return done
