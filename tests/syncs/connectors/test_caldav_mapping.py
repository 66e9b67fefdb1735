"""iCalendar in, atoms out; and the stored object keeps whatever we do not know."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from syncs.canonical import Json, canonical
from syncs.connectors.caldav.mapping import (
    NOTES_LINE,
    as_seen,
    edit_event,
    join_description,
    read_event,
    split_description,
    write_event,
)
from tests.syncs.connectors.people import HAIRCUT

AT = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
MARKER = "appointment:0193a1b2-0000-7000-8000-000000000009"


def event(*lines: str, zone: str = "") -> str:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Phone//EN", "X-WR-CALNAME:Ben"]
    body = ["BEGIN:VEVENT", "UID:u@hub.internal", "DTSTAMP:20270101T000000Z", *lines, "END:VEVENT"]
    return "\r\n".join([*head, *zone.splitlines(), *body, "END:VCALENDAR", ""])


def atoms_of(ics: str, *, floating_zone: str | None = None) -> dict[str, Json]:
    record = read_event(ics, floating_zone=floating_zone)
    assert record is not None
    return dict(record.atoms)


def written(**atoms: Json) -> str:
    return write_event({**HAIRCUT, **atoms}, uid="u@hub.internal", marker=MARKER, at=AT)


def test_what_was_written_reads_back_as_the_hub_would_see_it() -> None:
    record = read_event(written())

    assert record is not None
    assert (record.uid, record.marker, record.unsupported) == ("u@hub.internal", MARKER, None)
    assert record.atoms == as_seen(HAIRCUT)


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


UNSUPPORTED = {
    "all_day": ("DTSTART;VALUE=DATE:20270324", "DTEND;VALUE=DATE:20270325"),
    "recurring": ("DTSTART:20270324T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"),
    "zero_length": ("DTSTART:20270324T090000Z", "DTEND:20270324T090000Z"),
    "floating": ("DTSTART:20270324T090000", "DURATION:PT1H"),
    "unreadable": ("DTSTART:soon", "DURATION:PT1H"),
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


STRANGE = (
    "DTSTART:20270324T090000Z",
    "DURATION:PT1H",
    "SEQUENCE:4",
    "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC",
    'X-FOO;X-BAR="a;b":keep\\, me',
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com",
    "CATEGORIES:A,B",
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    "TRIGGER:-PT10M",
    "X-WR-ALARMUID:1",
    "END:VALARM",
)


def test_an_edit_keeps_unknown_properties_and_alarms() -> None:
    edited = edit_event(event(*STRANGE), HAIRCUT, frozenset(HAIRCUT), at=AT)

    assert edited is not None
    for line in (*STRANGE[3:], "X-WR-CALNAME:Ben"):
        assert line in edited


def test_a_new_time_counts_the_sequence_up_and_a_new_title_does_not() -> None:
    moved = edit_event(event(*STRANGE), HAIRCUT, frozenset({"when"}), at=AT)
    renamed = edit_event(event(*STRANGE), HAIRCUT, frozenset({"title"}), at=AT)
    canceled = edit_event(
        event(*STRANGE), {**HAIRCUT, "status": "canceled"}, frozenset({"status"}), at=AT
    )

    assert moved is not None
    assert renamed is not None
    assert canceled is not None
    assert "SEQUENCE:5" in moved
    assert "SEQUENCE:4" in renamed
    assert "SEQUENCE:5" in canceled
    assert "LAST-MODIFIED:20270102T030405Z" in renamed


def test_an_edit_that_changes_nothing_is_no_edit() -> None:
    assert edit_event(written(), HAIRCUT, frozenset(HAIRCUT), at=AT) is None


def test_an_edit_leaves_what_was_not_named() -> None:
    edited = edit_event(event(*STRANGE, "SUMMARY:Theirs"), HAIRCUT, frozenset({"status"}), at=AT)

    assert edited is not None
    assert atoms_of(edited)["title"] == "Theirs"


@pytest.mark.parametrize(
    ("status", "word", "seen"),
    [
        ("requested", "TENTATIVE", "requested"),
        ("booked", "CONFIRMED", "booked"),
        ("rescheduled", "CONFIRMED", "booked"),
        ("completed", "CONFIRMED", "booked"),
        ("no_show", "CONFIRMED", "booked"),
        ("canceled", "CANCELLED", "canceled"),
        ("declined", "CANCELLED", "canceled"),
    ],
)
def test_a_status_takes_the_nearest_word_and_reads_back_as_seen(
    status: str, word: str, seen: str
) -> None:
    ics = written(status=status)

    assert f"STATUS:{word}" in ics
    assert atoms_of(ics)["status"] == seen
    assert as_seen({"status": status}) == {"status": seen}


def test_notes_below_our_line_stay_when_the_link_changes() -> None:
    ours = written().replace("are kept --", "are kept --\\nRing twice\\nDog!")
    assert atoms_of(ours)["notes"] == "Ring twice\nDog!"

    edited = edit_event(ours, {**HAIRCUT, "link": "https://new"}, frozenset({"link"}), at=AT)

    assert edited is not None
    assert atoms_of(edited) == {
        **as_seen(HAIRCUT),
        "link": "https://new",
        "notes": "Ring twice\nDog!",
    }


def test_a_description_without_our_line_is_all_theirs_and_the_link_comes_back() -> None:
    theirs = event(*STRANGE, "DESCRIPTION:Ring twice")
    assert (atoms_of(theirs)["link"], atoms_of(theirs)["notes"]) == ("", "Ring twice")

    edited = edit_event(theirs, HAIRCUT, frozenset({"link"}), at=AT)

    assert edited is not None
    assert (atoms_of(edited)["link"], atoms_of(edited)["notes"]) == (HAIRCUT["link"], "Ring twice")


LINES = st.text(st.sampled_from("ab \n:,;\\-–"), max_size=20)


@given(LINES, LINES)
def test_link_and_notes_come_apart_as_they_were_joined(link: str, notes: str) -> None:
    link, notes = link.replace("\n", "").strip(), notes.strip()
    joined = join_description(link, notes)

    if link:
        kept = "\n".join(line for line in notes.split("\n") if line.strip() != link).strip()
        assert split_description(joined) == (link, kept)
    else:
        assert joined == notes


@settings(max_examples=60)
@given(
    st.fixed_dictionaries({"title": LINES, "location": LINES}),
    st.datetimes(datetime(2027, 1, 1), datetime(2029, 1, 1)),  # noqa: DTZ001  (made UTC below)
    st.integers(1, 600),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_a_record_makes_the_round_trip(
    texts: dict[str, Json], start: datetime, minutes: int, zone: str
) -> None:
    first = start.replace(microsecond=0, tzinfo=UTC)
    last = datetime.fromtimestamp(first.timestamp() + 60 * minutes, UTC)
    when = {"start": first.isoformat(), "end": last.isoformat(), "tz": zone}
    record = canonical({**HAIRCUT, **texts, "when": when})

    found = atoms_of(write_event(record, uid="u@hub.internal", marker=MARKER, at=AT))

    expected = dict(as_seen(record))
    times = (expected.pop("when"), found.pop("when"))
    assert found == expected
    for edge in ("start", "end"):
        assert len({str(part.get(edge)) for part in times if isinstance(part, dict)}) == 1


@pytest.mark.parametrize("ics", ["", "hello", "BEGIN:VCALENDAR", "\x00\x01", "A:B\r\n"])
def test_what_is_no_icalendar_is_unreadable(ics: str) -> None:
    record = read_event(ics)

    assert record is not None
    assert record.unsupported is not None
    assert record.unsupported.code == "unreadable"


def test_a_task_is_no_event() -> None:
    ics = event("DTSTART:20270324T090000Z").replace("VEVENT", "VTODO")

    assert read_event(ics) is None
    with pytest.raises(ValueError, match="no event"):
        edit_event(ics, HAIRCUT, frozenset({"title"}), at=AT)


def test_text_cannot_break_out_of_its_line() -> None:
    ics = written(title="x\r\nBEGIN:VEVENT\r\nUID:evil", location="a;b,c\\n")

    assert ics.count("\r\nBEGIN:VEVENT") == 1
    assert len(Calendar.from_ical(ics).events) == 1


def test_a_marker_that_is_not_ours_is_none() -> None:
    record = read_event(event("DTSTART:20270324T090000Z", "DURATION:PT1H", "X-HUB-ID:robot:1"))

    assert record is not None
    assert record.marker is None
    assert NOTES_LINE not in str(record.atoms)
