"""The invoice: a draft that can be edited, then a frozen document with one number and one PDF."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from billing.document import PriceMode
from billing.models.entities import LegalEntity, NumberSeries
from billing.states import InvoiceStatus, Settlement
from customers.models import Customer
from hub import history
from hub.access import Access, Capability
from hub.identifiers import uuid7
from hub.models import StoredFile
from scheduling.models import Appointment, Location


def _amount() -> Any:
    return models.DecimalField(max_digits=15, decimal_places=3, default=0)


def past_due(*, at: datetime) -> Q:
    """The condition that the due date is over where the seller is; reads the few sellers."""
    days = {
        entity.pk: at.astimezone(entity.time_zone).date() for entity in LegalEntity.objects.all()
    }
    over = (Q(legal_entity=pk, due_date__lt=day) for pk, day in days.items())
    return reduce(or_, over, Q(pk__in=()))


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, access: Access) -> Self:
        """Invoices that a principal may open, within its locations."""
        if not access.can(Capability.VIEW_INVOICE):
            return self.none()
        return self if access.locations is None else self.filter(location__in=access.locations)

    def open(self) -> Self:
        """Issued, with something still to pay."""
        return self.filter(status=InvoiceStatus.ISSUED, balance__gt=0)

    def overdue(self, *, at: datetime) -> Self:
        """Open past its due date, by the calendar day of its legal entity at ``at``."""
        return self.open().filter(past_due(at=at))


class Invoice(models.Model):
    """Everything above the totals may change while it is a draft, nothing after it is issued.

    A database trigger refuses a change of an issued one's content (INV-05); amounts are in
    ``currency``, ``balance`` and ``settlement`` follow from the allocations.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="invoices")
    location = models.ForeignKey(Location, models.PROTECT, related_name="invoices")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices", db_index=False)
    status = models.CharField(max_length=20, choices=InvoiceStatus, default=InvoiceStatus.DRAFT)
    currency = models.CharField(max_length=3)
    price_mode = models.CharField(
        max_length=12, choices=[(mode.value, mode.value) for mode in PriceMode]
    )
    note = models.TextField(blank=True, max_length=2000)

    series = models.ForeignKey(
        NumberSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invoices",
        db_index=False,
    )
    series_number = models.PositiveIntegerField(null=True, blank=True)
    number = models.CharField(max_length=32, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    issue_date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)

    net = _amount()
    tax = _amount()
    total = _amount()
    written_off = _amount()
    balance = _amount()
    settlement = models.CharField(max_length=12, choices=Settlement, default=Settlement.NOT_DUE)
    paid_at = models.DateTimeField(null=True, blank=True)
    overdue_since = models.DateField(null=True, blank=True)
    write_off_reason = models.CharField(max_length=200, blank=True)

    snapshot_text = models.TextField(blank=True, editable=False)
    snapshot_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked(excluded_fields=["snapshot_text"])
    objects = InvoiceQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions: ClassVar = [
            ("flag_balance", "See whether a customer owes money, not how much"),
            ("view_invoice", "See invoices and balances"),
            ("draft_invoice", "Draft and edit invoices"),
            ("issue_invoice", "Issue invoices"),
            ("record_payment", "Record payments"),
            ("write_off_invoice", "Write invoices off"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="invoice_numbered_iff_issued",
                condition=Q(
                    status__in=[InvoiceStatus.DRAFT, InvoiceStatus.DISCARDED],
                    number="",
                    series=None,
                    series_number=None,
                    issued_at=None,
                    snapshot_sha256="",
                )
                | (
                    ~Q(status__in=[InvoiceStatus.DRAFT, InvoiceStatus.DISCARDED])
                    & ~Q(number="")
                    & ~Q(snapshot_sha256="")
                    & Q(
                        series__isnull=False,
                        series_number__isnull=False,
                        issued_at__isnull=False,
                        issue_date__isnull=False,
                        due_date__isnull=False,
                    )
                ),
            ),
            models.UniqueConstraint(
                fields=["series", "series_number"], name="invoice_number_once_per_series"
            ),
            models.UniqueConstraint(
                fields=["legal_entity", "number"],
                condition=~Q(number=""),
                name="invoice_number_once_per_entity",
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=F("total")), name="invoice_never_overpaid"
            ),
            models.CheckConstraint(
                condition=Q(total=F("net") + F("tax")), name="invoice_total_is_net_plus_tax"
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="invoice_total_not_negative"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at", "id"], name="invoice_by_age"),
            models.Index(fields=["customer", "created_at"], name="invoice_by_customer"),
            models.Index(
                fields=["due_date"], name="invoice_open_by_due", condition=Q(balance__gt=0)
            ),
            models.Index(
                fields=["created_at", "id"],
                name="invoice_drafts_by_age",
                condition=Q(status=InvoiceStatus.DRAFT),
            ),
            models.Index(
                fields=["issued_at"],
                name="invoice_without_pdf",
                condition=Q(pdf=None, issued_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return f"/invoices/{self.pk}/"

    def is_overdue(self, *, at: datetime) -> bool:
        """Say whether something is open past the due date; reads the seller's time zone."""
        if self.due_date is None or self.status != InvoiceStatus.ISSUED or not self.balance:
            return False
        return self.due_date < at.astimezone(self.legal_entity.time_zone).date()

    @property
    def label(self) -> str:
        return self.number or f"DRAFT-{self.pk.hex[-8:].upper()}"


class InvoiceLine(models.Model):
    """One line; ``taxes`` is the decision frozen with it: ``[{category, rate, name, rule}]``.

    A line for an appointment belongs to that appointment's customer (ID-3): by a trigger.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=12, decimal_places=4, default=1)
    unit_price = models.DecimalField(max_digits=15, decimal_places=4)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    discount_reason = models.CharField(max_length=80, blank=True)
    tax_class = models.CharField(max_length=20, default="standard")
    taxes = models.JSONField(default=list)
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="invoice_lines"
    )
    amount = _amount()
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invoice", "position"],
                name="line_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
                name="line_discount_percent",
            ),
            models.CheckConstraint(
                condition=Q(discount_percent=0) | ~Q(discount_reason=""),
                name="line_discount_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, quantity__gt=0), name="line_figures_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.description


class InvoiceTax(models.Model):
    """One tax bucket of an issued invoice: per category, rate and name (BR-S-08)."""

    id = models.BigAutoField(primary_key=True)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="taxes", db_index=False)
    category = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=7, decimal_places=4)
    name = models.CharField(max_length=40)
    base = _amount()
    tax = _amount()
    gross = _amount()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invoice", "category", "rate", "name"], name="tax_bucket_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.rate}"
