"""Where work is done: locations, each in its own time zone, and their rooms and equipment."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from timezone_field import TimeZoneField

from hub import history
from hub.identifiers import uuid7
from scheduling.hours import DAY_MINUTES, Hours
from scheduling.models.hours import HoursField, Week


def nights() -> Hours:
    return Hours([(0, 8 * 60), (21 * 60, DAY_MINUTES)])


class StaleCalendars(models.TextChoices):
    """What becomes of times while a person's calendar outside cannot be read."""

    UNCONFIRMED = "unconfirmed", "Offer them, and say that they are not confirmed"
    HIDDEN = "hidden", "Do not offer them"


class Location(Week):
    """A place with an address and a clock; the week holds its opening hours.

    Opening hours are what people are told and what the calendar shows. Who can be booked when
    follows from working hours; closures take away from both.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True)
    time_zone = TimeZoneField()
    street = models.CharField(max_length=160, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(
        max_length=2, help_text="ISO 3166; also the region of phone numbers"
    )
    currency = models.CharField(max_length=3)
    phone = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="By which customers reach it",
    )
    email = models.EmailField(
        max_length=254,
        blank=True,
        default="",
        db_default="",
        help_text="By which customers reach it",
    )
    books_online = models.BooleanField(
        default=False, db_default=False, help_text="Customers book on a public page"
    )
    booking_slug = models.SlugField(
        max_length=60, unique=True, null=True, blank=True, help_text="The address of that page"
    )
    quiet_hours = HoursField(
        default=nights, help_text="No reminder reaches anybody in these hours of their clock"
    )
    stale_calendars = models.CharField(
        max_length=12,
        choices=StaleCalendars,
        default=StaleCalendars.UNCONFIRMED,
        db_default=StaleCalendars.UNCONFIRMED,
        help_text="Times of whoever has a calendar outside that was not read for long",
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(books_online=False) | models.Q(booking_slug__isnull=False),
                name="public_booking_page_has_an_address",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Closure(models.Model):
    """Days on which nobody works at a location, or not in some ``hours`` of them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    location = models.ForeignKey(Location, models.CASCADE, related_name="closures", db_index=False)
    first_date = models.DateField(verbose_name="first day")
    last_date = models.DateField(verbose_name="last day", help_text="Closed on it too")
    hours = HoursField(help_text="Closed in these hours of each day; none: all day")
    name = models.CharField(max_length=80, help_text="Such as “Christmas”")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last_date__gte=models.F("first_date")),
                name="closure_ends_after_start",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["location", "first_date"], name="closure_by_location")
        ]

    def __str__(self) -> str:
        return self.name


class ResourceKind(models.TextChoices):
    ROOM = "room", "Room"
    EQUIPMENT = "equipment", "Equipment"


class Resource(models.Model):
    """A room or a device; ``capacity`` n can be used by n appointments at once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    location = models.ForeignKey(
        Location, models.PROTECT, related_name="resources", db_index=False
    )
    kind = models.CharField(max_length=12, choices=ResourceKind)
    name = models.CharField(max_length=80)
    capacity = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["location", "name"], name="resource_name_per_location"
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__gte=1), name="resource_capacity_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"resource:{self.pk}"
