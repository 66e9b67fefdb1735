"""Opening hours, closures, working hours, special days and time off over the API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hub.access import Capability
from hub.accounts.roles import grant_role
from hub.identifiers import public_id
from scheduling.models import Closure, Location, SpecialHours, Staff, TimeOff, WorkingHours
from tests.factories.clients import ApiClient, api_key
from tests.factories.people import SETUP, person
from tests.factories.scheduling import (
    booked,
    closure,
    location,
    special_day,
    staff,
    time_off,
)

pytestmark = pytest.mark.django_db
API = "/api/v1"
MORNING = {"starts_at": "09:00", "ends_at": "12:30"}
FIRST_START = "#/opening_hours/0/starts_at"
EVENING = {"starts_at": "18:00", "ends_at": "24:00"}


def loc(place: Location) -> str:
    return public_id("loc", place.pk)


def stf(person: Staff) -> str:
    return public_id("stf", person.pk)


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


def test_opening_hours_are_read_and_set_for_the_whole_week() -> None:
    place, key = location(), api_key()
    url = f"{API}/locations/{loc(place)}"
    seen = key.get(url)

    week = [{"weekday": 6, **MORNING}, {"weekday": 0, **EVENING}, {"weekday": 0, **MORNING}]
    changed = key.patch(url, {"opening_hours": week}, etag=seen["ETag"])

    assert seen.json()["opening_hours"][0] == {
        "weekday": 0,
        "starts_at": "08:00",
        "ends_at": "20:00",
    }
    assert changed.json()["opening_hours"] == [
        {"weekday": 0, **MORNING},
        {"weekday": 0, **EVENING},
        {"weekday": 6, **MORNING},
    ]
    place.refresh_from_db()
    assert (str(place.monday), str(place.tuesday)) == ("09:00–12:30, 18:00–24:00", "")
    assert place.history.latest().source == "api"


@pytest.mark.parametrize(
    ("stretches", "pointer"),
    [
        ([{"weekday": 0, "starts_at": "12:00", "ends_at": "09:00"}], "#/opening_hours"),
        ([{"weekday": 0, **MORNING}, {"weekday": 0, **MORNING}], "#/opening_hours"),
        ([{"weekday": 7, **MORNING}], "#/opening_hours/0/weekday"),
        ([{"weekday": 0, "starts_at": "9am", "ends_at": "10:00"}], "#/opening_hours/0/starts_at"),
        (
            [{"weekday": 0, "starts_at": "09:60", "ends_at": "10:00"}],
            "#/opening_hours/0/starts_at",
        ),
        (
            [{"weekday": 0, "starts_at": "24:30", "ends_at": "24:00"}],
            "#/opening_hours/0/starts_at",
        ),
    ],
)
def test_hours_that_no_day_has_are_refused_and_nothing_is_saved(
    stretches: list[dict[str, Any]], pointer: str
) -> None:
    place, key = location(), api_key()
    url = f"{API}/locations/{loc(place)}"

    refused = key.patch(url, {"opening_hours": stretches}, etag=key.get(url)["ETag"])

    assert (refused.status_code, pointers(refused)) == (400, [pointer])
    place.refresh_from_db()
    assert place.version == 1


def test_a_closure_is_added_found_and_taken_back() -> None:
    place, key = location(), api_key()
    christmas = {"first_date": "2099-12-24", "last_date": "2099-12-26", "name": "Christmas"}

    added = key.post(f"{API}/closures", {"location": loc(place), **christmas, "hours": [MORNING]})

    assert added.status_code == 201
    assert added.json() | {"id": "", "created_at": ""} == {
        "id": "",
        "location": loc(place),
        **christmas,
        "hours": [MORNING],
        "created_at": "",
    }
    found = key.get(f"{API}/closures", location=loc(place), ends_from="2099-12-26").json()["data"]
    assert [one["id"] for one in found] == [added.json()["id"]]
    assert key.get(f"{API}/closures", ends_from="2099-12-27").json()["data"] == []
    gone = key.delete(f"{API}/closures/{added.json()['id']}", etag=added["ETag"])
    assert gone.status_code == 204
    assert not Closure.objects.exists()


def test_a_closure_that_ends_before_it_starts_is_refused_at_its_field() -> None:
    days = {"first_date": "2099-12-24", "last_date": "2099-12-23", "name": "Christmas"}

    refused = api_key().post(f"{API}/closures", {"location": loc(location()), **days})

    assert (refused.status_code, pointers(refused)) == (400, ["#/last_date"])
    assert not Closure.objects.exists()


def test_working_hours_at_one_more_location_are_added_once_and_then_changed() -> None:
    dina, key = staff(hours="09:00–17:00"), api_key()
    other = location("Brooklyn")
    asked = {"staff": stf(dina), "location": loc(other), "hours": [{"weekday": 0, **EVENING}]}

    added = key.post(f"{API}/working-hours", asked)
    again = key.post(f"{API}/working-hours", asked)

    assert (added.status_code, added.json()["hours"]) == (201, asked["hours"])
    assert (again.status_code, again.json()["code"]) == (409, "already_set")
    url = f"{API}/working-hours/{added.json()['id']}"
    wanted = [{"weekday": 6, **EVENING}]
    changed = key.patch(url, {"hours": wanted}, etag=added["ETag"])
    stale = key.patch(url, {"hours": []}, etag=added["ETag"])
    assert (changed.json()["hours"], stale.status_code) == (wanted, 412)
    assert [one["id"] for one in listed(key, "working-hours", staff=stf(dina))] == [
        public_id("wrk", week.pk) for week in WorkingHours.objects.order_by("pk")
    ]


def test_nobody_is_given_hours_at_two_locations_at_once() -> None:
    dina, other = staff(hours="09:00–17:00"), location("Brooklyn")
    asked = {"staff": stf(dina), "location": loc(other), "hours": [{"weekday": 0, **MORNING}]}

    refused = api_key().post(f"{API}/working-hours", asked)
    empty = api_key().post(f"{API}/working-hours", asked | {"hours": []})

    assert (refused.status_code, pointers(refused)) == (400, ["#/hours"])
    assert (empty.status_code, pointers(empty)) == (400, ["#/hours"])
    assert WorkingHours.objects.count() == 1


def test_a_special_day_is_added_once_changed_and_dropped() -> None:
    dina, key = staff(), api_key()
    asked = {
        "staff": stf(dina),
        "location": loc(dina.location),
        "work_date": "2099-03-02",
        "hours": [],
    }

    added = key.post(f"{API}/special-days", asked)
    again = key.post(f"{API}/special-days", asked)

    assert (added.status_code, added.json()["hours"]) == (201, [])
    assert (again.status_code, again.json()["code"]) == (409, "already_set")
    url = f"{API}/special-days/{added.json()['id']}"
    changed = key.patch(url, {"hours": [MORNING]}, etag=added["ETag"])
    assert (changed.status_code, changed.json()["hours"]) == (200, [MORNING])
    assert listed(key, "special-days", work_date_from="2099-03-03") == []
    assert len(listed(key, "special-days", work_date_until="2099-03-02")) == 1
    assert key.delete(url, etag=changed["ETag"]).status_code == 204
    assert not SpecialHours.objects.exists()


def test_time_off_is_added_found_and_dropped() -> None:
    dina, key = staff(), api_key()
    span = {"start_at": "2099-03-09T00:00:00Z", "end_at": "2099-03-10T00:00:00Z"}

    added = key.post(f"{API}/time-off", {"staff": stf(dina), **span, "reason": "Training"})
    backwards = key.post(
        f"{API}/time-off",
        {"staff": stf(dina), "start_at": span["end_at"], "end_at": span["start_at"]},
    )

    assert (added.status_code, added.json()["reason"]) == (201, "Training")
    assert (backwards.status_code, pointers(backwards)) == (400, ["#/end_at"])
    assert len(listed(key, "time-off", ends_after="2099-03-09T12:00:00Z")) == 1
    assert listed(key, "time-off", ends_after="2099-03-10T00:00:00Z") == []
    url = f"{API}/time-off/{added.json()['id']}"
    assert key.delete(url, etag=added["ETag"]).status_code == 204
    assert not TimeOff.objects.exists()


def test_why_somebody_is_away_is_told_to_those_alone_who_plan_the_rota_there() -> None:
    dina = staff()
    works_here = time_off(dina)
    url = f"{API}/time-off/{public_id('off', works_here.pk)}"

    def reason_for(role: str, place: Location | None = None) -> Any:
        user = person(None) if place else person(role)
        if place:
            grant_role(user.pk, role=role, location_id=place.pk, at=timezone.now(), by=SETUP)
        return ApiClient.as_person(user).get(url).json()["reason"]

    assert reason_for("Manager") == "Vacation"
    assert reason_for("Front desk") is None
    assert reason_for("Billing") is None
    assert reason_for("Manager", dina.location) == "Vacation"
    reader = api_key(Capability.VIEW_CALENDAR)
    assert reader.get(url).json()["reason"] is None


def test_a_practitioner_reads_the_own_rota_and_no_reason() -> None:
    paula = person("Practitioner")
    own, other = time_off(staff("Paula", user=paula)), time_off(staff("Jo"))
    special_day(own.staff)
    special_day(other.staff)
    browser = ApiClient.as_person(paula)

    for kind in ("time-off", "special-days", "working-hours"):
        shown = listed(browser, kind)
        assert {one["staff"] for one in shown} == {stf(own.staff)}, kind
    assert listed(browser, "time-off")[0]["reason"] is None


@pytest.mark.parametrize("kind", ["closures", "working-hours", "special-days", "time-off"])
def test_the_rota_of_other_locations_is_out_of_reach(kind: str) -> None:
    here, there = location(), location("Brooklyn")
    closure(there)
    away = staff(place=there)
    special_day(away)
    time_off(away)
    manager = person(None)
    grant_role(manager.pk, role="Manager", location_id=here.pk, at=timezone.now(), by=SETUP)
    browser = ApiClient.as_person(manager)

    assert listed(browser, kind) == []
    span = {"start_at": "2099-03-09T00:00:00Z", "end_at": "2099-03-10T00:00:00Z"}
    refused = browser.post(f"{API}/time-off", {"staff": stf(away), **span})
    assert (refused.status_code, pointers(refused)) == (400, ["#/staff"])


@pytest.mark.parametrize("kind", ["closures", "working-hours", "special-days", "time-off"])
def test_a_page_of_many_takes_as_many_queries_as_one_of_few(kind: str) -> None:
    key = api_key()

    def add(name: str) -> None:
        hired = staff(name)
        closure(name=name)
        special_day(hired)
        time_off(hired)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert key.get(f"{API}/{kind}").status_code == 200
        return len(captured)

    add("Jo")
    queries()  # the first one of a key notes that it was used
    few = queries()
    for name in ("Luc", "Ana", "Kim"):
        add(name)
    assert queries() == few


def test_what_is_closed_or_away_is_not_offered() -> None:
    dina, key = staff(), api_key()
    booked(staff=dina)
    query: dict[str, Any] = {
        "service": public_id("svc", dina.services.get().pk),
        "location": loc(dina.location),
        "date": "2099-03-09",
    }
    assert key.get(f"{API}/availability", **query).json()["data"]

    span = {"start_at": "2099-03-08T00:00:00Z", "end_at": "2099-03-10T00:00:00Z"}
    key.post(f"{API}/time-off", {"staff": stf(dina), **span})

    assert key.get(f"{API}/availability", **query).json()["data"] == []


def listed(key: ApiClient, kind: str, **query: Any) -> list[dict[str, Any]]:
    answer = key.get(f"{API}/{kind}", **query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["data"]
    return found
