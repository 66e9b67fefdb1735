"""What stands in a person's own calendar, on a real server, keeps their time from others."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hub.accounts.models import User
from scheduling import search
from scheduling.booking import reschedule_appointment
from scheduling.models import Appointment, ExternalBusy, ExternalCalendar, Staff
from scheduling.search import OpenTime
from syncs.connecting import add_connection, set_status
from syncs.models import Connection, Stream
from syncs.states import ConnectionStatus
from tests.factories.people import SETUP
from tests.factories.scheduling import booked, location, service, staff
from tests.syncs.conftest import CalendarProgram, ask_pull
from tests.syncs.connectors.servers import Server, make_calendar

pytestmark = pytest.mark.django_db
Sync = Callable[[], None]
HOUR = timedelta(hours=1)


@pytest.fixture
def noon(tomorrow: datetime, sync: Sync, calendar: Connection) -> datetime:
    """Noon in Berlin, the day after tomorrow; the calendar was read once and is empty."""
    sync()
    zone = location().time_zone
    return (tomorrow + timedelta(days=1)).astimezone(zone).replace(hour=12)


def stamp(moment: datetime) -> str:
    return f"{moment.astimezone(location().time_zone):%Y%m%dT%H%M%S}"


def event(start: datetime, *lines: str) -> tuple[str, ...]:
    zone = "TZID=Europe/Berlin"
    edges = (f"DTSTART;{zone}:{stamp(start)}", f"DTEND;{zone}:{stamp(start + HOUR)}")
    return ("SUMMARY:Secret", *edges, *lines)


def times(day: datetime) -> list[OpenTime]:
    place = location()
    asked = day.astimezone(place.time_zone).date()
    offered = service().pk
    return search.open_times(offered, location_id=place.pk, date=asked, at=timezone.now())


def is_open(start: datetime) -> bool:
    return start in [time.start_at for time in times(start)]


def test_an_event_blocks_its_time_within_one_pull_until_it_is_moved_or_deleted(
    noon: datetime, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    assert is_open(noon)
    href = program.add("dentist", *event(noon))
    ask_pull(calendar)
    sync()
    assert not is_open(noon)

    later = noon + 2 * HOUR
    program.edit(
        href,
        lambda text: text.replace(stamp(noon), stamp(later)).replace(
            stamp(noon + HOUR), stamp(later + HOUR)
        ),
    )
    ask_pull(calendar)
    sync()
    assert (is_open(noon), is_open(later)) == (True, False)

    program.delete(href)
    ask_pull(calendar)
    sync()
    assert (is_open(noon), is_open(later)) == (True, True)
    assert "Secret" not in str(ExternalBusy.objects.values())


def test_an_event_of_a_whole_day_blocks_that_day(
    noon: datetime, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    program.add("holiday", f"DTSTART;VALUE=DATE:{noon:%Y%m%d}")
    ask_pull(calendar)
    sync()

    assert times(noon) == []
    assert times(noon + timedelta(days=1))
    assert times(noon - timedelta(days=1))


def test_a_weekly_event_blocks_each_week_but_those_it_leaves_out(
    noon: datetime, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    second, third = noon + timedelta(days=7), noon + timedelta(days=14)
    left_out = f"EXDATE;TZID=Europe/Berlin:{stamp(second)}"
    program.add("course", *event(noon, "RRULE:FREQ=WEEKLY", left_out))
    ask_pull(calendar)
    sync()

    assert [is_open(each) for each in (noon, second, third)] == [False, True, False]


def test_an_event_that_is_transparent_or_canceled_blocks_nothing(
    noon: datetime, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    program.add("birthday", *event(noon, "TRANSP:TRANSPARENT"))
    program.add("off", *event(noon, "STATUS:CANCELLED"))
    ask_pull(calendar)
    sync()

    assert is_open(noon)
    assert not ExternalBusy.objects.exists()


def test_our_own_entries_never_make_anybody_busy_not_even_where_they_were_copied(
    noon: datetime,
    dina: Staff,
    program: CalendarProgram,
    calendar: Connection,
    own_calendar: Connection,
    sync: Sync,
) -> None:
    made = booked(staff=dina, start=noon)
    sync()
    _, text = program.only_event()
    uid = next(line[4:] for line in text.splitlines() if line.startswith("UID:"))
    copies = CalendarProgram(own_calendar.config["calendar_url"])
    copies.add("copy", *event(noon), uid=uid)
    copies.http.close()
    for each in (calendar, own_calendar):
        ask_pull(each)
    sync()

    assert not ExternalBusy.objects.exists()
    moved = reschedule_appointment(made.pk, start_at=noon + HOUR, at=timezone.now(), by=SETUP)
    sync()
    ask_pull(calendar)
    sync()
    assert not ExternalBusy.objects.exists()
    assert Appointment.objects.get(pk=made.pk).start_at == moved.start_at


def test_the_entries_of_another_hub_are_not_ours(
    noon: datetime, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    marker = f"X-HUB-ID:appointment:{uuid4()}"
    program.add("theirs", *event(noon, marker), uid=f"{uuid4().hex}@hub.internal")
    ask_pull(calendar)
    sync()

    assert not is_open(noon)


@pytest.fixture
def own_calendar(calendar_server: Server, calendar: Connection, dina: Staff) -> Connection:
    """A second calendar of Dina, which is only read."""
    url = make_calendar(calendar_server, f"private-{uuid4().hex}")
    return add_connection(
        vendor="caldav",
        label="Dina, private",
        owner=User.objects.get(pk=calendar.owner_id),
        config={"calendar_url": url, "staff": [], "busy_of": [str(dina.pk)]},
        secrets={"username": "ben", "password": "ben-secret"},
        by=SETUP,
    )


def test_a_person_is_busy_with_all_their_calendars_and_one_of_them_is_written_to(
    noon: datetime,
    dina: Staff,
    program: CalendarProgram,
    calendar: Connection,
    own_calendar: Connection,
    sync: Sync,
) -> None:
    private = CalendarProgram(own_calendar.config["calendar_url"])
    private.add("school", *event(noon))
    program.add("meeting", *event(noon + 2 * HOUR))
    for each in (calendar, own_calendar):
        ask_pull(each)
    sync()

    assert [is_open(noon + hours * HOUR) for hours in (0, 1, 2)] == [False, True, False]
    booked(staff=dina, start=noon + HOUR)
    sync()
    assert (len(program.events()), len(private.events())) == (2, 1)
    own_calendar.refresh_from_db()
    assert own_calendar.status == ConnectionStatus.ACTIVE
    private.http.close()


def test_a_calendar_of_several_people_makes_only_those_busy_who_are_named(
    noon: datetime, dina: Staff, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    jo = staff("Jo")
    calendar.config = {**calendar.config, "staff": [str(dina.pk), str(jo.pk)]}
    Connection.objects.filter(pk=calendar.pk).update(config=calendar.config)
    program.add("party", *event(noon))
    ask_pull(calendar)
    sync()
    assert not ExternalCalendar.objects.exists()

    named = {**calendar.config, "busy_of": [str(jo.pk)]}
    Connection.objects.filter(pk=calendar.pk).update(config=named)
    ask_pull(calendar)
    sync()

    assert {time.staff_id for time in times(noon) if time.start_at == noon} == {dina.pk}


def test_times_are_unconfirmed_until_a_new_calendar_was_read(
    calendar: Connection, tomorrow: datetime, sync: Sync
) -> None:
    assert {time.is_unconfirmed for time in times(tomorrow)} == {True}

    sync()
    ask_pull(calendar)
    sync()

    assert {time.is_unconfirmed for time in times(tomorrow)} == {False}


def test_a_week_later_all_is_read_again_so_that_rules_without_end_go_on(
    noon: datetime, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    ask_pull(calendar)
    sync()
    before = Stream.objects.get(connection=calendar)
    program.add("course", *event(noon, "RRULE:FREQ=WEEKLY"))
    eight_days = timedelta(days=8)
    known = ExternalCalendar.objects.get()
    shifted = known.known_until and known.known_until - eight_days
    ExternalCalendar.objects.update(known_until=shifted)

    ask_pull(calendar)
    sync()

    again = ExternalCalendar.objects.get()
    assert again.known_until is not None
    assert shifted is not None
    assert again.known_until > shifted + eight_days
    assert Stream.objects.get(connection=calendar).full_run is None
    assert before.full_run is None
    assert ExternalBusy.objects.count() in {58, 59}


def test_a_calendar_that_is_switched_off_keeps_nobody_busy(
    noon: datetime, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    program.add("dentist", *event(noon))
    ask_pull(calendar)
    sync()
    assert not is_open(noon)

    set_status(calendar.pk, status=ConnectionStatus.DISABLED, by=SETUP)

    assert is_open(noon)
    assert not ExternalCalendar.objects.exists()
