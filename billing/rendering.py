"""Give each issued invoice its one PDF: rendered once from the snapshot, kept by its hash."""

import json
from uuid import UUID

import structlog
from django.db import transaction

from billing.models import Invoice
from billing.pdf import render_invoice_pdf
from billing.picturing import picture_of
from hub import documents, history, locks
from hub.actors import Actor
from hub.chaos import crash_point
from hub.documents import DocumentDamaged
from hub.errors import DomainError

BATCH_SIZE = 50

log = structlog.get_logger(__name__)


class NotIssuedYet(DomainError):
    code = "not_issued"


class DocumentNotReady(DomainError):
    code = "document_not_ready"


def render_document(invoice_id: UUID, *, by: Actor) -> Invoice:
    """Render and store the PDF unless it is there; safe to repeat and to interrupt anywhere.

    :raises NotIssuedYet: a draft has no canonical document.
    """
    invoice = Invoice.objects.get(pk=invoice_id)
    if not invoice.snapshot_text:
        raise NotIssuedYet("Only an issued invoice has a document.")
    if invoice.pdf_id is None:
        content = render_invoice_pdf(json.loads(invoice.snapshot_text))
        crash_point("between_pdf_and_hash")
        _attach(invoice, content, by=by)
    return invoice


def render_pending(*, by: Actor) -> int:
    """Render what is missing, with its picture, and return how many were rendered.

    The newest come first: somebody who has just issued one is looking at its page.
    """
    missing = Invoice.objects.filter(pdf=None, issued_at__isnull=False)
    newest = missing.order_by("-issued_at", "-pk").values_list("pk", flat=True)
    rendered = 0
    for invoice_id in list(newest[:BATCH_SIZE]):
        try:
            invoice = render_document(invoice_id, by=by)
            rendered += 1
            if invoice.pdf is not None:
                picture_of(invoice.pdf)
        except (ValueError, RuntimeError, OSError, DocumentDamaged):
            log.exception("document_not_rendered", invoice=str(invoice_id))
    return rendered


@transaction.atomic
def _attach(invoice: Invoice, content: bytes, *, by: Actor) -> None:
    locks.exclusively([f"document of {invoice.pk}"])
    invoice.refresh_from_db(fields=["pdf"])
    if invoice.pdf_id is not None:
        return
    invoice.pdf = documents.store(content, media_type="application/pdf")
    history.attach(invoice, fields=["pdf"], by=by)
