"""The pages on which a manager says who works, for what, and when."""

from datetime import timedelta

import pytest
from django.test import Client

from scheduling.groups.planning import Plan, plan_classes
from scheduling.models import Location, SpecialHours, Staff, TimeOff
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, location, service
from tests.scheduling.web.setup.test_pages import texts

pytestmark = pytest.mark.django_db


def test_somebody_is_added_with_every_service_and_then_gets_hours(
    ada: Client, salon: Location
) -> None:
    service()
    values = {"name": "Jo", "location": salon.pk, "hue": "1", "capacity": "1", "position": "0"}
    ada.post("/settings/staff/new/", values)
    jo = Staff.objects.get()
    page = f"/settings/staff/{jo.pk}/"

    ada.post(f"{page}hours/{salon.pk}/", {f"at-{salon.pk}-monday": "9-12"})
    refused = ada.post(f"{page}hours/{salon.pk}/", {f"at-{salon.pk}-monday": "morning"})

    assert jo.services.count() == 1
    assert str(jo.working_hours.get().monday) == "09:00–12:00"
    assert refused.status_code == 422
    assert "is not like 09:00–17:30" in refused.text
    ada.post(f"{page}services/", {})
    assert jo.services.count() == 0
    assert "Services: − Haircut" in ada.get(page).text


def test_a_person_at_two_locations_has_two_sets_of_hours(ada: Client, dina: Staff) -> None:
    other = location("Elbe Street")
    page = f"/settings/staff/{dina.pk}/"

    assert f"?at={other.pk}" in ada.get(page).text
    shown = ada.get(f"{page}?at={other.pk}")
    assert "Hours at Elbe Street" in shown.text
    refused = ada.post(f"{page}hours/{other.pk}/", {f"at-{other.pk}-monday": "9-12"})
    assert "works at Harbor Street then" in refused.text


def test_a_special_day_is_set_and_dropped(ada: Client, dina: Staff, salon: Location) -> None:
    page = f"/settings/staff/{dina.pk}/"
    values = {"special-work_date": "2027-03-08", "special-location": salon.pk}

    ada.post(f"{page}special-hours/", values | {"special-hours": "10-12"})

    special = SpecialHours.objects.get()
    assert str(special.hours) == "10:00–12:00"
    assert ada.post(f"{page}special-hours/", values | {"special-hours": "x"}).status_code == 422
    ada.post(f"{page}special-hours/{special.pk}/end/")
    assert not SpecialHours.objects.exists()


def test_time_off_is_whole_days_on_the_local_clock_and_names_what_is_booked(
    ada: Client, dina: Staff
) -> None:
    visit = booked(staff=dina)
    yoga = service("Yoga", seats=3)
    dina.services.add(yoga)
    later = MONDAY_9 + timedelta(hours=3)
    plan_classes(Plan(yoga.pk, dina.pk), [later], at=MONDAY_9 - timedelta(days=7), by=SETUP)
    page = f"/settings/staff/{dina.pk}/"
    values = {"away-first_date": "2027-03-01", "away-last_date": "2027-03-02"}

    answer = ada.post(f"{page}time-off/", values)

    made = TimeOff.objects.get()
    assert made.start_at.isoformat() == "2027-02-28T23:00:00+00:00"
    assert made.end_at.isoformat() == "2027-03-02T23:00:00+00:00"
    assert texts(answer) == [
        "1 appointment is booked then all the same: move or cancel.",
        "1 class is planned then all the same: move or cancel.",
    ]
    assert visit.get_absolute_url() in ada.get(page).text
    ada.post(f"{page}time-off/{made.pk}/end/")
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"away-first_date": "2027-03-02", "away-last_date": "2027-03-01"}, None),
        (
            {
                "away-first_date": "2027-03-28",
                "away-starts": "02:30",
                "away-last_date": "2027-03-28",
            },
            "starts",
        ),
        (
            {
                "away-first_date": "2027-10-31",
                "away-last_date": "2027-10-31",
                "away-ends": "02:30",
            },
            "ends",
        ),
    ],
)
def test_time_off_that_cannot_be_right_is_refused(
    ada: Client, dina: Staff, values: dict[str, str], field: str | None
) -> None:
    answer = ada.post(f"/settings/staff/{dina.pk}/time-off/", values)

    assert answer.status_code == 422
    assert (field or "__all__") in answer.context["time_off_form"].errors


def test_two_tabs_do_not_overwrite_each_others_hours(ada: Client, dina: Staff) -> None:
    page, at = f"/settings/staff/{dina.pk}/", f"at-{dina.location_id}"
    seen = {f"{at}-version": "1", f"{at}-monday": "9-12"}

    ada.post(f"{page}hours/{dina.location_id}/", seen)
    late = ada.post(f"{page}hours/{dina.location_id}/", seen | {f"{at}-monday": "9-13"})

    assert "Somebody else changed this meanwhile" in texts(late)[-1]
    assert str(dina.working_hours.get().monday) == "09:00–12:00"


def test_a_refused_service_is_said_on_the_page(ada: Client, dina: Staff) -> None:
    answer = ada.post(f"/settings/staff/{dina.pk}/services/", {"services": [str(dina.pk)]})

    assert answer.status_code == 422
    assert "is not one of the available choices" in answer.text
