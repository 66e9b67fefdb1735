"""Entry points for Celery: read the clock, make one call."""

import time
from contextlib import suppress
from uuid import UUID

import structlog
from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from hub import outbox
from hub.access import AccessDenied
from hub.actors import Actor
from hub.errors import DomainError
from hub.lifecycle import IllegalTransition
from scheduling.moving_in.forgetting import FORGET_TASK, forget_due
from scheduling.moving_in.moving import (
    MOVE_TASK,
    SILENT_FOR,
    call_worker,
    fail,
    moving,
    standing_still,
)
from scheduling.moving_in.taking_back import (
    TAKE_BACK_TASK,
    call_back,
    running,
    step_back,
    stop_taking_back,
)

# Other work of the same queue gets its turn in between. Before a slice of a check comes what the
# rows before it would take, of a file of the largest size for a minute and a half.
SLICE_SECONDS = 60.0
PAUSE_SECONDS = 5.0

log = structlog.get_logger(__name__)


@shared_task(name=MOVE_TASK, soft_time_limit=240, time_limit=270)
def move_in(moving_in_id: str) -> None:
    """Check or import rows for a while, then ring for the next worker."""
    try:
        with moving(UUID(moving_in_id), at=timezone.now()) as mover:
            began = time.monotonic()
            while mover and mover.step(at=timezone.now()):
                if time.monotonic() > began + SLICE_SECONDS:
                    outbox.ring(MOVE_TASK, moving_in_id=moving_in_id)
                    return
    except OperationalError as error:  # somebody held a lock, or the database is away
        log.warning("moving_in_waits", moving_in_id=moving_in_id, error=type(error).__name__)
        outbox.ring(MOVE_TASK, PAUSE_SECONDS, moving_in_id=moving_in_id)
    except DomainError as error:
        log.info("moving_in_failed", moving_in_id=moving_in_id, code=error.code)
        _fail(moving_in_id, str(error))
    except Exception:
        log.exception("moving_in_failed", moving_in_id=moving_in_id)
        problem = "Something went wrong here, and the import was stopped. What was done is kept."
        _fail(moving_in_id, problem)


def _fail(moving_in_id: str, problem: str) -> None:
    # It is over when another worker came upon the same problem first.
    with suppress(IllegalTransition):
        fail(UUID(moving_in_id), problem, at=timezone.now())


@shared_task(name=TAKE_BACK_TASK, soft_time_limit=240, time_limit=270)
def take_back(moving_in_id: str) -> None:
    """Take a file back for a while, then ring for the next worker."""
    began = time.monotonic()
    try:
        while step_back(UUID(moving_in_id), at=timezone.now()):
            if time.monotonic() > began + SLICE_SECONDS:
                outbox.ring(TAKE_BACK_TASK, moving_in_id=moving_in_id)
                return
    except OperationalError as error:  # somebody held a lock, or the database is away
        log.warning("taking_back_waits", moving_in_id=moving_in_id, error=type(error).__name__)
        outbox.ring(TAKE_BACK_TASK, PAUSE_SECONDS, moving_in_id=moving_in_id)
    except AccessDenied:  # whoever asked for it lost the right; somebody else may ask
        log.info("taking_back_stopped", moving_in_id=moving_in_id)
        stop_taking_back(UUID(moving_in_id), at=timezone.now())


@shared_task(name="scheduling.sweep_moving_in")
def sweep_moving_in() -> None:
    """Ring for the files that nobody has moved for a minute."""
    now = timezone.now()
    for found in standing_still(at=now):
        call_worker(found)
    for found in running(silent_since=now - SILENT_FOR):
        call_back(found)


@shared_task(name=FORGET_TASK)
def forget_moving_in() -> int:
    """Delete uploaded files that are old, or that name somebody who was erased."""
    try:
        count = forget_due(at=timezone.now(), by=Actor.job("delete files of moving in"))
    except OperationalError as error:  # an upload is under way; the schedule comes again
        log.warning("files_wait", error=type(error).__name__)
        return 0
    if count:
        log.info("files_of_moving_in_deleted", count=count)
    return count
