"""Addresses under which a calendar program reads appointments, without signing in."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hub import history
from hub.access import Access, Capability
from hub.identifiers import uuid7
from hub.models import ApiKey
from scheduling.models.places import Location
from scheduling.models.staff import Staff


class FeedDetails(models.TextChoices):
    """What an entry tells besides its time."""

    NAMES = "names", "Services and customers’ names"
    BUSY = "busy", "Busy only"


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, access: Access) -> Self:
        """Those that work and that a principal may make anew or revoke.

        They are of calendars that it sets up, of its own calendar, or made by itself.
        """
        shown = Q()
        if access.can(Capability.SET_UP_SCHEDULE):
            shown = Q(location__isnull=False) | Q(staff__isnull=False)
            if access.locations is not None:
                shown = Q(location__in=access.locations) | Q(staff__location__in=access.locations)
        if access.user_id is not None:
            shown |= Q(owner=access.user_id)
            if access.can(Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CALENDAR):
                shown |= Q(staff__user=access.user_id)
        return self.filter(shown, revoked_at=None) if shown else self.none()

    def with_names(self) -> Self:
        """Load along whose calendars they are and who made them."""
        return self.select_related("staff__location", "location", "owner", "owner_key")


class CalendarFeed(models.Model):
    """A secret address of the appointments of one person, or of one location; to read only.

    It carries the rights of whoever made the address: a person, or an API key. Of the address
    only the hash of its secret is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="calendar_feeds"
    )
    location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="calendar_feeds"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="calendar_feeds",
        verbose_name="with the rights of",
    )
    owner_key = models.ForeignKey(
        ApiKey,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="with the rights of the key",
    )
    name = models.CharField(max_length=60, blank=True, help_text="Where it is read")
    details = models.CharField(max_length=8, choices=FeedDetails, verbose_name="tells")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    renewed_at = models.DateTimeField(default=timezone.now, editable=False)
    last_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked(excluded_fields=["token_sha256", "last_read_at"])
    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(staff__isnull=False, location=None)
                | Q(staff=None, location__isnull=False),
                name="feed_of_a_person_or_a_location",
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=False, owner_key=None)
                | Q(owner=None, owner_key__isnull=False),
                name="feed_has_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.calendar.name

    @property
    def calendar(self) -> Staff | Location:
        """Whose appointments it tells of."""
        whose = self.staff or self.location
        assert whose is not None  # noqa: S101  (a constraint)
        return whose

    @property
    def made_by(self) -> str:
        return str(self.owner or self.owner_key)
