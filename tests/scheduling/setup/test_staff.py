"""Who can be booked, for what, and when they work."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hub.access import AccessDenied
from hub.accounts.roles import grant_role
from hub.errors import InvalidInput, StaleVersion
from hub.history_reading import entries
from hub.models import Change
from scheduling.booking import Booking, NotQualified, book_appointment
from scheduling.canceling import cancel_appointment
from scheduling.hours import CLOSED, read_hours
from scheduling.models import SpecialHours, Staff, TimeOff
from scheduling.setup.catalog import stop_offering
from scheduling.setup.rota import (
    add_time_off,
    drop_special_hours,
    drop_time_off,
    set_special_hours,
    set_week,
)
from scheduling.setup.staff import add_staff, change_staff, let_go, say_what_they_do, take_back
from scheduling.setup.standing import StillBooked, falling_into
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff, works_at

pytestmark = pytest.mark.django_db
AT = MONDAY_9 - timedelta(days=7)
DAY = date(2027, 3, 1)
MORNING, EVENING = (read_hours(text, field="monday") for text in ("9-12", "17-21"))


def announced(of: Staff) -> list[dict[str, Any]]:
    changes = Change.objects.filter(local_id=of.pk, name="staff.updated").order_by("pk")
    return list(changes.values_list("fields", flat=True))


def test_somebody_new_is_booked_once_they_have_hours() -> None:
    haircut = service()
    jo = add_staff(
        {"name": "Jo Winter", "location": location()}, service_ids=[haircut.pk], by=SETUP
    )

    set_week(jo.pk, location().pk, {"monday": MORNING}, by=SETUP)

    assert booked(staff=jo, service=haircut).staff == jo


def test_two_people_do_not_share_a_sign_in() -> None:
    paula = person("Practitioner")
    add_staff({"name": "Paula", "location": location(), "user": paula}, by=SETUP)

    with pytest.raises(InvalidInput, match="already exists") as refused:
        add_staff({"name": "Pia", "location": location(), "user": paula}, by=SETUP)

    assert refused.value.field == "user"


def test_what_somebody_does_is_told_in_the_history() -> None:
    haircut, color = service(), service("Color")
    dina = staff(services=[haircut])

    say_what_they_do(dina.pk, [color.pk], by=SETUP)
    say_what_they_do(dina.pk, [color.pk], by=SETUP)

    assert announced(dina) == [{"services": [["Haircut"], ["Color"]]}]
    assert entries(dina)[0].reason == "Services: + Color, − Haircut"
    with pytest.raises(NotQualified):
        book_appointment(Booking(client().pk, haircut.pk, dina.pk, MONDAY_9), at=AT, by=SETUP)


def test_nobody_does_what_is_no_service() -> None:
    with pytest.raises(InvalidInput, match="no such service"):
        say_what_they_do(staff().pk, [location().pk], by=SETUP)


def test_who_is_booked_is_not_let_go_and_takes_not_less_at_once() -> None:
    dina = staff(capacity=2)
    visits = [booked(staff=dina) for _ in range(2)]

    with pytest.raises(StillBooked, match="2 appointments are still to come"):
        let_go(dina.pk, at=AT, by=SETUP)
    with pytest.raises(StillBooked):
        change_staff(dina.pk, {"capacity": 1}, at=AT, by=SETUP)
    for visit in visits:
        cancel_appointment(visit.pk, reason="Ill", at=AT, by=SETUP)

    assert change_staff(dina.pk, {"capacity": 1}, at=AT, by=SETUP).capacity == 1
    assert not let_go(dina.pk, at=AT, by=SETUP).is_active
    with pytest.raises(InvalidInput, match="cannot be booked"):
        booked(staff=dina)
    assert take_back(dina.pk, by=SETUP).is_active


def test_a_week_is_set_in_part_and_told_in_words() -> None:
    dina = staff(hours="")

    set_week(dina.pk, location().pk, {"monday": MORNING, "friday": EVENING}, by=SETUP)
    week = set_week(dina.pk, location().pk, {"monday": CLOSED}, by=SETUP)
    set_week(dina.pk, location().pk, {"monday": CLOSED}, by=SETUP)

    assert (str(week.monday), str(week.friday)) == ("", "17:00–21:00")
    assert announced(dina) == [
        {"monday": ["", "09:00–12:00"], "friday": ["", "17:00–21:00"]},
        {"monday": ["09:00–12:00", ""]},
    ]
    assert entries(week)[0].changes[0].label == "Monday"


def test_nobody_works_at_two_locations_at_once() -> None:
    dina, other = staff(hours="9-12"), location("Elbe Street")

    with pytest.raises(InvalidInput, match="Dina Falk works at Harbor Street then: 09:00–12:00"):
        set_week(dina.pk, other.pk, {"tuesday": read_hours("11-13", field="x")}, by=SETUP)
    set_week(dina.pk, other.pk, {"tuesday": EVENING}, by=SETUP)

    assert Staff.objects.working_at(other).get() == dina


def test_special_hours_are_set_changed_and_dropped() -> None:
    dina = staff(hours="9-12")

    set_special_hours(dina.pk, location().pk, DAY, EVENING, by=SETUP)
    special = set_special_hours(dina.pk, location().pk, DAY, CLOSED, by=SETUP)
    drop_special_hours(special.pk, by=SETUP)

    assert not SpecialHours.objects.exists()
    assert announced(dina) == [
        {"2027-03-01": ["as usual", "17:00–21:00"]},
        {"2027-03-01": ["17:00–21:00", "not working"]},
        {"2027-03-01": ["not working", "as usual"]},
    ]
    with pytest.raises(InvalidInput, match="too far away"):
        set_special_hours(dina.pk, location().pk, date(1999, 1, 1), EVENING, by=SETUP)


def test_time_off_names_what_is_booked_then_and_can_be_dropped() -> None:
    dina = staff()
    inside, _after = booked(staff=dina), booked(staff=dina, start=MONDAY_9 + timedelta(hours=1))

    away = add_time_off(
        dina.pk, MONDAY_9, MONDAY_9 + timedelta(hours=1), reason="Dentist", by=SETUP
    )

    assert list(falling_into(dina, away.start_at, away.end_at)) == [inside]
    assert "Dentist" not in str(announced(dina))
    drop_time_off(away.pk, by=SETUP)
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize("length", [timedelta(), timedelta(hours=-1), timedelta(days=1200)])
def test_time_off_that_cannot_be_right_is_refused(length: timedelta) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_time_off(staff().pk, MONDAY_9, MONDAY_9 + length, by=SETUP)

    assert refused.value.field == "end_at"


def test_what_is_not_offered_just_now_is_still_among_what_somebody_does() -> None:
    haircut, color = service(), service("Color")
    dina = staff(services=[haircut, color])
    stop_offering(haircut.pk, by=SETUP)

    say_what_they_do(dina.pk, [color.pk], by=SETUP)

    assert set(dina.services.all()) == {haircut, color}


def test_special_hours_are_for_where_somebody_works() -> None:
    other = location("Elbe Street")

    with pytest.raises(InvalidInput, match="Give Dina Falk hours at Elbe Street first"):
        set_special_hours(staff().pk, other.pk, DAY, EVENING, by=SETUP)


def test_hours_that_somebody_else_changed_meanwhile_are_not_overwritten() -> None:
    dina = staff(hours="")
    seen = dina.working_hours.get().version
    set_week(dina.pk, location().pk, {"monday": MORNING}, by=SETUP, expected_version=seen)

    with pytest.raises(StaleVersion):
        set_week(dina.pk, location().pk, {"monday": EVENING}, by=SETUP, expected_version=seen)


def test_a_manager_of_one_location_changes_nobody_elsewhere() -> None:
    here, there = location(), location("Elbe Street")
    dina, jo = staff(), staff("Jo", place=there, hours="9-12")
    works_at(dina, there, "23-24")
    special = set_special_hours(dina.pk, there.pk, DAY, EVENING, by=SETUP)
    away = add_time_off(jo.pk, MONDAY_9, MONDAY_9 + timedelta(hours=1), by=SETUP)
    ada = person(None, name="Ada Manager")
    grant_role(ada.pk, role="Manager", location_id=here.pk, at=timezone.now(), by=SETUP)
    by = actor(ada)

    for verb in (
        lambda: change_staff(jo.pk, {"name": "Kim"}, at=AT, by=by),
        lambda: change_staff(dina.pk, {"location": there}, at=AT, by=by),
        lambda: say_what_they_do(jo.pk, [], by=by),
        lambda: let_go(jo.pk, at=AT, by=by),
        lambda: set_week(jo.pk, here.pk, {"monday": EVENING}, by=by),
        lambda: set_week(dina.pk, there.pk, {"monday": EVENING}, by=by),
        lambda: set_special_hours(dina.pk, here.pk, DAY, MORNING, by=by),
        lambda: drop_special_hours(special.pk, by=by),
        lambda: drop_time_off(away.pk, by=by),
    ):
        with pytest.raises(AccessDenied):
            verb()


def test_the_front_desk_sets_up_no_staff() -> None:
    by, dina = actor(person("Front desk")), staff()

    for verb in (
        lambda: add_staff({"name": "Jo", "location": location()}, by=by),
        lambda: change_staff(dina.pk, {"name": "Jo"}, at=AT, by=by),
        lambda: say_what_they_do(dina.pk, [], by=by),
        lambda: let_go(dina.pk, at=AT, by=by),
        lambda: set_week(dina.pk, location().pk, {}, by=by),
        lambda: set_special_hours(dina.pk, location().pk, DAY, EVENING, by=by),
        lambda: add_time_off(dina.pk, MONDAY_9, MONDAY_9 + timedelta(hours=1), by=by),
    ):
        with pytest.raises(AccessDenied):
            verb()
