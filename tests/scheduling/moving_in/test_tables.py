"""Tables of an older system: notations of times, and files that nobody meant well."""

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from customers.importing.tables import UnreadableFile
from hub.errors import InvalidInput
from scheduling.models import Appointment
from scheduling.moving_in.reading import UPLOAD_BYTES
from scheduling.moving_in.written_times import read_duration, read_moment
from tests.scheduling.moving_in.files import (
    HEADINGS,
    MARA_ROW,
    checked,
    moved_in,
    outcomes,
    row,
    table,
    told,
    uploaded,
)

TEN = datetime(2027, 3, 4, 10, 0)  # noqa: DTZ001  (of a wall clock)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-03-04 10:00", TEN),
        ("2027-03-04T10:00:00", TEN),
        ("2027-03-04T10:00:00Z", TEN.replace(tzinfo=UTC)),
        ("4.3.2027 10:00", TEN),
        ("4/3/2027 10:00", TEN),
        ("04.03.2027, 10.00", TEN),
        ("4/3/2027", TEN.date()),
        ("20270304", TEN.date()),
        ("10:00", TEN.time()),
        ("10h", None),
        ("10 am", TEN.time()),
        ("12:00 AM", datetime.min.time()),
        ("13:00 PM", None),
        ("25:00", None),
        ("31.2.2027", None),
        ("9", None),
        ("soon", None),
        ("1" * 10_000, None),
        ("", None),
    ],
)
def test_times_are_read_as_people_write_them(text: str, moment: object) -> None:
    try:
        found: object = read_moment(text, month_first=False, field="start")
    except InvalidInput:
        found = None

    assert found == moment


def test_in_some_countries_the_month_comes_first() -> None:
    found = read_moment("3/4/2027 10:00 AM", month_first=True, field="start")

    assert found == TEN


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45", 45),
        ("45 min", 45),
        ("1:30", 90),
        ("1.5 h", 90),
        ("1 h 30 min", 90),
        ("PT1H30M", 90),
        ("0", 0),
        ("", None),
        ("-5", None),
        ("long", None),
        ("9" * 5000, None),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, minutes: int | None) -> None:
    try:
        found: object = read_duration(text)
    except InvalidInput:
        found = None

    assert found == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_encoding_and_delimiter_are_recognized(encoding: str, sign: str) -> None:
    text = table(row("B1", name="Zoë Größe"), sign=sign).decode()

    done = moved_in(text.encode(encoding))

    assert outcomes(done) == ["booked"]
    assert Appointment.objects.get().customer.name == "Zoë Größe"


@pytest.mark.django_db
def test_a_workbook_does_as_well() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Id", "Start", "End", "Service", "Staff", "Customer"])
    book.active.append(
        [1001, TEN, TEN + timedelta(hours=1), "Haircut", "Dina Falk", "Mara Winter"]
    )
    kept = io.BytesIO()
    book.save(kept)

    done = moved_in(kept.getvalue())

    assert outcomes(done) == ["booked"]
    found = Appointment.objects.get()
    assert (found.end_at - found.start_at, found.moved_in.old_id) == (timedelta(hours=1), "1001")


@pytest.mark.django_db
def test_bad_rows_are_told_and_the_others_come_in() -> None:
    lines = [
        table(MARA_ROW).decode().rstrip(),
        "B2;2027-03-02;10:00;;Haircut;Dina Falk;Mara Winter;;",  # divided by another sign
        "B3,2027-03-03,10:00,,Haircut,Dina Falk,Mara\x00 Winter,mara@winter.example,,,,extra",
        'B4,2027-03-04,10:00,,Haircut,Dina Falk,"' + "x" * 70_000 + '",,',
        "B5,2027-03-05,10:00,,Haircut,Dina Falk,Mara Win\x00ter,mara@winter.example,",
        "B6\x00,2027-03-06,10:00,,Haircut,Dina Falk,Mara Winter,mara@winter.example,",
        "B7,2027-03-07,10:00",
    ]

    done = moved_in("\r\n".join(lines).encode())

    assert outcomes(done)[:4] == ["booked", "rejected", "rejected", "rejected"]
    assert "divided by another sign" in told(done)[1][2][0]
    assert "longer than 64 KB" in told(done)[3][2][0]
    assert outcomes(done)[6] == "rejected"
    assert len(outcomes(done)) == 7


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "neither a CSV file nor an XLSX workbook"),
        (b"PK\x03\x04 not a workbook", "damaged"),
        (b"\x81\x8d\x8f\x90\x9d", "cannot be read"),
        (b"x" * (UPLOAD_BYTES + 1), "at most 20 MB"),
        (b'Start,"' + b"x" * 11_000_000, "heading is far too long"),
        (b"2027-03-01 10:00,Mara Winter\r\n", "has to name the columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_says_what_to_do(
    content: bytes, reason: str | None
) -> None:
    if reason is None:
        assert outcomes(checked(content, mapping={"Start": "start", "Name": "name"})) == [
            "rejected"
        ]
        return
    with pytest.raises(UnreadableFile, match=reason):
        uploaded(content)


@pytest.mark.django_db
def test_an_empty_table_is_done_at_once() -> None:
    done = moved_in(table(headings=HEADINGS))

    assert (done.state, done.counts) == ("done", {})


@pytest.mark.django_db
def test_a_value_of_eleven_megabytes_is_the_fault_of_its_row_alone() -> None:
    found = checked(b'Start,Name\r\n"' + b"x" * 11_000_000)

    assert outcomes(found) == ["rejected"]
    assert "longer than 64 KB" in told(found)[0][2][0]
