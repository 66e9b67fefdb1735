"""The pages of moving in: file, columns, names, check, import, rows as a table."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import ImportState
from scheduling.models import Appointment, MovingIn
from tests.factories.clients import signed_in
from tests.factories.scheduling import service
from tests.scheduling.moving_in.files import (
    HEADINGS,
    MARA_ROW,
    ada,
    calendar,
    checked,
    event,
    many,
    moved_in,
    row,
    salon,
    table,
    work,
)

pytestmark = pytest.mark.django_db
HOME = "/settings/moving-in/"


@pytest.fixture
def desk() -> Client:
    salon()
    return signed_in(ada())


def send(desk: Client, content: bytes, name: str = "diary.csv") -> Any:
    return desk.post(f"{HOME}new/", {"file": SimpleUploadedFile(name, content)})


def post(desk: Client, path: str, values: dict[str, str]) -> Any:
    return desk.post(path, values)


def names(page: Any, **choices: str) -> dict[str, str]:
    """Return the choices that the page of names suggests, as a browser would send them."""
    form = page.context["form"]
    suggested = {name: str(form[name].value() or "") for name in form.fields}
    return suggested | {"system": "Old Diary", "with_reminders": "on"} | choices


def test_a_table_goes_from_upload_to_appointments(desk: Client) -> None:
    answer = send(desk, table(MARA_ROW, row("B2", "2027-03-02 soon")))
    found = MovingIn.objects.get()
    assert answer.url == f"{HOME}{found.pk}/columns/"
    page = desk.get(answer.url)
    assert "mara@winter.example" in page.content.decode(), "examples help to recognize"

    choices = {f"column_{place}": found.mapping[name] for place, name in enumerate(HEADINGS)}
    answer = post(desk, answer.url, choices)
    assert answer.url == f"{HOME}{found.pk}/names/"
    page = desk.get(answer.url)
    assert "Dina Falk" in page.content.decode()
    desk.post(answer.url, names(page))
    work(found, at=timezone.now())
    page = desk.get(f"{HOME}{found.pk}/")
    assert "Move in 1 appointment" in page.content.decode()
    desk.post(f"{HOME}{found.pk}/start/")
    done = work(found, at=timezone.now())

    assert (done.state, done.system) == (ImportState.DONE, "Old Diary")
    assert Appointment.objects.count() == 1
    page = desk.get(f"{HOME}{found.pk}/?show=rejected")
    assert "is no time" in page.content.decode()


def test_a_calendar_needs_no_columns(desk: Client) -> None:
    answer = send(desk, calendar(event("u1", "SUMMARY:Trim")), "diary.ics")
    found = MovingIn.objects.get()

    assert answer.url == f"{HOME}{found.pk}/names/"
    page = desk.get(f"{HOME}{found.pk}/", follow=True)
    assert page.redirect_chain[-1][0] == answer.url
    desk.post(answer.url, names(page, service_0=str(service().pk)))

    assert work(found, at=timezone.now()).counts == {"booked": 1}


def test_the_system_must_have_a_name(desk: Client) -> None:
    answer = send(desk, calendar(event("u1")), "diary.ics")
    page = desk.get(answer.url)

    refused = desk.post(answer.url, names(page, system=" "))

    assert refused.status_code == 422
    assert "Name the system that the file comes from." in refused.content.decode()
    assert MovingIn.objects.get().state == ImportState.UPLOADED


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "This file is empty."),
        (b"%PDF-1.7", "neither a CSV file nor an XLSX workbook"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", "holds no event"),
        (b"x" * (21 << 20), "at most 20 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(
    desk: Client, content: bytes, reason: str
) -> None:
    answer = send(desk, content)

    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert not MovingIn.objects.exists()


def test_rows_come_as_a_table_with_the_reasons_and_no_formulas(desk: Client) -> None:
    found = checked(table(MARA_ROW, row("B2", "=cmd|' /C calc'!A0")))

    answer: Any = desk.get(f"{HOME}{found.pk}/rows.csv?show=rejected")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[:3] for row in rows[1:]] == [["3", rows[1][1], "Rejected"]]
    assert rows[1][1].startswith("'=cmd")


@pytest.mark.parametrize(
    "path", ["", "?show=booked", "?show=nonsense&after=9999999999999", "progress/"]
)
def test_the_page_of_a_file_answers_in_every_state(desk: Client, path: str) -> None:
    found = checked(table(MARA_ROW))
    for state in (
        ImportState.CHECKING,
        ImportState.DONE,
        ImportState.FAILED,
        ImportState.CANCELED,
    ):
        MovingIn.objects.filter(pk=found.pk).update(state=state, problem="It is gone.")
        assert desk.get(f"{HOME}{found.pk}/{path}").status_code == 200


def test_a_file_that_came_before_is_told_to_change_nothing(desk: Client) -> None:
    moved_in(table(MARA_ROW))
    again = checked(table(MARA_ROW))

    page = desk.get(f"{HOME}{again.pk}/").content.decode()

    assert "Moving them in again changes nothing." in page
    assert "Move in 0" not in page


def test_pages_ask_as_much_of_the_database_for_many_rows_as_for_one(desk: Client) -> None:
    def queries(found: MovingIn) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            desk.get(f"{HOME}{found.pk}/")
            desk.get(HOME)
        return len(asked)

    one, more = moved_in(table(MARA_ROW)), moved_in(table(*many(30)))

    queries(one)
    assert queries(one) == queries(more)


def test_the_list_says_what_to_do_while_it_is_empty(desk: Client) -> None:
    assert "Nothing moved in yet" in desk.get(HOME).content.decode()


def test_canceling_leads_back_to_the_list(desk: Client) -> None:
    found = checked(table(MARA_ROW))

    page = desk.post(f"{HOME}{found.pk}/cancel/", follow=True)

    assert "What had been moved in stays." in page.content.decode()
    assert desk.post(f"{HOME}{found.pk}/cancel/", follow=True).status_code == 200
    found.refresh_from_db()
    assert found.state == ImportState.CANCELED
