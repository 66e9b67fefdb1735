"""Invoices as the API sends and accepts them. Nobody sends a number, a total or a state."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers

from billing.document import PriceMode, TaxCategory
from billing.freezing import plain
from billing.models import Invoice, LocationBilling
from billing.planning import LENGTHS, MOST_LINES
from billing.states import InvoiceStatus, PaymentMethod, Settlement
from customers.models import Customer
from hub.access import Capability
from hub.rest.fields import (
    CodeField,
    Described,
    ExpandableField,
    FlagField,
    MomentField,
    MoneyField,
    PublicIdField,
    TextField,
    WholeNumberField,
)
from hub.rest.serializers import AnswerSerializer, InputSerializer

SEES_CUSTOMERS = (Capability.VIEW_CUSTOMER, Capability.VIEW_OWN_CUSTOMER)
CLAIRE = "cus_0192f0c1a2b37c4d8e5f60718293a4b5"
VISIT = "apt_0192f0c1a2b37c4d8e5f60718293a4c6"
HARBOR = "loc_0192f0c1a2b37c4d8e5f60718293a50a"
LINE = "lin_0192f0c1a2b37c4d8e5f60718293a61b"
FIGURE = re.compile(r"\d{1,11}(\.\d{1,4})?", re.ASCII)


class FigureField(Described, serializers.Field[Decimal, str, str, Any]):
    """A quantity, a unit price or a percentage: text with at most four decimals."""

    openapi: Mapping[str, Any] = {"type": "string", "pattern": r"^\d{1,11}(\.\d{1,4})?$"}
    default_error_messages: ClassVar = {"invalid": "Write a number as text, such as “1.5”."}

    def to_internal_value(self, data: object) -> Decimal:
        if not isinstance(data, str) or not FIGURE.fullmatch(data):
            self.fail("invalid")
        return Decimal(data)

    def to_representation(self, value: Decimal) -> str:
        return plain(value)


class TaxDecisionAnswer(AnswerSerializer):
    category = CodeField(choices=[(each.value, each.value) for each in TaxCategory])
    name = TextField(max_length=40)
    rate = TextField(max_length=12)


class LineAnswer(AnswerSerializer):
    """``amount`` is in the price mode of the invoice, as printed."""

    id = PublicIdField("lin", source="pk")
    description = TextField(max_length=LENGTHS["description"])
    quantity = FigureField()
    unit_price = FigureField()
    discount_percent = FigureField()
    discount_reason = TextField(max_length=LENGTHS["discount_reason"])
    tax_class = TextField(max_length=LENGTHS["tax_class"])
    taxes = TaxDecisionAnswer(many=True)
    amount = MoneyField(currency="invoice.currency")
    appointment = PublicIdField("apt", source="appointment_id", allow_null=True)


class TaxAnswer(AnswerSerializer):
    category = CodeField(choices=[(each.value, each.value) for each in TaxCategory])
    name = TextField(max_length=40)
    rate = FigureField()
    base = MoneyField(currency="invoice.currency")
    tax = MoneyField(currency="invoice.currency")


class PaymentAnswer(AnswerSerializer):
    """What a payment settles of this invoice."""

    id = PublicIdField("pay", source="payment_id")
    amount = MoneyField(currency="payment.currency")
    method = CodeField(source="payment.method", choices=PaymentMethod.choices)
    received_at = MomentField(source="payment.received_at")
    reference = TextField(source="payment.reference", max_length=120)


class DocumentAnswer(AnswerSerializer):
    """The one PDF; the same bytes at every download."""

    sha256 = TextField(max_length=64)
    size = WholeNumberField()


class OverdueField(FlagField):
    """Follows from the due date and the clock of the seller."""

    def get_attribute(self, instance: Invoice) -> bool:
        return instance.is_overdue(at=timezone.now())


class InvoiceAnswer(AnswerSerializer):
    """Amounts are text in ``currency``. ``taxes`` and ``document`` are there once it is issued."""

    example: ClassVar = {
        "id": "inv_0192f0c1a2b37c4d8e5f60718293a72c",
        "number": "2026-0184",
        "status": "issued",
        "settlement": "part_paid",
        "is_overdue": False,
        "customer": CLAIRE,
        "location": HARBOR,
        "currency": "EUR",
        "price_mode": "inclusive",
        "issue_date": "2026-11-12",
        "issued_at": "2026-11-12T08:14:00Z",
        "due_date": "2026-12-12",
        "paid_at": None,
        "net": "41.18",
        "tax": "7.82",
        "total": "49.00",
        "written_off": "0.00",
        "balance": "29.00",
        "lines": [
            {
                "id": LINE,
                "description": "Haircut",
                "quantity": "1",
                "unit_price": "49",
                "discount_percent": "0",
                "discount_reason": "",
                "tax_class": "standard",
                "taxes": [{"category": "S", "name": "VAT", "rate": "19.0000"}],
                "amount": "49.00",
                "appointment": VISIT,
            }
        ],
        "taxes": [{"category": "S", "name": "VAT", "rate": "19", "base": "41.18", "tax": "7.82"}],
        "payments": [
            {
                "id": "pay_0192f0c1a2b37c4d8e5f60718293a83d",
                "amount": "20.00",
                "method": "card",
                "received_at": "2026-11-18T15:20:00Z",
                "reference": "Terminal 4711",
            }
        ],
        "document": {"sha256": "cd8019ed4863b8f7" * 4, "size": 18897},
        "created_at": "2026-11-11T16:02:00Z",
    }

    id = PublicIdField("inv", source="pk")
    number = TextField(max_length=32)
    status = CodeField(choices=InvoiceStatus.choices)
    settlement = CodeField(choices=Settlement.choices)
    is_overdue = OverdueField()
    customer = ExpandableField(
        "cus", "customers.api.serializers.CustomerAnswer", needs=SEES_CUSTOMERS
    )
    location = PublicIdField("loc", source="location_id")
    currency = TextField(max_length=3)
    price_mode = CodeField(choices=[(mode.value, mode.value) for mode in PriceMode])
    issue_date = serializers.DateField(allow_null=True)
    issued_at = MomentField(allow_null=True)
    due_date = serializers.DateField(allow_null=True)
    paid_at = MomentField(allow_null=True)
    net = MoneyField()
    tax = MoneyField()
    total = MoneyField()
    written_off = MoneyField()
    balance = MoneyField()
    lines = LineAnswer(source="lines.all", many=True)
    taxes = TaxAnswer(source="taxes.all", many=True)
    payments = PaymentAnswer(source="allocations.all", many=True)
    document = DocumentAnswer(source="pdf", allow_null=True)
    created_at = MomentField()


class NewLine(InputSerializer):
    """Without ``id`` a new line; with it the line that is there, its appointment kept."""

    id = PublicIdField("lin", required=False)
    description = TextField(max_length=LENGTHS["description"])
    quantity = FigureField(required=False)
    unit_price = FigureField()
    discount_percent = FigureField(required=False)
    discount_reason = TextField(max_length=LENGTHS["discount_reason"], required=False)
    tax_class = TextField(max_length=LENGTHS["tax_class"], required=False, allow_blank=False)


HAIRCUT = {"description": "Haircut", "quantity": "1", "unit_price": "49.00"}
TEA = {
    "description": "Tea, 100 g",
    "quantity": "2",
    "unit_price": "8.50",
    "discount_percent": "10",
    "discount_reason": "Regular customer",
}


class Lines(InputSerializer):
    """All lines, in their order: what is not sent is taken off the draft."""

    example: ClassVar = {"lines": [{"id": LINE, **HAIRCUT}, TEA]}

    lines = serializers.ListField(child=NewLine(), max_length=MOST_LINES)


class NewInvoice(InputSerializer):
    example: ClassVar = {"customer": CLAIRE, "location": HARBOR, "lines": [HAIRCUT]}

    customer = PublicIdField("cus", of=Customer.objects.visible_to)
    location = PublicIdField("loc", of=LocationBilling.objects.open_to)
    lines = serializers.ListField(child=NewLine(), max_length=MOST_LINES, required=False)


class NewPayment(InputSerializer):
    """Without ``received_at`` it came in now. The id of a provider's event is recorded once."""

    example: ClassVar = {
        "amount": "20.00",
        "method": "card",
        "received_at": "2026-11-18T16:20:00+01:00",
        "reference": "Terminal 4711",
    }

    amount = MoneyField()
    method = CodeField(choices=PaymentMethod.choices)
    received_at = MomentField(required=False)
    reference = TextField(max_length=120, required=False)
    provider_event_id = TextField(max_length=120, required=False)
