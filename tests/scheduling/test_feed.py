"""One day as the calendar draws it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub import access, history
from hub.access import EVERYTHING, Access
from scheduling.attendance import complete_appointment
from scheduling.booking import Booking, book_appointment
from scheduling.canceling import cancel_appointment, cancel_with_undo
from scheduling.feed import day_feed
from scheduling.models import Appointment, Location
from tests.factories.people import SETUP, person
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff
from tests.scheduling.planned import planned

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 3, 1)
AT = MONDAY_9 - timedelta(hours=2)


def feed_of(
    place: Location, day: date = MONDAY, *, held: Access = EVERYTHING, at: datetime = AT
) -> dict[str, Any]:
    return day_feed(place, day, held, at=at)


def times_of(feed: dict[str, Any]) -> list[tuple[str, str]]:
    return [(f"{item['start']:%H:%M}", f"{item['end']:%H:%M}") for item in feed["appointments"]]


def test_an_appointment_is_told_in_the_local_time_of_its_location() -> None:
    dina = staff()
    made = booked(client("Mara Winter"), staff=dina)

    feed = feed_of(location())

    assert feed["appointments"] == [
        {
            "id": made.pk,
            "staff": dina.pk,
            "beside": [],
            "start": datetime.fromisoformat("2027-03-01T10:00"),
            "end": datetime.fromisoformat("2027-03-01T10:45"),
            "status": "booked",
            "version": 1,
            "customer": "Mara Winter",
            "service": "Haircut",
            "hue": 1,
            "before": 0,
            "after": 0,
            "color": "",
            "tags": [],
            "movable": True,
        }
    ]
    assert (feed["zone"], feed["offset"]) == ("Europe/Berlin", "+01:00")


def test_a_half_hour_zone_keeps_its_half_hour() -> None:
    pune = location("Pune", zone="Asia/Kolkata", country="IN", currency="INR")
    booked(staff=staff(place=pune))

    assert times_of(feed_of(pune)) == [("14:30", "15:15")]


def test_a_day_is_the_local_day_and_not_that_of_utc() -> None:
    new_york = location("Brooklyn", zone="America/New_York", country="US", currency="USD")
    late = datetime(2027, 3, 1, 21, 0, tzinfo=ZoneInfo("America/New_York"))  # Tuesday in UTC
    booked(staff=staff(place=new_york), start=late)

    assert times_of(feed_of(new_york)) == [("21:00", "21:45")]
    assert feed_of(new_york, date(2027, 3, 2))["appointments"] == []


def test_a_stay_over_midnight_is_on_both_days() -> None:
    night = service("Overnight study", duration_minutes=600)
    sam = staff(services=[night], hours="00:00–24:00")
    start = datetime(2027, 3, 1, 20, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    book_appointment(Booking(client().pk, night.pk, sam.pk, start), at=AT, by=SETUP)

    assert times_of(feed_of(location())) == [("20:00", "06:00")]
    assert times_of(feed_of(location(), date(2027, 3, 2))) == [("20:00", "06:00")]


def test_columns_show_the_working_hours_of_that_weekday_in_order() -> None:
    dina = staff(hours="13:00–18:00, 09:00–12:00")

    (column,) = feed_of(location())["staff"]

    assert (column["id"], column["name"]) == (dina.pk, "Dina Falk")
    assert column["hours"] == [("09:00", "12:00"), ("13:00", "18:00")]


def test_the_load_of_a_person_is_the_share_of_working_time() -> None:
    dina = staff(hours="10:00–13:00")
    booked(staff=dina)

    assert [column["booked"] for column in feed_of(location())["staff"]] == [25]


def test_somebody_without_hours_has_no_load() -> None:
    staff(hours="")

    assert [column["booked"] for column in feed_of(location())["staff"]] == [None]


def test_a_canceled_appointment_is_gone_unless_its_slot_is_kept() -> None:
    gone, kept = booked(), booked()
    cancel_appointment(gone.pk, reason="Ill", at=AT, by=SETUP)
    until = AT + timedelta(minutes=15)
    cancel_with_undo(kept.pk, reason="Deleted", undo_until=until, at=AT, by=SETUP)

    shown = [(item["id"], item["status"]) for item in feed_of(location())["appointments"]]

    assert shown == [(kept.pk, "canceled")]
    assert feed_of(location(), at=until)["appointments"] == []


def test_only_a_booked_appointment_can_be_moved() -> None:
    made = booked()
    complete_appointment(made.pk, at=MONDAY_9, by=SETUP)

    assert [item["movable"] for item in feed_of(location())["appointments"]] == [False]


def test_the_grid_widens_to_what_is_worked_and_booked() -> None:
    staff(hours="06:30–21:15")

    feed = feed_of(location())

    assert (feed["opens"], feed["closes"]) == ("06:00", "22:00")


def test_whoever_left_keeps_a_column_on_days_with_their_appointments() -> None:
    dina = staff()
    booked(staff=dina)
    dina.is_active = False
    history.save(dina, fields=["is_active"], by=SETUP)

    assert [(column["id"], column.get("gone")) for column in feed_of(location())["staff"]] == [
        (dina.pk, True)
    ]
    assert feed_of(location(), date(2027, 3, 2))["staff"] == []


def test_a_practitioner_sees_only_the_own_column() -> None:
    paula = person("Practitioner")
    own = staff("Paula Practice", user=paula)
    mine, _ = booked(staff=own), booked()

    feed = feed_of(location(), held=access.of_user(paula.pk))

    assert [column["id"] for column in feed["staff"]] == [own.pk]
    assert [item["id"] for item in feed["appointments"]] == [mine.pk]


@pytest.mark.parametrize("role", [*sorted(access.ROLES), None])
@pytest.mark.parametrize("limited", [False, True])
def test_a_day_shows_exactly_the_appointments_that_may_be_opened(
    role: str | None, *, limited: bool
) -> None:
    user = person(role)
    booked(staff=staff("Paula Practice", user=user))
    booked()
    held = access.of_user(user.pk)
    if limited:
        held = replace(held, locations=frozenset({location("Uptown").pk}))

    shown = {item["id"] for item in feed_of(location(), held=held)["appointments"]}

    openable = Appointment.objects.visible_to(held).values_list("pk", flat=True)
    assert shown == set(openable)


def test_billing_sees_everything_and_moves_nothing() -> None:
    booked()

    feed = feed_of(location(), held=access.of_user(person("Billing").pk))

    assert [item["movable"] for item in feed["appointments"]] == [False]


def test_a_full_day_costs_as_many_queries_as_an_almost_empty_one() -> None:
    booked()
    place = location()
    with CaptureQueriesContext(connection) as one:
        feed_of(place)
    booked()
    booked()
    with CaptureQueriesContext(connection) as three:
        feed_of(place)

    assert len(one) == len(three) == 7


def test_a_class_is_drawn_from_the_same_values_as_an_appointment() -> None:
    """Tags came in beside classes: where a class stood, no calendar was drawn at all."""
    made = planned(MONDAY_9)
    booked(staff=staff("Other"))
    feed = feed_of(made.location)

    (alone,) = [item for item in feed["appointments"] if "url" not in item]
    (shared,) = [item for item in feed["appointments"] if "url" in item]
    assert alone.keys() | {"url"} == shared.keys()
