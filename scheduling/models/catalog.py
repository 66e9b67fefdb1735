"""What can be booked."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from hub import history
from hub.identifiers import uuid7
from scheduling.models.places import ResourceKind


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
    duration_minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(5)])
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    price = models.DecimalField(max_digits=15, decimal_places=4)
    tax_class = models.CharField(max_length=20, default="standard")
    needs = models.CharField(
        max_length=12, choices=ResourceKind, blank=True, help_text="A room or device it takes up"
    )
    minimum_notice_minutes = models.PositiveIntegerField(default=0)
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
        ]

    def __str__(self) -> str:
        return self.name
