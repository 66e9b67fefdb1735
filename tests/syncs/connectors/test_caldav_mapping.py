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
from tests.syncs.connectors.icalendars import AT, MARKER, atoms_of, event, written
from tests.syncs.connectors.people import HAIRCUT

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

LINES = st.text(st.sampled_from("ab \n:,;\\-–"), max_size=20)


def test_what_was_written_reads_back_as_the_hub_would_see_it() -> None:
    record = read_event(written())

    assert record is not None
    assert (record.uid, record.marker, record.unsupported) == ("u@hub.internal", MARKER, None)
    assert record.atoms == as_seen(HAIRCUT)


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


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART;TZID=America/New_York:99991231T230000", "DURATION:PT30M"],
        ["DTSTART;TZID=Asia/Tokyo:00010101T000000", "DURATION:PT30M"],
        ["DTSTART:20270324T090000Z", "DURATION:P99999999D"],
        [f"DTSTART;TZID={'a' * 5000}:20270324T090000", "DURATION:PT1H"],
        ["DTSTART:20270324T090000Z", "DTEND:x", "LAST-MODIFIED:x"],
        ["DTSTART:20270324T090000Z", "DURATION:PT1H", *["X-A:1"] * 400_000],
    ],
    ids=["after the last year", "before the first", "endless", "long zone", "no time", "long"],
)
def test_an_event_made_to_break_its_reader_does_not_stop_the_feed(lines: list[str]) -> None:
    record = read_event(event(*lines))

    assert record is not None
    assert record.unsupported is not None
    assert record.unsupported.code == "unreadable"


def test_what_is_no_calendar_at_all_is_unreadable() -> None:
    record = read_event("BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n")

    assert record is not None
    assert record.unsupported is not None


@pytest.mark.parametrize(
    "strange",
    ["DTSTART:20270324T100000Z", "SEQUENCE:\u00b2", f"SEQUENCE:{'9' * 5000}", "DTEND:x"],
    ids=["two starts", "no digit", "huge number", "no end"],
)
def test_a_strange_event_can_still_be_written_over(strange: str) -> None:
    ics = event("DTSTART:20270324T090000Z", strange)

    edited = edit_event(ics, HAIRCUT, frozenset({"when", "title"}), at=AT)

    assert edited is not None
    assert atoms_of(edited)["when"] == as_seen(HAIRCUT)["when"]
