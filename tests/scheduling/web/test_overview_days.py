"""Days of the week, the month and the list: closed ones, long and short ones, nights, zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from hub import history
from scheduling.models import Closure, Location, Staff, TimeOff
from tests.factories.people import SETUP
from tests.factories.scheduling import booked, client, location, service, staff
from tests.scheduling.web.overviews import MONDAY, VIEWS, opened, shown, text_of

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def test_a_closure_is_named_on_its_days(ben: Client, salon: Location, dina: Staff) -> None:
    closure = Closure(
        location=salon, first_date=date(2027, 3, 3), last_date=date(2027, 3, 4), name="Renovation"
    )
    history.create(closure, by=SETUP)

    for view in VIEWS:
        assert text_of(ben, view).count("Closed: Renovation") == 2


def test_time_off_names_who_is_away_but_not_why(ben: Client, dina: Staff) -> None:
    start = datetime(2027, 3, 3, 12, 0, tzinfo=BERLIN)
    until = datetime(2027, 3, 5, 0, 0, tzinfo=BERLIN)  # the end of Thursday
    away = TimeOff(staff=dina, start_at=start, end_at=until, reason="Surgery")
    history.create(away, by=SETUP)

    for view in ("week", "month"):
        assert text_of(ben, view).count("Dina Falk away") == 2
        assert "Surgery" not in opened(ben, view).content.decode()


def test_appointments_of_one_person_leave_out_who_else_is_away(ben: Client, dina: Staff) -> None:
    luc = staff("Luc Perrin")
    start = datetime(2027, 3, 3, 12, 0, tzinfo=BERLIN)
    away = TimeOff(staff=luc, start_at=start, end_at=start + timedelta(hours=2))
    history.create(away, by=SETUP)

    assert "away" not in text_of(ben, "week", staff=dina.pk)


@pytest.mark.parametrize("view", VIEWS)
def test_both_hours_of_a_clock_set_back_stand_on_their_day(
    view: str, ben: Client, salon: Location
) -> None:
    sam = staff("Sam Night", hours="00:00–24:00")
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)  # 02:30 in summer time
    booked(client("Mara Winter"), staff=sam, start=first)
    booked(client("Ivo Petrov"), staff=sam, start=first + timedelta(hours=1))  # 02:30 again
    late = datetime(2027, 10, 31, 22, 15, tzinfo=UTC)  # 23:15, in the 25th hour
    booked(client("Nora Lind"), staff=sam, start=late)

    said = text_of(ben, view, date="2027-10-31")

    names = ["Mara Winter", "Ivo Petrov", "Nora Lind"]
    assert shown(ben, view, date="2027-10-31") == {date(2027, 10, 31): names}
    assert "02:30 (UTC+2)" in said
    assert "02:30 (UTC+1)" in said
    assert "Clocks go back" in said


@pytest.mark.parametrize("view", VIEWS)
def test_a_day_of_23_hours_ends_at_its_own_midnight(
    view: str, ben: Client, salon: Location
) -> None:
    sam = staff("Sam Night", hours="00:00–24:00")
    last = datetime(2027, 3, 28, 23, 15, tzinfo=BERLIN)
    booked(client("Mara Winter"), staff=sam, start=last)
    booked(client("Ivo Petrov"), staff=sam, start=last + timedelta(hours=1))

    found = shown(ben, view, date="2027-03-28", days=31)

    assert found[date(2027, 3, 28)] == ["Mara Winter"]
    assert found.get(date(2027, 3, 29), ["Ivo Petrov"]) == ["Ivo Petrov"]
    assert "Clocks go forward" in text_of(ben, view, date="2027-03-28")


def test_a_night_over_the_edge_stands_on_the_first_day_and_says_since_when(
    ben: Client, salon: Location
) -> None:
    study = service("Sleep study", duration_minutes=600)
    sam = staff("Sam Night", hours="00:00–24:00", services=[study])
    evening = datetime(2027, 3, 7, 20, 0, tzinfo=BERLIN)
    booked(client("Mara Winter"), staff=sam, service=study, start=evening)

    assert "20:00 – 06:00 Mon" in text_of(ben, "week", date="2027-03-07")
    assert "Sun 20:00 – 06:00 Mon" in text_of(ben, "week", date="2027-03-08")


def test_each_location_has_its_own_days(ben: Client) -> None:
    new_york = location("Brooklyn", zone="America/New_York", country="US", currency="USD")
    late = datetime(2027, 3, 1, 21, 0, tzinfo=ZoneInfo("America/New_York"))  # Tuesday in UTC
    booked(client("Mara Winter"), staff=staff(place=new_york), start=late)

    for view in VIEWS:
        assert list(shown(ben, view, location=new_york.pk)) == [MONDAY]
