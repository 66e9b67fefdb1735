import structlog
from celery import shared_task
from django.utils import timezone

from hub import outbox
from hub.actors import Actor
from scheduling.approving import decline_unanswered
from scheduling.canceling import release_expired
from scheduling.holding_time import forget_over
from scheduling.models import WaitingEntry
from scheduling.repeating.going_on import go_on_with_all
from scheduling.waiting.answering import expire_offers
from scheduling.waiting.offering import TASK, offer_freed

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
    if WaitingEntry.objects.filter(is_open=True).exists():
        outbox.ring(TASK)


@shared_task(name=TASK)
def offer_freed_times() -> None:
    """End the offers nobody answered, and offer what is free to those who wait for it."""
    at = timezone.now()
    over, offered = expire_offers(at=at), offer_freed(at=at)
    if over or offered:
        log.info("waiting_list_looked_at", over=over, offered=offered)


@shared_task(name="scheduling.go_on_with_series")
def go_on_with_series() -> None:
    """Book the visits of series that came into reach."""
    booked = go_on_with_all(at=timezone.now(), by=Actor.job("go on with series"))
    if booked:
        log.info("visits_booked", count=booked)
