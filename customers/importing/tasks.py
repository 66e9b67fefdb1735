"""Entry points for Celery: read the clock, make one call."""

import time
from contextlib import suppress
from uuid import UUID

import structlog
from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from customers.importing.forgetting import FORGET_TASK, forget_due
from customers.importing.moving import (
    MOVE_TASK,
    call_workers,
    fail_import,
    moving,
    standing_still,
)
from hub import outbox
from hub.actors import Actor
from hub.errors import DomainError
from hub.lifecycle import IllegalTransition

# Other work of the same queue gets its turn in between. A check takes one worker only, and recalls
# all that it foresaw whenever it resumes, so its slice is longer.
SLICE_SECONDS = 20.0
SLICE_OF_CHECK_SECONDS = 90.0
PAUSE_SECONDS = 5.0

log = structlog.get_logger(__name__)


@shared_task(name=MOVE_TASK, soft_time_limit=150, time_limit=180)
def move_import(import_id: str, worker: str = "0") -> None:
    """Check or import chunks for a while, then ring for the next worker.

    ``worker`` only makes the bells of one import differ.
    """
    began = time.monotonic()
    try:
        with moving(UUID(import_id)) as mover:
            while mover and mover.step(at=timezone.now()):
                slice_seconds = SLICE_OF_CHECK_SECONDS if mover.is_check else SLICE_SECONDS
                if time.monotonic() > began + slice_seconds:
                    outbox.ring(MOVE_TASK, import_id=import_id, worker=worker)
                    return
    except OperationalError as error:  # somebody held a lock, or the database is away
        log.warning("import_waits", import_id=import_id, error=type(error).__name__)
        outbox.ring(MOVE_TASK, PAUSE_SECONDS, import_id=import_id, worker=worker)
    except DomainError as error:
        log.info("import_failed", import_id=import_id, code=error.code)
        _fail(import_id, str(error))
    except Exception:
        log.exception("import_failed", import_id=import_id)
        problem = "Something went wrong here, and the import was stopped. What was done is kept."
        _fail(import_id, problem)


def _fail(import_id: str, problem: str) -> None:
    # It is over when another worker came upon the same problem first.
    with suppress(IllegalTransition):
        fail_import(UUID(import_id), problem, at=timezone.now())


@shared_task(name="customers.sweep_imports")
def sweep_imports() -> None:
    """Ring for the imports that nobody has moved for a minute."""
    for found in standing_still(at=timezone.now()):
        call_workers(found)


@shared_task(name=FORGET_TASK)
def forget_import_files() -> int:
    """Delete uploaded files that are old, or that name somebody who was erased."""
    try:
        count = forget_due(at=timezone.now(), by=Actor.job("delete import files"))
    except OperationalError as error:  # an upload is under way; the schedule comes again
        log.warning("import_files_wait", error=type(error).__name__)
        return 0
    if count:
        log.info("import_files_deleted", count=count)
    return count
