"""Classes to take seats in."""

from datetime import UTC, datetime, timedelta

from scheduling.groups.planning import Plan, plan_classes
from scheduling.models import GroupSession
from tests.factories.people import SETUP
from tests.factories.scheduling import service, staff

# Far enough ahead of the clock of this machine, at 18:00 in Berlin.
EVENING = datetime(2099, 3, 2, 17, 0, tzinfo=UTC)


def planned(start: datetime = EVENING, *, seats: int = 3, name: str = "Yoga") -> GroupSession:
    """Return a class of an hour, led by somebody new."""
    of = service(name, seats=3, duration_minutes=60)
    lead = staff("Kim", services=[of])
    at = start - timedelta(days=7)
    (session,) = plan_classes(Plan(of.pk, lead.pk, seats=seats), [start], at=at, by=SETUP)
    return session
