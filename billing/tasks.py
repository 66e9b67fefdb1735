"""Entry points for Celery: read the clock, make one call."""

import structlog
from celery import shared_task
from django.utils import timezone

from billing import belonging, rendering, settling
from hub.actors import Actor

log = structlog.get_logger(__name__)


@shared_task(name="billing.render_documents")
def render_documents() -> int:
    return rendering.render_pending(by=Actor.job("render documents"))


@shared_task(name="billing.note_overdue")
def note_overdue() -> int:
    return settling.note_overdue(at=timezone.now(), by=Actor.job("note overdue invoices"))


@shared_task(name="billing.inspect_lines")
def inspect_lines() -> int:
    """Look for visits apart from their invoice, every night; there are none."""
    inspection = belonging.inspect_lines(at=timezone.now())
    tell = log.error if inspection.found else log.info
    tell("lines_inspected", found=inspection.found, invoices=inspection.examples)
    return inspection.found
