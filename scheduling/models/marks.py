"""What staff find an appointment by: its tags and its color; and the door it came through."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from hub.actors import Source

MOST_TAGS = 10
TAG_LENGTH = 40


class Color(models.TextChoices):
    """The palette of the calendar by name: each is legible on light and on dark."""

    BLUE = "blue", "Blue"
    PINK = "pink", "Pink"
    GREEN = "green", "Green"
    ORANGE = "orange", "Orange"
    PURPLE = "purple", "Purple"
    TEAL = "teal", "Teal"
    RED = "red", "Red"
    OLIVE = "olive", "Olive"


class BookingSource(models.TextChoices):
    """Through which door an appointment was booked: ``hub.actors.Source`` at that moment."""

    BROWSER = "browser", "In the browser"
    API = "api", "API"
    CONNECTOR = "connector", "Connected system"
    JOB = "job", "By the hub, for a series"
    IMPORT = "import", "Moved in"
    LINK = "link", "Link of the customer"
    BOOKING_PAGE = "booking_page", "Online booking"

    @classmethod
    def of(cls, source: Source) -> Self:
        return cls[source.name]


class Marked(models.Model):
    """``tags`` are in the form of ``tagging.require_tags``; none of these reaches customers."""

    booked_through = models.CharField(
        max_length=12,
        choices=BookingSource,
        blank=True,
        default="",
        db_default="",
        help_text="Empty: it was booked before this was recorded",
    )
    color = models.CharField(
        max_length=6,
        choices=Color,
        blank=True,
        default="",
        db_default="",
        help_text="Of its own; empty: that of its service",
    )
    tags = ArrayField(
        models.CharField(max_length=TAG_LENGTH), default=list, db_default=[], blank=True
    )

    class Meta:
        abstract = True


TAGGED = ~Q(tags=[])  # in queries, too: without it the indexes below are not considered
CONSTRAINTS: list[models.BaseConstraint] = [
    models.CheckConstraint(condition=Q(tags__len__lte=MOST_TAGS), name="appointment_has_few_tags"),
    models.CheckConstraint(
        condition=Q(color__in=["", *Color.values]), name="appointment_color_of_palette"
    ),
    models.CheckConstraint(
        condition=Q(booked_through__in=["", *BookingSource.values]), name="appointment_door_known"
    ),
]
INDEXES: list[models.Index] = [
    GinIndex(fields=["tags"], name="appointment_by_tag", condition=TAGGED),
    models.Index(fields=["location", "start_at"], name="appointment_tagged", condition=TAGGED),
]
