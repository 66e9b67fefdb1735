"""The canonical document: its PDF as stored, its picture, and how its figures come about."""

import json
from uuid import UUID

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.assembling import document_of, lines_of
from billing.deriving import derive
from billing.freezing import thaw
from billing.models import Invoice
from billing.picturing import drawn, picture_of
from billing.rechecking import recheck
from billing.snapshot import snapshot_sha256
from billing.streaming import stream
from billing.totals import calculate
from billing.web.pages import LOCALE, document_frame, found
from hub import documents
from hub.access import Capability, requires
from hub.documents import DocumentDamaged

RETRY_AFTER_SECONDS = "2"

log = structlog.get_logger(__name__)


@require_safe
@requires(Capability.VIEW_INVOICE)
def send_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the stored bytes, the same ones for ever."""
    invoice = found(request, pk)
    if invoice.pdf is None:
        return _not_ready(request, invoice)
    try:
        content = documents.read(invoice.pdf.sha256)
    except DocumentDamaged:
        return _damaged(request, invoice)
    return stream(
        request,
        content,
        sha256=invoice.pdf.sha256,
        media_type=invoice.pdf.media_type,
        name=f"{invoice.number}.pdf",
    )


@require_safe
@requires(Capability.VIEW_INVOICE)
def send_picture(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send page 1 as PNG; made on the spot where no worker has done it yet."""
    invoice = found(request, pk)
    if invoice.pdf is None:
        return _not_ready(request, invoice)
    try:
        picture = picture_of(invoice.pdf)
        content = drawn(picture)
    except DocumentDamaged:
        return _damaged(request, invoice)
    return stream(request, content, sha256=picture.png_id, media_type=picture.png.media_type)


@require_safe
@requires(Capability.VIEW_INVOICE)
def show_frame(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer the frame of the document; it asks again by itself until the PDF is there."""
    invoice = found(request, pk)
    if not invoice.snapshot_text:
        raise Http404
    context = document_frame(request, invoice) | {"is_answer": True}
    return render(request, "billing/_document.html", context)


@require_safe
@requires(Capability.VIEW_INVOICE)
def show_arithmetic(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Derive every figure anew, from what was frozen or from the lines of a draft."""
    invoice = found(request, pk)
    text = invoice.snapshot_text
    document = thaw(json.loads(text)) if text else document_of(invoice, lines_of(invoice))
    totals = calculate(document)
    faults = recheck(document, totals)
    if (totals.net, totals.tax, totals.total) != (invoice.net, invoice.tax, invoice.total):
        faults.append("The stored totals are not those of the lines.")
    if text and snapshot_sha256(text) != invoice.snapshot_sha256:
        faults.append("The frozen content no longer has its seal.")
    context = {
        "invoice": invoice,
        "rows": derive(document, totals, locale=LOCALE),
        "faults": faults,
    }
    return render(request, "billing/_arithmetic.html", context)


def _damaged(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    log.error("document_damaged", invoice=str(invoice.pk))
    return render(request, "billing/no_document.html", {"invoice": invoice}, status=409)


def _not_ready(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """Say that the PDF is being made; there is none for a draft.

    :raises Http404: it was never issued.
    """
    if not invoice.snapshot_text:
        raise Http404
    answer = render(request, "billing/no_document.html", {"invoice": invoice}, status=409)
    answer["Retry-After"] = RETRY_AFTER_SECONDS
    return answer
