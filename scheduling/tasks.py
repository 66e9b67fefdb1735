import structlog
from celery import shared_task
from django.utils import timezone

from scheduling.canceling import release_expired

log = structlog.get_logger(__name__)


@shared_task(name="scheduling.release_expired")
def release_expired_slots() -> None:
    released = release_expired(at=timezone.now())
    if released:
        log.info("slots_released", count=released)
