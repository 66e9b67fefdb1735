"""Rooms and equipment."""

from datetime import timedelta

import pytest

from hub.access import AccessDenied
from hub.errors import InvalidInput
from scheduling.booking import Booking, book_appointment
from scheduling.models import Resource, ResourceKind
from scheduling.occupying import SlotTaken
from scheduling.setup.resources import (
    add_resource,
    change_resource,
    put_back_into_use,
    take_out_of_use,
)
from scheduling.setup.standing import StillBooked
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, location, room, service, staff

pytestmark = pytest.mark.django_db
AT = MONDAY_9 - timedelta(days=7)
CHAIR = {"name": "Chair", "kind": ResourceKind.EQUIPMENT, "capacity": 2}


def test_a_room_is_added_to_a_location_once_by_name() -> None:
    made = add_resource(location().pk, CHAIR, by=SETUP)

    assert (made.location, made.capacity) == (location(), 2)
    with pytest.raises(InvalidInput, match="already exists"):
        add_resource(location().pk, CHAIR, by=SETUP)
    assert add_resource(location("Elbe Street").pk, CHAIR, by=SETUP).name == "Chair"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"capacity": 0}, "capacity"),
        ({"capacity": "many"}, "capacity"),
        ({"kind": "boat"}, "kind"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(
    values: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_resource(location().pk, CHAIR | values, by=SETUP)

    assert refused.value.field == field


def test_a_room_does_not_shrink_below_what_is_booked_in_it() -> None:
    massage = service("Massage", rooms_needed=1)
    hall = room("Hall", capacity=2)
    for _ in range(2):
        booked(service=massage)

    with pytest.raises(StillBooked) as refused:
        change_resource(hall.pk, {"capacity": 1}, at=AT, by=SETUP)
    assert refused.value.field == "capacity"
    after = MONDAY_9 + timedelta(days=1)
    assert change_resource(hall.pk, {"capacity": 1}, at=after, by=SETUP).capacity == 1


def test_a_room_out_of_use_is_booked_no_more() -> None:
    massage = service("Massage", rooms_needed=1)
    hall = room("Hall")
    take_out_of_use(hall.pk, at=AT, by=SETUP)
    asked = Booking(client().pk, massage.pk, staff(services=[massage]).pk, MONDAY_9)

    with pytest.raises(SlotTaken):
        book_appointment(asked, at=AT, by=SETUP)
    put_back_into_use(hall.pk, by=SETUP)

    assert book_appointment(asked, at=AT, by=SETUP).resource == hall
    with pytest.raises(StillBooked):
        take_out_of_use(hall.pk, at=AT, by=SETUP)


def test_the_front_desk_sets_up_no_rooms() -> None:
    by, hall = actor(person("Front desk")), room("Hall")

    with pytest.raises(AccessDenied):
        add_resource(location().pk, CHAIR, by=by)
    with pytest.raises(AccessDenied):
        change_resource(hall.pk, {"name": "Great hall"}, at=AT, by=by)
    with pytest.raises(AccessDenied):
        take_out_of_use(hall.pk, at=AT, by=by)
    assert Resource.objects.get().name == "Hall"
