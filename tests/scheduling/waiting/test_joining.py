"""Who may be put on the list, and for what."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from hub.access import AccessDenied
from hub.errors import InvalidInput
from scheduling.models import WaitingEntry
from scheduling.offering import NotQualified
from scheduling.waiting.joining import WaitsAlready, leave
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import booked, client, service, staff
from tests.scheduling.waiting.list_of import MONDAY, dina, waits

pytestmark = pytest.mark.django_db


def test_a_customer_waits_once_for_a_service_at_a_place() -> None:
    ada = client("Ada Winter", email="ada@winter.example")
    entry = waits(customer=ada)

    with pytest.raises(WaitsAlready):
        waits(customer=ada)

    leave(entry.pk, by=SETUP)
    waits(customer=ada)


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"last_date": MONDAY - timedelta(days=1)}, "last_date"),
        ({"first_date": date(2027, 1, 1), "last_date": date(2027, 1, 2)}, "last_date"),
        ({"last_date": MONDAY + timedelta(days=400)}, "last_date"),
        ({"earliest_time": time(12), "latest_time": time(9)}, "latest_time"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_a_wish_that_cannot_be_right_names_its_field(wishes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        waits(**wishes)

    assert refusal.value.field == field
    assert not WaitingEntry.objects.exists()


def test_nobody_waits_for_a_person_who_does_not_do_it() -> None:
    service()
    color = staff("Jo Berg", services=[service("Color")])

    with pytest.raises(NotQualified):
        waits(staff_id=color.pk)


def test_practitioners_keep_a_list_only_for_themselves() -> None:
    user = person("Practitioner")
    own = staff("Paula Practice", services=[service()], user=user)
    other, paula = dina(), actor(user)
    ada = client("Ada Winter", email="ada@winter.example")
    booked(ada, staff=own, service=service())

    for staff_id in (None, other.pk):
        with pytest.raises(AccessDenied):
            waits(customer=ada, staff_id=staff_id, by=paula)
    entry = waits(customer=ada, staff_id=own.pk, by=paula)

    with pytest.raises(AccessDenied):
        leave(entry.pk, by=actor(person("Billing")))
    leave(entry.pk, by=paula)
