"""Entry points for Celery: read the clock, make one call."""

from celery import shared_task
from django.utils import timezone

from billing import rendering, settling
from hub.actors import Actor


@shared_task(name="billing.render_documents")
def render_documents() -> int:
    return rendering.render_pending(by=Actor.job("render documents"))


@shared_task(name="billing.note_overdue")
def note_overdue() -> int:
    return settling.note_overdue(at=timezone.now(), by=Actor.job("note overdue invoices"))
