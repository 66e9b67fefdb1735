"""Locations and closures: who may set them up, and what is refused."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from hub.access import AccessDenied
from hub.accounts.roles import grant_role
from hub.actors import Actor
from hub.errors import InvalidInput, StaleVersion
from hub.history_reading import entries
from hub.models import Change
from scheduling.canceling import cancel_appointment
from scheduling.hours import read_hours
from scheduling.models import Closure, Location
from scheduling.setup.locations import (
    add_closure,
    add_location,
    change_location,
    close_down,
    open_again,
    remove_closure,
)
from scheduling.setup.standing import StillBooked
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, location

pytestmark = pytest.mark.django_db
AT = MONDAY_9 - timedelta(days=7)
PARIS = {"name": "Rive Gauche", "time_zone": "Europe/Paris", "country": "FR", "currency": "EUR"}


def change(
    values: dict[str, Any], *, by: Actor = SETUP, expected_version: int | None = None
) -> Location:
    return change_location(location().pk, values, at=AT, by=by, expected_version=expected_version)


def announced(record_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    changes = Change.objects.filter(local_id=record_id).order_by("pk")
    return list(changes.values_list("name", "fields"))


def test_a_new_location_is_announced_and_has_a_history() -> None:
    hours = read_hours("9-19", field="monday")

    made = add_location(PARIS | {"monday": hours}, by=SETUP)

    made.refresh_from_db()
    assert (str(made.time_zone), str(made.monday), str(made.sunday)) == (
        "Europe/Paris", "09:00–19:00", "",
    )  # fmt: skip
    assert announced(made.pk) == [("location.added", {})]
    assert [entry.title for entry in entries(made)] == ["Added"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"country": "ZZ"}, "country"),
        ({"currency": "XXX"}, "currency"),
        ({"is_active": False}, "is_active"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as adding:
        add_location(PARIS | values, by=SETUP)
    with pytest.raises(InvalidInput) as changing:
        change(values)

    assert adding.value.field == changing.value.field == field
    assert Location.objects.count() == 1


def test_two_locations_do_not_share_a_name() -> None:
    add_location(PARIS, by=SETUP)

    with pytest.raises(InvalidInput, match="already exists") as refused:
        add_location(PARIS, by=SETUP)

    assert refused.value.field == "name"


def test_a_change_tells_only_what_changed_and_an_equal_one_nothing() -> None:
    changed = change({"city": "Hamburg", "country": "DE"})
    again = change({"city": "Hamburg"})

    assert announced(changed.pk) == [("location.updated", {"city": ["", "Hamburg"]})]
    assert again.version == changed.version


def test_the_clock_and_the_currency_stay_while_appointments_were_promised_on_them() -> None:
    visit = booked()

    for values in ({"time_zone": "Europe/London"}, {"currency": "CHF"}):
        with pytest.raises(StillBooked, match="1 appointment was promised"):
            change(values)
    change({"time_zone": "Europe/Berlin", "currency": "EUR", "city": "Kiel"})
    cancel_appointment(visit.pk, reason="Ill", at=AT, by=SETUP)

    assert str(change({"time_zone": "Europe/London"}).time_zone) == "Europe/London"


def test_a_location_is_closed_down_when_nothing_is_to_come_and_another_is_left() -> None:
    place, visit = location(), booked()
    with pytest.raises(StillBooked, match="1 appointment is still to come"):
        close_down(place.pk, at=AT, by=SETUP)
    cancel_appointment(visit.pk, reason="Ill", at=AT, by=SETUP)
    with pytest.raises(InvalidInput, match="only location"):
        close_down(place.pk, at=AT, by=SETUP)
    add_location(PARIS, by=SETUP)

    assert not close_down(place.pk, at=AT, by=SETUP).is_active
    assert open_again(place.pk, by=SETUP).is_active


def test_a_stale_change_is_refused() -> None:
    place = change({"city": "Hamburg"})

    with pytest.raises(StaleVersion):
        change({"city": "Kiel"}, expected_version=place.version - 1)


@pytest.mark.parametrize("role", ["Front desk", "Practitioner", "Billing"])
def test_who_does_not_plan_sets_up_nothing(role: str) -> None:
    by, place = actor(person(role)), location()

    for verb in (
        lambda: add_location(PARIS, by=by),
        lambda: change({"city": "Kiel"}, by=by),
        lambda: close_down(place.pk, at=AT, by=by),
        lambda: open_again(place.pk, by=by),
        lambda: add_closure(
            place.pk, first_date=date(2027, 1, 1), last_date=date(2027, 1, 1), name="x", by=by
        ),
    ):
        with pytest.raises(AccessDenied):
            verb()


def test_a_manager_of_one_location_sets_up_no_other() -> None:
    here, there = location(), location("Elbe Street")
    ada = person(None, name="Ada Manager")
    grant_role(ada.pk, role="Manager", location_id=here.pk, at=timezone.now(), by=SETUP)

    change({"city": "Kiel"}, by=actor(ada))
    with pytest.raises(AccessDenied):
        change_location(there.pk, {"city": "Kiel"}, at=AT, by=actor(ada))
    with pytest.raises(AccessDenied):
        add_location(PARIS, by=actor(ada))


def test_a_closure_is_added_and_taken_back_and_both_are_told() -> None:
    place = location()
    made = add_closure(
        place.pk, first_date=date(2027, 12, 24), last_date=date(2027, 12, 26), name="Xmas",
        by=SETUP,
    )  # fmt: skip

    remove_closure(made.pk, by=SETUP)

    assert not Closure.objects.exists()
    told = "2027-12-24 – 2027-12-26 Xmas"
    assert [fields for _, fields in announced(place.pk)] == [
        {"closure": ["", told]}, {"closure": [told, ""]},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "name", "field"),
    [
        (date(2027, 1, 2), date(2027, 1, 1), "Mixed up", "last_date"),
        (date(2027, 1, 1), date(2028, 1, 3), "For ever", "last_date"),
        (date(2999, 1, 1), date(2999, 1, 1), "Far", "last_date"),
        (date(2027, 1, 1), date(2027, 1, 1), "", "name"),
    ],
)
def test_a_closure_that_cannot_be_right_is_refused(
    first: date, last: date, name: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_closure(location().pk, first_date=first, last_date=last, name=name, by=SETUP)

    assert refused.value.field == field
