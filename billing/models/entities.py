"""Who sells, at which taxes, under which numbers."""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from timezone_field import TimeZoneField

from billing.document import PriceMode, TaxCategory
from hub import history
from hub.access import Access
from hub.identifiers import uuid7
from scheduling.models import Location


class LegalEntity(models.Model):
    """A seller: name, address and tax number as they stand on its invoices."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120, unique=True)
    street = models.CharField(max_length=160)
    postal_code = models.CharField(max_length=20)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    tax_id = models.CharField(max_length=40, blank=True)
    registration = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    bank_name = models.CharField(max_length=80, blank=True)
    iban = models.CharField(max_length=40, blank=True)
    bic = models.CharField(max_length=12, blank=True)
    time_zone = TimeZoneField(help_text="Its day decides issue and due dates")
    locale = models.CharField(max_length=12, default="en_US")
    payment_term_days = models.PositiveSmallIntegerField(default=14)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class LocationBillingQuerySet(models.QuerySet["LocationBilling"]):
    def open_to(self, access: Access) -> Self:
        """Active locations that a principal may bill for, with their names joined in."""
        places = self.filter(location__is_active=True).select_related("location")
        if access.locations is None:
            return places
        return places.filter(location__in=access.locations)


class LocationBilling(models.Model):
    """How a location bills: its legal entity and whether its prices contain the tax."""

    location = models.OneToOneField(
        Location, models.PROTECT, primary_key=True, related_name="billing"
    )
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="locations")
    price_mode = models.CharField(
        max_length=12, choices=[(mode.value, mode.value) for mode in PriceMode]
    )
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()
    objects = LocationBillingQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.location}: {self.legal_entity}"


class TaxRate(models.Model):
    """A rate for a tax class at a location, in force over a range of dates (end excluded)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    location = models.ForeignKey(Location, models.PROTECT, related_name="tax_rates")
    tax_class = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    category = models.CharField(
        max_length=2, choices=[(category.value, category.value) for category in TaxCategory]
    )
    rate = models.DecimalField(max_digits=7, decimal_places=4, help_text="percent")
    exemption_reason = models.CharField(max_length=200, blank=True)
    valid = DateRangeField()
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            ExclusionConstraint(
                name="tax_rate_once_at_a_time",
                expressions=[
                    ("location", RangeOperators.EQUAL),
                    ("tax_class", RangeOperators.EQUAL),
                    ("name", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=100), name="tax_rate_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.rate.normalize():f} %"


class NumberSeries(models.Model):
    """A gapless row of numbers; the row itself is the counter, locked until the commit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    legal_entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="series", db_index=False
    )
    document_type = models.CharField(max_length=12, default="invoice")
    period = models.CharField(max_length=8, help_text="The year, or empty for one endless series")
    prefix = models.CharField(max_length=20)
    digits = models.PositiveSmallIntegerField(default=4)
    first_number = models.PositiveIntegerField(default=1)
    next_number = models.PositiveIntegerField(default=1)
    last_issue_date = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["legal_entity", "document_type", "period"], name="one_series_per_period"
            ),
            models.CheckConstraint(
                condition=Q(next_number__gte=F("first_number")), name="series_runs_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}{self.next_number:0{self.digits}d}"
