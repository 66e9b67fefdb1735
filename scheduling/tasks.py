import structlog
from celery import shared_task
from django.utils import timezone

from hub.actors import Actor
from scheduling.approving import decline_unanswered
from scheduling.canceling import release_expired
from scheduling.holding_time import forget_over
from scheduling.repeating.going_on import go_on_with_all

log = structlog.get_logger(__name__)


@shared_task(name="scheduling.release_expired")
def release_expired_slots() -> None:
    """Free canceled slots that cannot be undone any more, and holds whose time is over."""
    at = timezone.now()
    released, forgotten = release_expired(at=at), forget_over(at=at)
    declined = decline_unanswered(at=at)
    if declined:
        log.info("requests_declined", count=declined)
    if released:
        log.info("slots_released", count=released)
    if forgotten:
        log.info("holds_forgotten", count=forgotten)


@shared_task(name="scheduling.go_on_with_series")
def go_on_with_series() -> None:
    """Book the visits of series that came into reach."""
    booked = go_on_with_all(at=timezone.now(), by=Actor.job("go on with series"))
    if booked:
        log.info("visits_booked", count=booked)
