"""Invoices over the API: every change is one call of the verb that the browser uses too."""

from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.filters import InvoiceFilters
from billing.api.serializers import InvoiceAnswer, Lines, NewInvoice, NewPayment
from billing.assembling import today_of
from billing.drafting import discard_draft, draft_with_lines, set_lines
from billing.issuing import issue_invoice
from billing.models import Allocation, Invoice, InvoiceLine, InvoiceTax
from billing.payments import record_payment
from billing.planning import LineInput
from billing.rendering import DocumentNotReady
from billing.states import PaymentMethod
from billing.streaming import stream
from customers.models import Customer
from hub import documents
from hub.access import Capability
from hub.rest.records import RecordViewSet
from hub.rest.rendering import FastJsonRenderer

SEES = (Capability.VIEW_INVOICE,)
DRAFTS = (Capability.DRAFT_INVOICE,)


class PdfRenderer(FastJsonRenderer):
    """Lets callers ask for a PDF; a refusal is a problem in JSON all the same."""

    media_type = "application/pdf"
    format = "pdf"


class InvoiceViewSet(RecordViewSet[Invoice]):
    """Invoices: draft, issue, settle. What is issued never changes."""

    prefix = "inv"
    serializer_class = InvoiceAnswer
    filterset_class = InvoiceFilters
    inputs: ClassVar = {"create": NewInvoice, "lines": Lines, "payments": NewPayment}
    answers: ClassVar = {"document": "application/pdf"}
    capabilities: ClassVar = {
        "list": SEES,
        "retrieve": SEES,
        "create": DRAFTS,
        "lines": DRAFTS,
        "discard": DRAFTS,
        "issue": (Capability.ISSUE_INVOICE,),
        "payments": (Capability.RECORD_PAYMENT,),
        "document": SEES,
    }

    def visible(self) -> QuerySet[Invoice]:
        shown = Invoice.objects.visible_to(self.access).select_related("legal_entity", "pdf")
        paid = Allocation.objects.select_related("payment").order_by("created_at", "pk")
        shown = shown.prefetch_related(
            Prefetch("lines", InvoiceLine.objects.order_by("position", "pk")),
            Prefetch("taxes", InvoiceTax.objects.order_by("name", "-rate", "pk")),
            Prefetch("allocations", paid),
        )
        if "customer" in self.shown["expand"]:
            whole = Customer.objects.with_contacts().with_addresses()
            shown = shown.prefetch_related(Prefetch("customer", whole))
        return shown

    def create(self, request: Request) -> Response:
        """Begin a draft, with lines or without."""
        values = self.read()
        draft = draft_with_lines(
            values["customer"],
            location_id=values["location"],
            lines=_lines(values.get("lines", [])),
            at=timezone.now(),
            by=self.actor,
        )
        return self.created(draft)

    @action(detail=True, methods=["post"])
    def lines(self, request: Request, id: str) -> Response:
        """Replace the lines of a draft.

        Lines that are sent with their `id` stay, with the appointment they bill; others that are
        there are taken off. Amounts, taxes and totals are computed here.
        """
        invoice = self.load()
        changed = set_lines(
            invoice.pk,
            _lines(self.read()["lines"]),
            on=today_of(invoice, at=timezone.now()),
            by=self.actor,
            expected_version=invoice.version,
        )
        return self.answer(changed)

    @action(detail=True, methods=["post"])
    def issue(self, request: Request, id: str) -> Response:
        """Issue a draft: its content is frozen and it gets its number.

        The PDF follows within seconds; `document` is null until then.
        """
        invoice = self.load()
        issued = issue_invoice(
            invoice.pk, at=timezone.now(), by=self.actor, expected_version=invoice.version
        )
        return self.answer(issued)

    @action(detail=True, methods=["post"])
    def discard(self, request: Request, id: str) -> Response:
        """Put a draft aside; it never had a number."""
        invoice = self.load()
        discarded = discard_draft(invoice.pk, by=self.actor, expected_version=invoice.version)
        return self.answer(discarded)

    @action(detail=True, methods=["post"])
    def payments(self, request: Request, id: str) -> Response:
        """Record a payment of an issued invoice.

        At most what is open: an invoice is never overpaid. Answers with the invoice.
        """
        invoice, values, at = self.load(), self.read(), timezone.now()
        record_payment(
            invoice.pk,
            amount=values["amount"],
            method=PaymentMethod(values["method"]),
            received_at=values.get("received_at", at),
            reference=values.get("reference", ""),
            provider_event_id=values.get("provider_event_id", ""),
            expected_version=invoice.version,
            at=at,
            by=self.actor,
        )
        return self.answer(invoice)

    @action(detail=True, renderer_classes=[FastJsonRenderer, PdfRenderer])
    def document(self, request: Request, id: str) -> HttpResponse:
        """Download the PDF: exactly the stored bytes.

        Understands If-None-Match and Range. Refused with 409 and `document_not_ready` in the
        seconds after issuing, and for a draft.
        """
        invoice = self.load()
        if invoice.pdf is None:
            raise DocumentNotReady("The PDF of this invoice is not there yet.")
        return stream(
            request,
            documents.read(invoice.pdf.sha256),
            sha256=invoice.pdf.sha256,
            media_type=invoice.pdf.media_type,
            name=f"{invoice.number}.pdf",
        )


def _lines(given: list[dict[str, Any]]) -> list[LineInput]:
    return [LineInput(**({"quantity": Decimal(1)} | line)) for line in given]
