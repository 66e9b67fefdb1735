import structlog
from celery import shared_task
from django.utils import timezone

from hub.notifications.sending import send_due

log = structlog.get_logger(__name__)


@shared_task(name="notifications.send_due")
def send_due_notifications() -> None:
    sent = send_due(at=timezone.now())
    if sent:
        log.info("notifications_sent", count=sent)
