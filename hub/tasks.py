"""What the schedule starts for the hub itself."""

import structlog
from celery import shared_task
from django.utils import timezone

from hub.forgetting import forget_old_rows

log = structlog.get_logger(__name__)


@shared_task(name="hub.forget_old_rows")
def forget() -> None:
    forgotten = forget_old_rows(at=timezone.now())
    log.info("forgot_old_rows", **forgotten)
