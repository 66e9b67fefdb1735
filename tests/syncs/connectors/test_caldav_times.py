"""Every spelling of a time is a moment, and what is no time is named."""

import pytest

from syncs.canonical import Json
from syncs.connectors.caldav.mapping import (
    edit_event,
    read_event,
)
from tests.syncs.connectors.icalendars import AT, atoms_of, event, written
from tests.syncs.connectors.people import HAIRCUT

TIMES = {
    "UTC": ("DTSTART:20270324T090000Z", "DTEND:20270324T100000Z"),
    "duration": ("DTSTART:20270324T090000Z", "DURATION:PT1H"),
    "zone": (
        "DTSTART;TZID=Europe/Berlin:20270324T100000",
        "DTEND;TZID=Europe/Berlin:20270324T110000",
    ),
    "two zones": (
        "DTSTART;TZID=Europe/Berlin:20270324T100000",
        "DTEND;TZID=America/New_York:20270324T060000",
    ),
    "windows": ("DTSTART;TZID=W. Europe Standard Time:20270324T100000", "DURATION:PT60M"),
}

UNSUPPORTED = {
    "all_day": ("DTSTART;VALUE=DATE:20270324", "DTEND;VALUE=DATE:20270325"),
    "recurring": ("DTSTART:20270324T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"),
    "zero_length": ("DTSTART:20270324T090000Z", "DTEND:20270324T090000Z"),
    "floating": ("DTSTART:20270324T090000", "DURATION:PT1H"),
    "unreadable": ("DTSTART:soon", "DURATION:PT1H"),
}


def test_times_go_out_in_the_local_zone_with_its_definition() -> None:
    ics = written()

    assert "DTSTART;TZID=Europe/Berlin:20270324T100000" in ics
    assert "BEGIN:VTIMEZONE" in ics


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"),
        ("2027-10-31T01:30:00Z", "2027-10-31T02:30:00Z"),
    ],
)
def test_an_hour_that_comes_twice_is_not_read_an_hour_off(start: str, end: str) -> None:
    when: Json = {"start": start, "end": end, "tz": "Europe/Berlin"}

    found = atoms_of(written(when=when))["when"]

    assert isinstance(found, dict)
    assert (found["start"], found["end"]) == (start, end)


@pytest.mark.parametrize("name", TIMES)
def test_every_spelling_of_a_time_is_the_same_moment(name: str) -> None:
    found = atoms_of(event(*TIMES[name]))["when"]

    assert isinstance(found, dict)
    assert (found["start"], found["end"]) == ("2027-03-24T09:00:00Z", "2027-03-24T10:00:00Z")


def test_a_zone_of_the_object_s_own_making_is_read_by_its_definition() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Salon\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE"
    )

    found = atoms_of(event("DTSTART;TZID=Salon:20270324T120000", "DURATION:PT1H", zone=zone))

    assert found["when"] == {
        "start": "2027-03-24T09:00:00Z",
        "end": "2027-03-24T10:00:00Z",
        "tz": "UTC",
    }


@pytest.mark.parametrize("code", UNSUPPORTED)
def test_a_shape_the_hub_has_no_word_for_is_named_and_says_no_time(code: str) -> None:
    record = read_event(event(*UNSUPPORTED[code], "SUMMARY:Moved"))

    assert record is not None
    assert record.unsupported is not None
    assert record.unsupported.code == code
    assert "when" not in record.atoms
    assert record.atoms["title"] == "Moved"


@pytest.mark.parametrize(
    "times",
    [
        ("DTSTART:20270324T100000Z", "DTEND:20270324T090000Z"),
        ("DTSTART:20270324T100000Z", "DURATION:-PT1H"),
        ("DTSTART;VALUE=DATE:20270324",),
        ("SUMMARY:no time at all",),
        ("DTSTART:20270324T090000Z", "DURATION:PT1H", "RDATE:20270325T090000Z"),
    ],
)
def test_impossible_times_are_unsupported_too(times: tuple[str, ...]) -> None:
    record = read_event(event(*times))

    assert record is not None
    assert record.unsupported is not None


def test_floating_times_are_read_in_the_zone_of_the_calendar_where_one_is_set() -> None:
    found = atoms_of(event(*UNSUPPORTED["floating"]), floating_zone="Europe/Berlin")

    assert found["when"] == {
        "start": "2027-03-24T08:00:00Z",
        "end": "2027-03-24T09:00:00Z",
        "tz": "Europe/Berlin",
    }


@pytest.mark.parametrize("code", UNSUPPORTED)
def test_writing_the_time_again_undoes_the_shape(code: str) -> None:
    edited = edit_event(event(*UNSUPPORTED[code]), HAIRCUT, frozenset({"when"}), at=AT)

    assert edited is not None
    assert atoms_of(edited)["when"] == HAIRCUT["when"]


def test_the_exceptions_of_a_series_go_with_the_series() -> None:
    series = event("DTSTART:20270324T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    exception = series.split("BEGIN:VEVENT")[1].replace(
        "RRULE:FREQ=DAILY", "RECURRENCE-ID:20270325T090000Z"
    )
    both = series.replace("END:VCALENDAR", "BEGIN:VEVENT" + exception)

    edited = edit_event(both, HAIRCUT, frozenset({"when"}), at=AT)

    assert edited is not None
    assert edited.count("BEGIN:VEVENT") == 1
