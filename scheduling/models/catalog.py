"""What can be booked."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from hub import history
from hub.identifiers import uuid7
from scheduling.models.places import Location

AT_MOST_A_YEAR = MaxValueValidator(366 * 24 * 60)
MOST_NEEDED = 9
MOST_SEATS = 500


class FeeKind(models.TextChoices):
    FLAT = "flat", "An amount"
    PERCENT = "percent", "Percent of the price"


class Service(models.Model):
    """A service with its length, buffers, price and needs; a booking keeps a copy of the rules."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True)
    category = models.CharField(max_length=40)
    hue = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
        help_text="1 to 8: the color of its appointments in the calendar",
    )
    duration_minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(5), MaxValueValidator(24 * 60)]
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    price = models.DecimalField(max_digits=15, decimal_places=4, validators=[MinValueValidator(0)])
    tax_class = models.CharField(max_length=20, default="standard")
    staff_needed = models.PositiveSmallIntegerField(
        default=1, db_default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_NEEDED)]
    )
    rooms_needed = models.PositiveSmallIntegerField(
        default=0, db_default=0, validators=[MaxValueValidator(MOST_NEEDED)]
    )
    equipment_needed = models.PositiveSmallIntegerField(
        default=0, db_default=0, validators=[MaxValueValidator(MOST_NEEDED)]
    )
    seats = models.PositiveSmallIntegerField(
        default=1,
        db_default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)],
        help_text="More than 1: it takes place as classes, and customers book seats in them",
    )
    daily_limit = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="How often one person does it on a day at most; 0: as often as there is time",
    )
    minimum_notice_minutes = models.PositiveIntegerField(default=0, validators=[AT_MOST_A_YEAR])
    horizon_days = models.PositiveSmallIntegerField(
        default=365, help_text="How far ahead it can be booked, in local days"
    )
    cancellation_window_minutes = models.PositiveIntegerField(
        default=0,
        validators=[AT_MOST_A_YEAR],
        help_text="Canceled later than this before the start it costs the late fee",
    )
    late_fee_kind = models.CharField(max_length=8, choices=FeeKind, blank=True)
    late_fee = models.DecimalField(
        max_digits=15, decimal_places=4, default=0, validators=[MinValueValidator(0)]
    )
    reminder_minutes = models.PositiveIntegerField(
        default=24 * 60,
        validators=[AT_MOST_A_YEAR],
        help_text="How long before the start a reminder goes out; 0: none",
    )
    instructions = models.TextField(
        blank=True, max_length=1000, help_text="Stands in confirmations and reminders"
    )
    books_online = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Customers book it on the public pages of locations",
    )
    needs_approval = models.BooleanField(
        default=False,
        db_default=False,
        help_text="What customers and tools book is a request until somebody accepts it",
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(duration_minutes__range=(5, 24 * 60)),
                name="service_length_sensible",
            ),
            models.CheckConstraint(
                condition=models.Q(price__gte=0), name="service_price_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    staff_needed__range=(1, MOST_NEEDED),
                    rooms_needed__lte=MOST_NEEDED,
                    equipment_needed__lte=MOST_NEEDED,
                ),
                name="service_needs_sensible",
            ),
            models.CheckConstraint(
                condition=models.Q(seats__range=(1, MOST_SEATS)), name="service_seats_sensible"
            ),
            models.CheckConstraint(
                condition=models.Q(late_fee__gte=0)
                & (~models.Q(late_fee_kind=FeeKind.PERCENT) | models.Q(late_fee__lte=100)),
                name="service_late_fee_sensible",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceAtLocation(models.Model):
    """What is different about a service at one location; null is as everywhere."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service = models.ForeignKey(
        Service, models.CASCADE, related_name="at_locations", db_index=False
    )
    location = models.ForeignKey(Location, models.CASCADE, related_name="own_rules")
    is_offered = models.BooleanField(default=True)
    duration_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(24 * 60)]
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    buffer_after_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    price = models.DecimalField(
        max_digits=15,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    staff_needed = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_NEEDED)]
    )
    rooms_needed = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MOST_NEEDED)]
    )
    equipment_needed = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MOST_NEEDED)]
    )
    minimum_notice_minutes = models.PositiveIntegerField(
        null=True, blank=True, validators=[AT_MOST_A_YEAR]
    )
    horizon_days = models.PositiveSmallIntegerField(null=True, blank=True)
    late_fee = models.DecimalField(
        max_digits=15,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    cancellation_window_minutes = models.PositiveIntegerField(
        null=True, blank=True, validators=[AT_MOST_A_YEAR]
    )
    daily_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    needs_approval = models.BooleanField(null=True, blank=True)
    reminder_minutes = models.PositiveIntegerField(
        null=True, blank=True, validators=[AT_MOST_A_YEAR]
    )
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service", "location"], name="one_set_of_rules_per_location"
            ),
            models.CheckConstraint(
                condition=models.Q(duration_minutes=None)
                | models.Q(duration_minutes__range=(5, 24 * 60)),
                name="length_at_location_sensible",
            ),
            models.CheckConstraint(
                condition=models.Q(price=None) | models.Q(price__gte=0),
                name="price_at_location_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(late_fee=None) | models.Q(late_fee__gte=0),
                name="late_fee_at_location_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} at {self.location}"
