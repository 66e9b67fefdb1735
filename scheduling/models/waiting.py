"""Who waits for a time that is not free yet, and what was offered to them."""

from datetime import date, datetime, time, timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from hub import history
from hub.access import Access, Capability
from hub.identifiers import uuid7
from scheduling.models.catalog import Service
from scheduling.models.places import Location
from scheduling.models.staff import Staff

NOTE_LENGTH = 200


class WaitingStatus(models.TextChoices):
    WAITING = "waiting", "Waiting"
    OFFERED = "offered", "Offered"
    BOOKED = "booked", "Booked"
    LEFT = "left", "Taken off"
    EXPIRED = "expired", "Over"


OPEN = (WaitingStatus.WAITING, WaitingStatus.OFFERED)


class WaitingQuerySet(models.QuerySet["WaitingEntry"]):
    def open(self) -> Self:
        """Those that still wait, or have an offer."""
        return self.filter(is_open=True, customer__canonical=None)

    def visible_to(self, access: Access) -> Self:
        """Those for people whose appointments a principal may see."""
        if access.can(Capability.VIEW_CALENDAR):
            shown = self
        elif access.can(Capability.VIEW_OWN_CALENDAR):
            shown = self.filter(staff__user=access.user_id)
        else:
            return self.none()
        return shown if access.locations is None else shown.filter(location__in=access.locations)


class WaitingEntry(models.Model):
    """A wish: a service at a place, with one person or anybody, on local days, at some hours.

    ``queued_at`` gives the order: an offer that was passed up moves it behind the others. While
    it is offered, the time is kept by the hold ``hold``; its start stands in ``passed_up``
    afterwards, so that it is not offered to the same customer again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="waiting")
    service = models.ForeignKey(Service, models.PROTECT, related_name="waiting")
    location = models.ForeignKey(Location, models.PROTECT, related_name="waiting")
    staff = models.ForeignKey(
        Staff,
        models.PROTECT,
        related_name="waiting",
        null=True,
        blank=True,
        help_text="Empty: anybody",
    )
    first_date = models.DateField()
    last_date = models.DateField()
    earliest_time = models.TimeField(
        null=True, blank=True, help_text="On the wall clock of the location; empty: any"
    )
    latest_time = models.TimeField(
        null=True, blank=True, help_text="By which it begins; empty: any"
    )
    note = models.CharField(max_length=NOTE_LENGTH, blank=True, help_text="For staff")
    status = models.CharField(max_length=8, choices=WaitingStatus, default=WaitingStatus.WAITING)
    is_open = models.BooleanField(default=True, editable=False, help_text="Waiting or offered")
    queued_at = models.DateTimeField(default=timezone.now, editable=False)

    offered_start_at = models.DateTimeField(null=True, blank=True)
    offered_staff = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    offered_until = models.DateTimeField(null=True, blank=True)
    hold = models.UUIDField(null=True, blank=True)
    passed_up = ArrayField(models.DateTimeField(), default=list, blank=True)
    unanswered = models.PositiveSmallIntegerField(default=0)
    appointment = models.ForeignKey(
        "scheduling.Appointment", models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    # A note is about somebody: it can be erased because no history keeps it.
    history = history.tracked(excluded_fields=["note"])
    objects = WaitingQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = "waiting entry"
        verbose_name_plural = "waiting entries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "service", "location"],
                name="one_open_wish_per_customer",
                condition=Q(is_open=True),
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, status__in=["waiting", "offered"])
                | Q(is_open=False, status__in=["booked", "left", "expired"]),
                name="waiting_open_as_its_status",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="offered",
                    offered_start_at__isnull=False,
                    offered_staff__isnull=False,
                    offered_until__isnull=False,
                    hold__isnull=False,
                )
                | (~Q(status="offered") & Q(hold=None, offered_until=None)),
                name="waiting_offer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date")), name="waiting_days_run_forward"
            ),
            models.CheckConstraint(
                condition=Q(status="booked", appointment__isnull=False)
                | (~Q(status="booked") & Q(appointment=None)),
                name="waiting_booked_has_appointment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["queued_at", "id"], name="waiting_in_order", condition=Q(is_open=True)
            ),
            models.Index(fields=["created_at", "id"], name="waiting_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} for {self.service}"

    def get_absolute_url(self) -> str:
        return reverse("scheduling:waiting_entry", args=[self.pk])

    def wants(self, start: datetime) -> bool:
        """Say whether a local start is what is wished for."""
        return (
            self.first_date <= start.date() <= self.last_date
            and (self.earliest_time is None or self.earliest_time <= start.time())
            and (self.latest_time is None or start.time() <= self.latest_time)
        )

    def suits(self, start: datetime) -> bool:
        """Say whether a local start is what is wished for, and was not passed up."""
        return self.wants(start) and start not in self.passed_up

    def days_left(self, today: date, *, most: int) -> tuple[date, date]:
        """Return the first and the last local day to look at from ``today`` on."""
        return max(self.first_date, today), min(self.last_date, today + timedelta(days=most))

    @property
    def hours(self) -> str:
        """“from 09:00 to 12:00”, ``""`` for any."""
        return " ".join(
            f"{word} {edge:%H:%M}"
            for word, edge in (("from", self.earliest_time), ("to", self.latest_time))
            if isinstance(edge, time)
        )
