"""The appointment, and who and what else takes part in it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from timezone_field import TimeZoneField

from customers.models import Customer
from hub import history
from hub.access import Access, Capability
from hub.identifiers import uuid7
from scheduling.models import marks
from scheduling.models.catalog import Service
from scheduling.models.groups import GroupSession
from scheduling.models.places import Location, Resource
from scheduling.models.series import Series
from scheduling.models.staff import Staff
from scheduling.states import AppointmentStatus


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, access: Access) -> Self:
        """Appointments that a principal may open, within its locations."""
        if access.can(Capability.VIEW_CALENDAR):
            shown = self
        elif access.can(Capability.VIEW_OWN_CALENDAR):
            shown = self.taken_by(Staff.objects.filter(user=access.user_id))
        else:
            return self.none()
        return shown if access.locations is None else shown.filter(location__in=access.locations)

    def taken_by(self, people: Iterable[Staff | UUID]) -> Self:
        """Those in which one of ``people``, or of their ids, takes part: leads, or is beside."""
        people = people if isinstance(people, models.QuerySet) else list(people)
        beside = Assignment.objects.filter(staff__in=people).values("appointment")
        return self.filter(Q(staff__in=people) | Q(pk__in=beside))

    def tagged(self, tag: str) -> Self:
        """Those with ``tag``, in the form of ``tagging.require_tag``."""
        return self.filter(marks.TAGGED, tags__contains=[tag])

    def between(self, start: datetime, end: datetime) -> Self:
        """Those that touch the half-open stretch from ``start`` to ``end``."""
        return self.filter(start_at__lt=end, end_at__gt=start)


class CanceledBy(models.TextChoices):
    """Who wanted it; the history says who noted it."""

    CUSTOMER = "customer", "The customer"
    BUSINESS = "business", "We"


class Appointment(marks.Marked):
    """A promise of time: whose, with whom, when; rules and price as they were when promised.

    ``start_at`` and ``end_at`` are instants; ``time_zone`` is the location's zone at booking.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="appointments", db_index=False
    )
    service = models.ForeignKey(Service, models.PROTECT, related_name="appointments")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="appointments", db_index=False)
    resource = models.ForeignKey(
        Resource, models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    location = models.ForeignKey(
        Location, models.PROTECT, related_name="appointments", db_index=False
    )
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="visits", db_index=False
    )
    session = models.ForeignKey(
        GroupSession,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="places",
        db_index=False,
        help_text="The class in which it is a seat, if any",
    )
    occurs_on = models.DateField(
        null=True, blank=True, help_text="The date of its series that it stands for, if any"
    )
    status = models.CharField(
        max_length=12, choices=AppointmentStatus, default=AppointmentStatus.BOOKED
    )
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    time_zone = TimeZoneField()

    service_name = models.CharField(max_length=80)
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    price = models.DecimalField(max_digits=15, decimal_places=4)
    currency = models.CharField(max_length=3)
    tax_class = models.CharField(max_length=20)
    minimum_notice_minutes = models.PositiveIntegerField(default=0)
    cancellation_window_minutes = models.PositiveIntegerField(default=0)
    late_fee = models.DecimalField(
        max_digits=15,
        decimal_places=4,
        default=0,
        help_text="Due when the customer cancels within the window, or does not come",
    )
    reminder_minutes = models.PositiveIntegerField(default=0)

    notes = models.TextField(blank=True, max_length=4000, help_text="For staff only")
    customer_notes = models.TextField(
        blank=True, default="", db_default="", max_length=1000, help_text="The customer reads them"
    )
    schedule_version = models.PositiveIntegerField(default=1)
    reschedule_count = models.PositiveIntegerField(default=0)
    confirmed_by_customer_at = models.DateTimeField(
        null=True, blank=True, help_text="The customer said that they come at this time"
    )
    previous_start_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    canceled_by = models.CharField(max_length=8, choices=CanceledBy, blank=True)
    slot_held_until = models.DateTimeField(
        null=True, blank=True, help_text="Canceled, but the slot is kept so that undo can work"
    )
    completed_at = models.DateTimeField(null=True, blank=True)
    no_show_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()
    objects = AppointmentQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions: ClassVar = [
            ("view_calendar", "See all appointments"),
            ("view_own_calendar", "See one's own appointments"),
            ("book_appointment", "Book, move, cancel and complete for anybody"),
            ("book_own_appointment", "Book, move, cancel and complete one's own"),
            ("override_booking_limits", "Book outside working hours and notice, with a reason"),
            ("see_prices", "See prices of services"),
            ("set_up_schedule", "Set up locations, staff, rooms and services"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(end_at__gt=F("start_at")), name="appointment_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(slot_held_until=None) | Q(status=AppointmentStatus.CANCELED),
                name="only_a_canceled_slot_is_held",
            ),
            models.CheckConstraint(
                condition=~Q(status=AppointmentStatus.CANCELED) | Q(canceled_at__isnull=False),
                name="canceled_appointment_says_when",
            ),
            models.UniqueConstraint(
                fields=["series", "occurs_on"],
                name="one_visit_per_date_of_series",
                condition=~Q(status=AppointmentStatus.CANCELED),
            ),
            models.CheckConstraint(
                condition=Q(series=None, occurs_on=None)
                | Q(series__isnull=False, occurs_on__isnull=False),
                name="visit_of_series_says_its_date",
            ),
            *marks.CONSTRAINTS,
        ]
        indexes: ClassVar = [
            models.Index(fields=["location", "start_at"], name="appointment_by_day"),
            models.Index(fields=["customer", "start_at"], name="appointment_by_customer"),
            models.Index(fields=["staff", "start_at"], name="appointment_by_staff"),
            models.Index(fields=["created_at", "id"], name="appointment_by_age"),
            models.Index(
                fields=["series", "occurs_on"],
                name="appointment_by_series",
                condition=Q(series__isnull=False),
            ),
            models.Index(
                fields=["session"],
                name="appointment_by_session",
                condition=Q(session__isnull=False),
            ),
            models.Index(
                fields=["slot_held_until"],
                name="appointment_slots_held",
                condition=Q(slot_held_until__isnull=False),
            ),
            *marks.INDEXES,
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.service_name}"

    def get_absolute_url(self) -> str:
        return f"/appointments/{self.pk}/"

    @property
    def code(self) -> str:
        return f"A-{self.number:05d}"

    @property
    def block(self) -> tuple[datetime, datetime]:
        """The half-open stretch it takes up, buffers included."""
        return (
            self.start_at - timedelta(minutes=self.buffer_before_minutes),
            self.end_at + timedelta(minutes=self.buffer_after_minutes),
        )

    @property
    def beside(self) -> list[Staff]:
        """Who takes part beside the lead, by name; one query unless they were prefetched."""
        found = [one.staff for one in self.assignments.all() if one.staff]
        return sorted(found, key=lambda person: (person.name, person.pk))

    @property
    def further_resources(self) -> list[Resource]:
        """What is taken beside ``resource``, by name; one query unless it was prefetched."""
        found = [one.resource for one in self.assignments.all() if one.resource]
        return sorted(found, key=lambda resource: (resource.name, resource.pk))

    @property
    def resources(self) -> list[Resource]:
        """All rooms and devices it takes."""
        return [*([self.resource] if self.resource else []), *self.further_resources]

    @property
    def free_until(self) -> datetime:
        """Until when the customer may cancel without a fee; elapsed time before the start."""
        return self.start_at - timedelta(minutes=self.cancellation_window_minutes)

    @property
    def is_fee_due(self) -> bool:
        """Whether the late fee is owed: the customer canceled too late, or did not come."""
        if not self.late_fee:
            return False
        if self.status == AppointmentStatus.NO_SHOW:
            return True
        late = self.canceled_at is not None and self.canceled_at > self.free_until
        return late and self.canceled_by == CanceledBy.CUSTOMER


class Assignment(models.Model):
    """One more person, room or device that an appointment takes, for all of its time.

    ``Appointment.staff`` is who leads, ``Appointment.resource`` the first room or device.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, related_name="assignments", db_index=False
    )
    staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="assignments", db_index=False
    )
    resource = models.ForeignKey(
        Resource, models.PROTECT, null=True, related_name="assignments", db_index=False
    )

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["appointment", "staff"], name="person_assigned_once_per_appointment"
            ),
            models.UniqueConstraint(
                fields=["appointment", "resource"], name="resource_assigned_once_per_appointment"
            ),
            models.CheckConstraint(
                condition=Q(staff=None, resource__isnull=False)
                | Q(staff__isnull=False, resource=None),
                name="assignment_is_of_one_person_or_resource",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["staff"], name="assignment_by_person", condition=Q(staff__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff or self.resource} at {self.appointment}"
