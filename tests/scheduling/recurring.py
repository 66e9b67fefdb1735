"""Series to test with, and what became of their visits."""

from datetime import timedelta
from typing import Any

from hub.actors import Actor
from scheduling.booking import Booking
from scheduling.models import Series
from scheduling.recurrence import Rule, Unit
from scheduling.repeating.starting import start_series
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, client, service, staff

WEEK_BEFORE = MONDAY_9 - timedelta(days=7)
MONDAY = MONDAY_9.date()
JOB = Actor.job("go on with series")
WEEKLY = Rule(Unit.WEEK, MONDAY, count=4)


def asked(**values: Any) -> Booking:
    hired = values.pop("staff", None) or staff()
    defaults: dict[str, Any] = {
        "customer_id": client().pk,
        "service_id": service().pk,
        "start_at": MONDAY_9,
    }
    return Booking(staff_id=hired.pk, **(defaults | values))


def started(rule: Rule = WEEKLY, **values: Any) -> Series:
    return start_series(asked(**values), rule, at=WEEK_BEFORE, by=SETUP)


def visits(series: Series) -> list[tuple[str, str]]:
    """The local times of all visits, with their status."""
    return [
        (f"{visit.start_at.astimezone(visit.time_zone):%m-%d %H:%M}", visit.status)
        for visit in series.visits.order_by("start_at", "created_at")
    ]


def bookings(*days: str, clock: str = "10:00") -> list[tuple[str, str]]:
    return [(f"{day} {clock}", "booked") for day in days]
