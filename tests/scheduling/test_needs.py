"""Several people, rooms and devices for one appointment: all of them, or none of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from hub import access
from hub.access import AccessDenied
from hub.accounts.models import User
from hub.errors import InvalidInput
from hub.models import Change
from scheduling.booking import Booking, OutsideWorkingHours, SlotTaken, book_appointment
from scheduling.canceling import cancel_appointment, cancel_with_undo, undo_cancellation
from scheduling.feed import day_feed
from scheduling.models import Appointment, Assignment, Occupancy, ResourceKind, Staff
from scheduling.rescheduling import reschedule_appointment
from scheduling.setup.catalog import change_service
from scheduling.setup.resources import take_out_of_use
from scheduling.setup.staff import let_go
from scheduling.setup.standing import StillBooked
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import (
    MONDAY_9,
    booked,
    client,
    location,
    room,
    service,
    staff,
)
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.trails import minutes

pytestmark = pytest.mark.django_db
AT = MONDAY_9 - timedelta(days=7)
HOUR = timedelta(hours=1)


class Salon:
    """A wedding styling takes two of three people, both rooms and the one dryer."""

    def __init__(self) -> None:
        self.bridal = service(
            "Bridal styling",
            duration_minutes=60,
            staff_needed=2,
            rooms_needed=2,
            equipment_needed=1,
        )
        self.cut = service()
        both = [self.bridal, self.cut]
        self.jo, self.kim, self.lee = (staff(name, services=both) for name in ("Jo", "Kim", "Lee"))
        self.rooms = [room("Room 1"), room("Room 2")]
        self.dryer = room("Dryer", kind=ResourceKind.EQUIPMENT)

    def book(self, lead: Staff | None = None, **values: Any) -> Appointment:
        return booked(staff=lead or self.jo, service=self.bridal, **values)


@pytest.fixture
def salon() -> Salon:
    return Salon()


def taken_by(appointment: Appointment) -> list[str]:
    fresh = Appointment.objects.get(pk=appointment.pk)
    return [str(one) for one in (fresh.staff, *fresh.beside, *fresh.resources)]


def subjects(appointment: Appointment) -> set[str]:
    rows = Occupancy.objects.filter(appointment=appointment, active=True)
    return set(rows.values_list("subject", flat=True))


def test_an_appointment_takes_all_the_people_rooms_and_devices_its_service_needs(
    salon: Salon,
) -> None:
    made = salon.book()

    assert taken_by(made) == ["Jo", "Kim", "Room 1", "Dryer", "Room 2"]
    taken = [salon.jo, salon.kim, *salon.rooms, salon.dryer]
    assert len(subjects(made)) == len(taken)
    assert Assignment.history.count() == 3
    assert overlaps() == inconsistencies() == []


def conflict(salon: Salon, which: str) -> str:
    """Take one of the things a styling needs, and return what a refusal says of it."""
    if which == "lead":
        booked(staff=salon.jo, service=salon.cut)
        return r"Jo is booked 10:00 – 10:45\."
    if which == "colleague":
        for one in (salon.kim, salon.lee):
            booked(staff=one, service=salon.cut)
        return r"Nobody else who offers Bridal styling is free then at Harbor Street\."
    massage = service("Massage", equipment_needed=which == "device", rooms_needed=which == "room")
    booked(service=massage)
    return r"(Room 1|Dryer) is booked 10:00 – 10:45\."


@pytest.mark.parametrize("which", ["lead", "colleague", "room", "device"])
def test_a_conflict_on_any_one_of_them_rejects_all(salon: Salon, which: str) -> None:
    says = conflict(salon, which)
    before = (Appointment.objects.count(), Occupancy.objects.count(), Assignment.objects.count())

    with pytest.raises(SlotTaken, match=says) as refused:
        salon.book()

    assert refused.value.details["in_the_way"]
    after = (Appointment.objects.count(), Occupancy.objects.count(), Assignment.objects.count())
    assert after == before


def test_a_colleague_who_is_not_at_work_is_not_taken(salon: Salon) -> None:
    late = staff("Al", services=[salon.bridal], hours="14:00–18:00")

    Staff.objects.filter(pk=late.pk).update(position=0)
    Staff.objects.exclude(pk=late.pk).update(position=5)
    assert taken_by(salon.book())[1] == "Kim"
    with pytest.raises(OutsideWorkingHours, match="Al does not work then"):
        salon.book(start=MONDAY_9 + HOUR, beside_ids=(late.pk,))


def test_who_is_named_takes_part_and_the_rest_is_filled(salon: Salon) -> None:
    change_service(salon.bridal.pk, {"staff_needed": 2}, at=AT, by=SETUP)
    made = salon.book(beside_ids=(salon.lee.pk,), resource_ids=(salon.rooms[1].pk,))

    assert taken_by(made) == ["Jo", "Lee", "Room 2", "Dryer", "Room 1"]


def test_more_people_may_take_part_than_the_service_needs(salon: Salon) -> None:
    made = booked(staff=salon.jo, service=salon.cut, beside_ids=(salon.kim.pk, salon.lee.pk))

    assert taken_by(made) == ["Jo", "Kim", "Lee"]


@pytest.mark.parametrize("who", ["lead", "stranger"])
def test_nobody_takes_part_who_leads_already_or_does_not_offer_it(salon: Salon, who: str) -> None:
    other = salon.jo if who == "lead" else staff("Al", services=[service("Shave")])

    with pytest.raises(InvalidInput) as refused:
        salon.book(beside_ids=(other.pk,))

    assert refused.value.field == "beside"


def test_a_move_takes_everybody_along_and_frees_their_old_time(salon: Salon) -> None:
    made = salon.book()
    rows = set(made.occupancies.values_list("pk", flat=True))

    reschedule_appointment(made.pk, start_at=MONDAY_9 + minutes(30), at=AT, by=SETUP)

    assert taken_by(made) == ["Jo", "Kim", "Room 1", "Dryer", "Room 2"]
    assert set(made.occupancies.values_list("pk", flat=True)) == rows
    assert overlaps() == inconsistencies() == []
    booked(staff=salon.kim, service=salon.cut, start=MONDAY_9 - minutes(15))


def test_a_move_is_refused_when_one_who_takes_part_is_not_free(salon: Salon) -> None:
    made = salon.book()
    booked(staff=salon.kim, service=salon.cut, start=MONDAY_9 + 3 * HOUR)

    with pytest.raises(SlotTaken, match="Kim is booked"):
        reschedule_appointment(made.pk, start_at=MONDAY_9 + 3 * HOUR, at=AT, by=SETUP)

    assert Appointment.objects.get(pk=made.pk).start_at == MONDAY_9


def test_who_takes_part_can_be_changed_without_moving_it(salon: Salon) -> None:
    made = salon.book()

    reschedule_appointment(made.pk, start_at=MONDAY_9, beside_ids=(salon.lee.pk,), at=AT, by=SETUP)

    assert taken_by(made) == ["Jo", "Lee", "Room 1", "Dryer", "Room 2"]
    told = Change.objects.filter(local_id=made.pk).latest("pk").fields
    assert told["beside"] == [str(salon.kim.pk), str(salon.lee.pk)]
    assert inconsistencies() == []
    booked(staff=salon.kim, service=salon.cut)


def test_whoever_takes_part_cannot_become_the_lead_as_well(salon: Salon) -> None:
    made = salon.book()

    with pytest.raises(InvalidInput, match="Kim takes part already"):
        reschedule_appointment(made.pk, start_at=MONDAY_9, staff_id=salon.kim.pk, at=AT, by=SETUP)

    reschedule_appointment(
        made.pk,
        start_at=MONDAY_9,
        staff_id=salon.kim.pk,
        beside_ids=(salon.jo.pk,),
        at=AT,
        by=SETUP,
    )
    assert taken_by(made)[:2] == ["Kim", "Jo"]
    assert overlaps() == inconsistencies() == []


def test_a_cancellation_frees_everybody_and_its_undo_takes_them_again(salon: Salon) -> None:
    made = salon.book()
    cancel_with_undo(made.pk, reason="x", undo_until=AT + HOUR, at=AT, by=SETUP)
    undo_cancellation(made.pk, at=AT, by=SETUP)
    assert len(subjects(made)) == 5

    cancel_appointment(made.pk, reason="Ill", at=AT, by=SETUP)

    assert subjects(made) == set()
    salon.book()


def test_nobody_leaves_and_no_room_is_closed_while_they_take_part(salon: Salon) -> None:
    salon.book()

    with pytest.raises(StillBooked):
        let_go(salon.kim.pk, at=AT, by=SETUP)
    with pytest.raises(StillBooked):
        take_out_of_use(salon.dryer.pk, at=AT, by=SETUP)


def practitioner(of: Staff) -> User:
    user = person("Practitioner")
    Staff.objects.filter(pk=of.pk).update(user=user)
    return user


def test_a_practitioner_sees_where_they_take_part_and_books_no_colleague(salon: Salon) -> None:
    made, kim = salon.book(), practitioner(salon.kim)
    held = access.of_user(kim.pk)

    assert [one.pk for one in Appointment.objects.visible_to(held)] == [made.pk]
    shown = day_feed(location(), MONDAY_9.date(), held, at=AT)
    assert [str(column["name"]) for column in shown["staff"]] == ["Kim"]
    assert columns(shown["appointments"]) == [[salon.kim.pk]]
    assert not shown["appointments"][0]["movable"]
    asked = Booking(client().pk, salon.bridal.pk, salon.kim.pk, MONDAY_9 + 2 * HOUR)
    with pytest.raises(AccessDenied, match="a colleague’s time"):
        book_appointment(asked, at=AT, by=actor(kim))


def columns(items: Sequence[dict[str, Any]]) -> list[list[object]]:
    return [[item["staff"], *item["beside"]] for item in items]


def test_the_calendar_draws_it_in_the_column_of_each_who_takes_part(salon: Salon) -> None:
    salon.book()
    everything = access.of_user(person("Manager").pk)

    shown = day_feed(location(), MONDAY_9.date(), everything, at=AT)

    assert columns(shown["appointments"]) == [[salon.jo.pk, salon.kim.pk]]
    load = {column["name"]: column["booked"] for column in shown["staff"]}
    assert load["Jo"] == load["Kim"] != 0
    assert load["Lee"] == 0


def test_setting_hours_aside_takes_no_colleague_who_is_away_while_another_is_there(
    salon: Salon,
) -> None:
    Staff.objects.exclude(name="Al").update(position=5)
    staff("Al", services=[salon.bridal], hours="14:00–18:00")
    asked = Booking(client().pk, salon.bridal.pk, salon.jo.pk, MONDAY_9)

    made = book_appointment(asked, at=AT, by=SETUP, override_reason="A favor")

    assert taken_by(made)[1] == "Kim"


def test_another_person_beside_is_no_new_time_for_anybody(salon: Salon) -> None:
    made = salon.book()
    before = Appointment.objects.get(pk=made.pk)

    reschedule_appointment(made.pk, start_at=MONDAY_9, beside_ids=(salon.lee.pk,), at=AT, by=SETUP)

    after = Appointment.objects.get(pk=made.pk)
    assert (after.schedule_version, after.reschedule_count) == (before.schedule_version, 0)
    assert after.previous_start_at is None
    assert Change.objects.filter(local_id=made.pk).latest("pk").name == "appointment.updated"
    assert after.history.latest("history_id").history_change_reason == "Also takes part: Lee"


def test_a_practitioner_lets_no_colleague_go_from_an_appointment(salon: Salon) -> None:
    made, jo = salon.book(), practitioner(salon.jo)

    with pytest.raises(AccessDenied, match="a colleague’s time"):
        reschedule_appointment(made.pk, start_at=MONDAY_9, beside_ids=(), at=AT, by=actor(jo))

    assert taken_by(made)[:2] == ["Jo", "Kim"]
