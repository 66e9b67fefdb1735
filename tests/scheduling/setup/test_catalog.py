"""Services: their rules are for bookings to come."""

from datetime import timedelta
from decimal import Decimal

import pytest

from hub.access import AccessDenied
from hub.errors import InvalidInput, StaleVersion
from scheduling.booking import Booking, book_appointment
from scheduling.models import Service
from scheduling.setup.catalog import add_service, change_service, offer_again, stop_offering
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, service, staff

pytestmark = pytest.mark.django_db
AT = MONDAY_9 - timedelta(days=7)
BRAIDS = {"name": "Braids", "category": "Hair", "duration_minutes": 90, "price": "80.00"}


def test_a_new_service_can_be_booked_by_those_who_offer_it() -> None:
    made = add_service(BRAIDS, by=SETUP)

    visit = booked(service=Service.objects.get(pk=made.pk))

    assert (visit.service_name, visit.price) == ("Braids", Decimal("80.00"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"duration_minutes": 4}, "duration_minutes"),
        ({"duration_minutes": 24 * 60 + 1}, "duration_minutes"),
        ({"price": "-1"}, "price"),
        ({"price": "dear"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": "1e15"}, "price"),
        ({"hue": 9}, "hue"),
        ({"name": ""}, "name"),
        ({"rooms_needed": 10}, "rooms_needed"),
        ({"buffer_after_minutes": -1}, "buffer_after_minutes"),
        ({"version": 7}, "version"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(
    values: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_service(BRAIDS | values, by=SETUP)

    assert refused.value.field == field
    assert not Service.objects.exists()


def test_what_is_booked_keeps_its_rules_and_price() -> None:
    haircut = service()
    visit = booked(service=haircut)

    change_service(haircut.pk, {"price": "99", "duration_minutes": 10}, at=AT, by=SETUP)

    visit.refresh_from_db()
    assert (visit.price, visit.end_at - visit.start_at) == (Decimal(49), timedelta(minutes=45))
    assert booked(service=service(), start=MONDAY_9 + timedelta(days=1)).price == Decimal(99)


def test_what_is_not_offered_any_more_is_booked_no_more() -> None:
    haircut, dina = service(), staff()
    stop_offering(haircut.pk, by=SETUP)
    asked = Booking(client().pk, haircut.pk, dina.pk, MONDAY_9)

    with pytest.raises(InvalidInput, match="cannot be booked"):
        book_appointment(asked, at=AT, by=SETUP)
    offer_again(haircut.pk, by=SETUP)

    assert book_appointment(asked, at=AT, by=SETUP).service == haircut


def test_a_stale_change_is_refused() -> None:
    haircut = service()
    change_service(haircut.pk, {"price": "50"}, at=AT, by=SETUP)

    with pytest.raises(StaleVersion):
        change_service(
            haircut.pk, {"price": "51"}, at=AT, by=SETUP, expected_version=haircut.version
        )


def test_the_front_desk_sets_up_no_services() -> None:
    by = actor(person("Front desk"))

    with pytest.raises(AccessDenied):
        add_service(BRAIDS, by=by)
    with pytest.raises(AccessDenied):
        change_service(service().pk, {"price": "1"}, at=AT, by=by)
    with pytest.raises(AccessDenied):
        stop_offering(service().pk, by=by)
