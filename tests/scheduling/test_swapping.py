"""Two appointments change places in one operation: both, or none."""

from datetime import timedelta

import pytest

from hub.access import AccessDenied
from hub.errors import InvalidInput, StaleVersion
from hub.lifecycle import IllegalTransition
from hub.models import Change
from scheduling.booking import NotQualified, SlotTaken, TooLate
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment, Staff
from scheduling.rescheduling import reschedule_appointment
from scheduling.swapping import swap_appointments, swappable_with
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, location, room, service, staff
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.trails import minutes

pytestmark = pytest.mark.django_db
AT = MONDAY_9 - timedelta(days=7)
ELEVEN = MONDAY_9 + timedelta(hours=2)


def placed(appointment: Appointment) -> tuple[str, str, str]:
    fresh = Appointment.objects.get(pk=appointment.pk)
    return f"{fresh.start_at:%H:%M}", str(fresh.staff), str(fresh.resource or "")


def two(*, room_taken: bool = False) -> tuple[Appointment, Appointment]:
    """A color with Jo at nine, and one with Kim at eleven, in one room if so wished."""
    color = service("Color", rooms_needed=int(room_taken))
    if room_taken:
        room("Room 1")
    jo, kim = (staff(name, services=[color]) for name in ("Jo", "Kim"))
    one = booked(client("Mara Winter"), staff=jo, service=color)
    other = booked(client("Bo Lind"), staff=kim, service=color, start=ELEVEN)
    return one, other


def test_each_takes_the_start_and_the_person_of_the_other() -> None:
    one, other = two(room_taken=True)

    swap_appointments(one.pk, other.pk, at=AT, by=SETUP)

    assert placed(one) == ("11:00", "Kim", "Room 1")
    assert placed(other) == ("09:00", "Jo", "Room 1")
    assert overlaps() == inconsistencies() == []
    told = Change.objects.filter(name="appointment.rescheduled").order_by("pk")
    assert [change.local_id for change in told] == [one.pk, other.pk]


def test_one_person_swaps_two_visits_that_touch_each_other() -> None:
    dina = staff()
    one, other = booked(staff=dina), booked(staff=dina, start=MONDAY_9 + minutes(45))

    swap_appointments(one.pk, other.pk, at=AT, by=SETUP)

    assert (placed(one)[0], placed(other)[0]) == ("09:45", "09:00")
    assert overlaps() == inconsistencies() == []


def test_both_stay_where_they_are_when_one_does_not_fit() -> None:
    cut, long = service(), service("Perm", duration_minutes=90)
    dina = staff(services=[cut, long])
    one = booked(staff=dina, service=cut)
    booked(staff=dina, service=cut, start=MONDAY_9 + minutes(45))
    other = booked(staff=dina, service=long, start=ELEVEN)

    with pytest.raises(SlotTaken, match=r"Dina Falk is booked 10:45 – 11:30\."):
        swap_appointments(one.pk, other.pk, at=AT, by=SETUP)

    assert (placed(one)[0], placed(other)[0]) == ("09:00", "11:00")
    assert Appointment.objects.get(pk=one.pk).version == 1
    assert overlaps() == inconsistencies() == []


def test_swapping_again_takes_a_swap_back_even_within_the_notice() -> None:
    one, other = two()
    late = MONDAY_9 - minutes(30)
    Appointment.objects.update(minimum_notice_minutes=60)
    with pytest.raises(TooLate):
        swap_appointments(one.pk, other.pk, at=late, by=SETUP)
    swap_appointments(one.pk, other.pk, at=AT, by=SETUP)

    swap_appointments(one.pk, other.pk, at=late, by=SETUP)

    assert (placed(one)[:2], placed(other)[:2]) == (("09:00", "Jo"), ("11:00", "Kim"))


def test_an_appointment_is_not_swapped_with_itself_or_one_that_is_elsewhere() -> None:
    one, _ = two()
    elsewhere = location("Elbe Street")
    far = booked(
        service=one.service,
        staff=staff("Lee", place=elsewhere, services=[one.service]),
        start=ELEVEN,
    )

    for other in (one.pk, far.pk):
        with pytest.raises(InvalidInput) as refused:
            swap_appointments(one.pk, other, at=AT, by=SETUP)
        assert refused.value.field == "other"


def test_who_does_not_offer_the_others_service_does_not_swap() -> None:
    one, _ = two()
    other = booked(service=service("Shave"), start=ELEVEN)

    with pytest.raises(NotQualified):
        swap_appointments(one.pk, other.pk, at=AT, by=SETUP)

    assert other not in swappable_with(one, Appointment.objects.all(), at=AT)


def test_what_is_canceled_or_was_changed_meanwhile_is_not_swapped() -> None:
    one, other = two()
    with pytest.raises(StaleVersion):
        swap_appointments(one.pk, other.pk, expected_version=7, at=AT, by=SETUP)
    cancel_appointment(other.pk, reason="Ill", at=AT, by=SETUP)

    with pytest.raises(IllegalTransition):
        swap_appointments(one.pk, other.pk, at=AT, by=SETUP)

    assert list(swappable_with(one, Appointment.objects.all(), at=AT)) == []


def test_a_practitioner_swaps_only_their_own() -> None:
    one, other = two()
    jo = person("Practitioner")
    Staff.objects.filter(pk=one.staff_id).update(user=jo)

    with pytest.raises(AccessDenied):
        swap_appointments(one.pk, other.pk, at=AT, by=actor(jo))

    assert (placed(one)[0], placed(other)[0]) == ("09:00", "11:00")


def test_a_practitioner_swaps_no_visit_in_which_a_colleague_takes_part() -> None:
    one, other = two()
    color = one.service
    ben = staff("Ben", services=[color])
    reschedule_appointment(one.pk, start_at=MONDAY_9, beside_ids=(ben.pk,), at=AT, by=SETUP)
    jo = person("Practitioner")
    Staff.objects.filter(pk=one.staff_id).update(user=jo)
    mine = booked(service=color, staff=one.staff, start=ELEVEN)

    with pytest.raises(AccessDenied, match="a colleague’s time"):
        swap_appointments(one.pk, mine.pk, at=AT, by=actor(jo))

    assert placed(one)[0] == "09:00"
    assert placed(other)[0] == "11:00"


def test_what_may_be_swapped_is_offered_the_nearest_first() -> None:
    one, other = two()
    third = booked(service=service("Color"), staff=other.staff, start=ELEVEN - minutes(60))
    booked(service=service("Color"), staff=one.staff, start=AT - timedelta(days=9))

    assert list(swappable_with(one, Appointment.objects.all(), at=AT)) == [third, other]
    assert list(swappable_with(other, Appointment.objects.all(), at=AT)) == [third, one]
