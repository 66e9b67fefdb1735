"""Files as people and attackers make them: read, or refused in words; never a crash."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from customers.importing import workbooks
from customers.importing.reading import CSV, XLSX, media_type_of, table_of
from customers.importing.tables import PIECE, Table, UnreadableFile, protected, unprotected
from customers.importing.workbooks import require_harmless
from tests.customers.importing.files import csv_of, workbook_of

TEXT = "Name,Ort\nZoë Müller,Köln\n"


def opener(content: bytes) -> Callable[[], Any]:
    return lambda: io.BytesIO(content)


def table(content: bytes) -> Table:
    media_type = media_type_of(opener(content))
    if media_type == XLSX:
        require_harmless(opener(content))
    return table_of(opener(content), media_type=media_type)


def read(content: bytes) -> list[tuple[int, tuple[str, ...], str]]:
    with table(content).rows() as rows:
        return [(row.number, tuple(row.cells), row.fault) for row in rows]


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read(content)
    return str(refused.value)


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_the_letters_are_read_as_they_were_written(encoding: str, told: str) -> None:
    content = TEXT.encode(encoding)

    assert read(content) == [(2, ("Zoë Müller", "Köln"), "")]
    assert told in table(content).told


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_recognized(sign: str) -> None:
    rows = [("Ann, of Lee" if sign == ";" else "Ann", "a@x.example")]

    assert read(csv_of(*rows, headings=("Name", "E-mail"), sign=sign)) == [(2, rows[0], "")]


def test_rows_with_another_delimiter_are_refused_one_by_one() -> None:
    content = b"Name;E-mail\nAnn;a@x.example\nBob,b@x.example\nCid;c@x.example\n"

    assert [bool(fault) for *_, fault in read(content)] == [False, True, False]
    assert read(content)[1][2] == "This row is divided by another sign than the headings are."


def test_values_keep_their_line_breaks_and_quotation_marks() -> None:
    content = b'Name,Notes\n"Lee, Ann","one\r\ntwo ""2"""\n\n , \nBob,\n'

    assert read(content) == [
        (2, ("Lee, Ann", 'one\r\ntwo "2"'), ""),
        (5, ("Bob", ""), ""),
    ]


def test_headings_that_stand_twice_or_are_empty_get_names() -> None:
    assert table(b"Phone,phone,,E-mail,Phone\n1,2,3,4,5\n").headings == (
        "Phone",
        "phone (2)",
        "Column 3",
        "E-mail",
        "Phone (3)",
    )


def test_two_hundred_columns_are_read_and_one_more_is_refused() -> None:
    names = [f"Column number {place}" for place in range(1, 202)]

    for make in (csv_of, workbook_of):
        assert len(table(make(headings=names[:200])).headings) == 200
        assert (
            refusal(make(headings=names)) == "This file has 201 columns; at most 200 can be read."
        )


def test_a_row_with_more_values_than_headings_is_refused_alone() -> None:
    found = read(b"Name,City\nAnn,Lyon,France\nBob\nCid,Nice,,\n")

    assert found == [
        (2, ("Ann", "Lyon"), "This row has 3 values, but there are 2 headings."),
        (3, ("Bob", ""), ""),
        (4, ("Cid", "Nice"), ""),
    ]


def test_ten_megabytes_in_one_value_are_the_fault_of_that_row() -> None:
    content = b"Name,Notes\nAnn," + b"x" * 10_000_000 + b"\nBob,fine\n"

    assert [(number, bool(fault)) for number, _, fault in read(content)] == [(2, True), (3, False)]


