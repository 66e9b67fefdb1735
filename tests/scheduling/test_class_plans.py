"""Several classes are planned at once, all or none."""

from datetime import timedelta

import pytest

from hub.errors import InvalidInput
from scheduling.booking import SlotTaken
from scheduling.groups.planning import Plan, plan_classes
from scheduling.models import GroupSession, Service, Staff
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, service, staff
from tests.scheduling.recurring import started

AT = MONDAY_9 - timedelta(days=7)


@pytest.fixture
def yoga(db: None) -> Service:
    return service("Yoga", seats=3, duration_minutes=60)


@pytest.fixture
def kim(yoga: Service) -> Staff:
    return staff("Kim", services=[yoga, service()])


def test_seats_are_no_series(yoga: Service, kim: Staff) -> None:
    plan_classes(Plan(yoga.pk, kim.pk), [MONDAY_9], at=AT, by=SETUP)

    with pytest.raises(InvalidInput, match="one by one"):
        started(service_id=yoga.pk, staff=kim)


@pytest.mark.parametrize("count", [0, 61])
def test_a_plan_has_dates_and_not_too_many(yoga: Service, kim: Staff, count: int) -> None:
    starts = [MONDAY_9 + timedelta(days=day) for day in range(count)]

    with pytest.raises(InvalidInput, match="1 to 60 classes"):
        plan_classes(Plan(yoga.pk, kim.pk), starts, at=AT, by=SETUP)


def test_all_dates_of_a_plan_are_taken_or_none(yoga: Service, kim: Staff) -> None:
    booked(staff=kim, service=service(), start=MONDAY_9 + timedelta(days=7))
    weekly = [MONDAY_9 + timedelta(days=7 * week) for week in range(3)]

    with pytest.raises(SlotTaken, match="Mon, Mar 8, 10:00: Kim is booked"):
        plan_classes(Plan(yoga.pk, kim.pk), weekly, at=AT, by=SETUP)
    with pytest.raises(InvalidInput, match="has no seats"):
        plan_classes(Plan(service().pk, kim.pk), [MONDAY_9], at=AT, by=SETUP)

    assert not GroupSession.objects.exists()
