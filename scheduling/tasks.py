import structlog
from celery import shared_task
from django.utils import timezone

from hub.actors import Actor
from scheduling.canceling import release_expired
from scheduling.repeating.going_on import go_on_with_all

log = structlog.get_logger(__name__)


@shared_task(name="scheduling.release_expired")
def release_expired_slots() -> None:
    released = release_expired(at=timezone.now())
    if released:
        log.info("slots_released", count=released)


@shared_task(name="scheduling.go_on_with_series")
def go_on_with_series() -> None:
    """Book the visits of series that came into reach."""
    booked = go_on_with_all(at=timezone.now(), by=Actor.job("go on with series"))
    if booked:
        log.info("visits_booked", count=booked)
