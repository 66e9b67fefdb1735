"""The life of an invoice as a document; what is paid is derived from the allocations."""

from django.db import models


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    ISSUED = "issued", "Issued"
    CANCELED_BY_CREDIT = "canceled_by_credit", "Canceled by credit note"
    WRITTEN_OFF = "written_off", "Written off"
    DISCARDED = "discarded", "Discarded"


class Settlement(models.TextChoices):
    """Derived from total and allocations, kept beside them with the same transaction."""

    NOT_DUE = "not_due", "Not due"  # a draft, or discarded
    UNPAID = "unpaid", "Unpaid"
    PART_PAID = "part_paid", "Partly paid"
    PAID = "paid", "Paid"


class PaymentStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    SUCCEEDED = "succeeded", "Received"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"
    DISPUTED = "disputed", "Disputed"
    REVERSED = "reversed", "Reversed"


class PaymentMethod(models.TextChoices):
    CASH = "cash", "Cash"
    CARD = "card", "Card"
    TRANSFER = "transfer", "Bank transfer"
    OTHER = "other", "Other"


S = InvoiceStatus

# There is no “void” and no way back to draft: corrections are documents of their own.
TRANSITIONS: dict[InvoiceStatus, frozenset[InvoiceStatus]] = {
    S.DRAFT: frozenset({S.ISSUED, S.DISCARDED}),
    S.ISSUED: frozenset({S.CANCELED_BY_CREDIT, S.WRITTEN_OFF}),
    S.WRITTEN_OFF: frozenset({S.ISSUED}),  # money came after all
    S.CANCELED_BY_CREDIT: frozenset(),
    S.DISCARDED: frozenset(),
}
