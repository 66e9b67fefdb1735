"""The calendar as people open it: a Monday in March, before the doors open."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from scheduling.models import Location, Staff
from tests.factories.clients import signed_in
from tests.factories.people import person
from tests.factories.scheduling import MONDAY_9, location, service, staff
from tests.scheduling.selfservice.links import phone
from tests.scheduling.waiting.list_of import AT

IN_CALENDAR = {"HX-Request": "true", "HX-Current-URL": "http://testserver/calendar/"}
NOW = MONDAY_9 - timedelta(hours=3)  # 07:00 in Berlin


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def long_before(clock: time_machine.Traveller) -> time_machine.Traveller:
    """A week before, when people are put on the waiting list."""
    clock.move_to(AT, tick=False)
    return clock


@pytest.fixture
def salon() -> Location:
    return location()


@pytest.fixture
def dina(salon: Location) -> Staff:
    return staff("Dina Falk", place=salon, services=[service()])


@pytest.fixture
def ben() -> Client:
    return signed_in(person("Front desk"))


@pytest.fixture
def ada() -> Client:
    return signed_in(person("Manager"))


@pytest.fixture
def bo() -> Client:
    return signed_in(person("Billing"))


@pytest.fixture
def paula(salon: Location) -> Client:
    """A practitioner, with a column of her own."""
    user = person("Practitioner")
    staff("Paula Practice", place=salon, services=[service()], user=user)
    return signed_in(user)


def query(**values: object) -> dict[str, str]:
    """What stands behind the question mark of an address."""
    return {name: str(value) for name, value in values.items()}


def typed(place: Location, **values: Any) -> dict[str, Any]:
    """What the panel sends; a booking of Mara for a haircut on Monday at ten."""
    defaults = {
        "location": place.pk,
        "service": service().pk,
        "date": "2027-03-01",
        "time": "10:00",
        "staff": "",
        "notes": "",
    }
    return defaults | values


@pytest.fixture
def ada_phone() -> Client:
    """The browser of a customer, who has no account."""
    person("Administrator")
    return phone()