def test_a_quotation_mark_that_is_never_closed_is_told() -> None:
    content = b'Name,Notes\nAnn,"open\n' + b"Bob,fine\n" * 10_000

    assert [fault for *_, fault in read(content)] == [
        "One value is longer than 64 KB. Is a quotation mark left open?"
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty."),
        (b"\n\n  \n", "This file is empty."),
        (b"\xef\xbb\xbf", "This file is empty."),
        (b"Ann Lee,ann@x.example\n", "The first row has to name the columns"),
        (b"Ann Lee,+33 6 12 34 56 78\n", "The first row has to name the columns"),
        (b"Name\n\x81\x8d\x8f", "The letters of this file cannot be read."),
        (b'"Name,Notes\n' + b"Bob,fine\n" * 200, "A heading is far too long. Is a quotation mark"),
        (b"%PDF-1.7 ...", "This is neither a CSV file nor an XLSX workbook."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old or protected workbook."),
        (b"PK\x03\x04 no zip", "This workbook is damaged."),
        (b"\xff\xfeN\x00\x00\xd8", "The letters of this file cannot be read."),
        (workbook_of(headings=()), "The first sheet of this workbook is empty."),
        (workbook_of()[:-200], "This workbook is damaged."),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(content: bytes, said: str) -> None:
    assert refusal(content).startswith(said)


def test_null_bytes_and_direction_marks_stay_for_the_field_to_refuse() -> None:
    assert read("Name\nAnn\0Lee\n\u202eeeL\n😀 Zoë\n".encode()) == [
        (2, ("Ann\0Lee",), ""),
        (3, ("\u202eeeL",), ""),
        (4, ("😀 Zoë",), ""),
    ]


def test_cells_of_a_workbook_are_read_as_they_look() -> None:
    content = workbook_of(
        (33612345678.0, date(1980, 3, 14), True, None),
        (
            "=1+1",
            datetime(2026, 1, 2, 3, 4),  # noqa: DTZ001
            1.5,
            "x",
        ),
    )

    assert [cells for _, cells, _ in read(content)] == [
        ("33612345678", "1980-03-14", "True", ""),
        ("", "2026-01-02T03:04:00", "1.5", "x"),
    ]


def packed(**parts: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return kept.getvalue()


def sheet_bomb() -> bytes:
    return packed(**{"xl/worksheets/sheet1.xml": b"<row/>" * 20_000_000})


def texts_bomb() -> bytes:
    return packed(**{"xl/sharedStrings.xml": b"<si><t>x</t></si>" * 4_200_000})


def parts_bomb() -> bytes:
    return packed(**{f"xl/{place}.xml": b"<x/>" for place in range(workbooks.PARTS + 1)})


@pytest.mark.parametrize("make", [sheet_bomb, texts_bomb, parts_bomb])
def test_a_workbook_bomb_is_refused_before_it_is_opened(make: Callable[[], bytes]) -> None:
    content = make()
    assert len(content) < 500_000, "it is small where it arrives"

    assert refusal(content).startswith("This workbook unpacks to far more")


@pytest.mark.parametrize("filler", [0, PIECE - 5])
def test_a_workbook_that_declares_entities_is_refused(filler: int) -> None:
    start = b"<!--" + b" " * max(filler - 4, 0)
    laughs = start + b"--><!DOCTYPE x [<!ENTITY a 'ha'>]><x>&a;</x>"

    assert refusal(packed(**{"xl/workbook.xml": laughs})) == workbooks._DAMAGED


def test_what_a_workbook_says_of_its_size_is_not_believed() -> None:
    book = io.BytesIO(workbook_of(("Ann",), ("Bob",), headings=("Name",)))
    lying = io.BytesIO()
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(lying, "w") as target:
        for part in source.infolist():
            text = source.read(part).replace(b'<dimension ref="A1:A3"', b'<dimension ref="A1:A1"')
            target.writestr(part.filename, text)

    assert [cells for _, cells, _ in read(lying.getvalue())] == [("Ann",), ("Bob",)]


def test_a_csv_stays_a_csv_whatever_it_is_called() -> None:
    assert media_type_of(opener(csv_of())) == CSV
    assert media_type_of(opener(workbook_of())) == XLSX


@pytest.mark.parametrize("text", ["=1+1", "+33 6 12", "-1", "@ann", "\tx", "\rx"])
def test_a_formula_is_protected_on_its_way_out_and_comes_back_unchanged(text: str) -> None:
    assert protected(text) == f"'{text}"
    assert unprotected(protected(text)) == text


@pytest.mark.parametrize("text", ["Ann", "'t Hooft", "", "'", "a=b"])
def test_what_is_no_formula_is_left_alone(text: str) -> None:
    assert protected(text) == unprotected(text) == text
