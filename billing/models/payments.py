"""Money received, and where it went: allocations are only ever added."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.models.invoices import Invoice
from billing.states import PaymentMethod, PaymentStatus
from customers.models import Customer
from hub import history
from hub.identifiers import uuid7


class Payment(models.Model):
    """An amount from one customer; what is not allocated stays theirs, visibly unapplied."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=15, decimal_places=3)
    unapplied = models.DecimalField(max_digits=15, decimal_places=3)
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=12, choices=PaymentMethod)
    status = models.CharField(
        max_length=12, choices=PaymentStatus, default=PaymentStatus.SUCCEEDED
    )
    reference = models.CharField(max_length=120, blank=True)
    provider_event_id = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        permissions: ClassVar = []
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(unapplied__gte=0, unapplied__lte=models.F("amount")),
                name="payment_never_overspent",
            ),
            models.UniqueConstraint(
                fields=["provider_event_id"],
                condition=~Q(provider_event_id=""),
                name="payment_once_per_provider_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Allocation(models.Model):
    """A part of a payment that pays an invoice; taken back by a row of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="allocations")
    amount = models.DecimalField(max_digits=15, decimal_places=3)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="allocation_sign_says_its_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} → {self.invoice}"
