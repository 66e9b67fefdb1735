"""The pages of an import, from the upload to the rejected rows, and the export of a list."""

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.addresses import add_address
from customers.models import Customer, CustomerExport, CustomerImport, ImportState
from hub.web import uploads
from tests.customers.importing.files import (
    CLAIRE,
    HEADINGS,
    LUC,
    ada,
    checked,
    csv_of,
    imported,
    people,
    work,
    workbook_of,
)
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import SETUP, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    return signed_in(ada())


def send(desk: Client, content: bytes, name: str = "people.csv"):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile(name, content)
    return desk.post("/customers/imports/new/", {"file": file})


def exported(answer) -> list[list[str]]:  # type: ignore[no-untyped-def]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("make", [csv_of, workbook_of])
def test_a_file_goes_from_upload_to_customers(desk: Client, make) -> None:  # type: ignore[no-untyped-def]
    answer = send(desk, make(CLAIRE, LUC, ("Bad", "Row", "nowhere", "")))
    found = CustomerImport.objects.get()
    page = desk.get(answer.url, follow=True)
    assert page.redirect_chain == [(f"/customers/imports/{found.pk}/columns/", 302)]
    assert "claire@marchetti.example" in page.content.decode(), "examples help to recognize"

    choices = {f"column_{place}": found.mapping[name] for place, name in enumerate(HEADINGS)}
    desk.post(f"/customers/imports/{found.pk}/columns/", choices | {"system": "Old CRM"})
    work(found)
    page = desk.get(f"/customers/imports/{found.pk}/")
    assert "Import 2 rows" in page.content.decode()
    desk.post(f"/customers/imports/{found.pk}/start/")
    done = work(found)

    assert (done.state, done.system) == (ImportState.DONE, "Old CRM")
    assert Customer.objects.count() == 2
    page = desk.get(f"/customers/imports/{found.pk}/?show=rejected")
    assert "This is not an e-mail address" in page.content.decode()


def test_rejected_rows_come_back_with_reasons_and_can_be_uploaded_again(desk: Client) -> None:
    rows = [CLAIRE, ("=Bad", "Row", "nowhere", "+33 6"), *people(2), ("", "", "a@x.example", "")]
    found = imported(csv_of(*rows))

    returned = exported(desk.get(f"/customers/imports/{found.pk}/rejected.csv"))

    assert [row[:4] for row in returned[1:]] == [
        ["'=Bad", "Row", "nowhere", "'+33 6"],
        ["", "", "a@x.example", ""],
    ]
    assert returned[0][-1] == "Why it was rejected"
    mended = [[*row] for row in returned]
    mended[1][2], mended[1][3], mended[2][0] = "bad@x.example", "", "Anna"
    text = io.StringIO()
    csv.writer(text).writerows(mended)
    again = imported(text.getvalue().encode())
    assert again.counts == {"created": 2}
    assert Customer.objects.filter(given_name="=Bad").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty."),
        (b"%PDF-1.7", "neither a CSV file nor an XLSX workbook"),
        (b"PK\x03\x04 no zip", "This workbook is damaged."),
        (b"Name\n\x81\x8d", "The letters of this file cannot be read."),
    ],
)
def test_a_bad_file_is_refused_in_words(desk: Client, content: bytes, said: str) -> None:
    answer = send(desk, content)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CustomerImport.objects.exists()


def test_no_file_at_all_is_refused_in_words(desk: Client) -> None:
    answer = desk.post("/customers/imports/new/")

    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()


def test_a_file_that_is_too_large_is_dropped_on_its_way(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LIMIT_BYTES", 100_000)

    answer = send(desk, b"Name\n" + b"Ann\n" * 500_000)

    assert answer.status_code == 422
    assert "This file has 2 MB; at most 50 MB can be taken." in answer.content.decode()
    assert not CustomerImport.objects.exists()


def test_columns_without_a_name_are_refused_in_words(desk: Client) -> None:
    send(desk, csv_of(CLAIRE))
    found = CustomerImport.objects.get()

    answer = desk.post(f"/customers/imports/{found.pk}/columns/", {"column_2": "email"})

    assert answer.status_code == 422
    assert "Choose the column that holds the name" in answer.content.decode()


def test_the_bar_tells_how_far_it_is_and_brings_the_page_at_the_end(desk: Client) -> None:
    send(desk, csv_of(CLAIRE))
    found = CustomerImport.objects.get()
    desk.post(
        f"/customers/imports/{found.pk}/columns/", {"column_0": "given_name", "column_2": "email"}
    )

    moving = desk.get(f"/customers/imports/{found.pk}/progress/")
    work(found)
    ended = desk.get(f"/customers/imports/{found.pk}/progress/")

    assert "every 1s" in moving.content.decode()
    assert (moving.get("HX-Refresh"), ended.get("HX-Refresh")) == (None, "true")


def test_an_import_can_be_canceled_and_stays_in_the_list(desk: Client) -> None:
    assert "Nothing imported yet" in desk.get("/customers/imports/").content.decode()
    found = checked(csv_of(CLAIRE))

    desk.post(f"/customers/imports/{found.pk}/cancel/")
    again = desk.post(f"/customers/imports/{found.pk}/start/", follow=True)

    assert "cannot become running" in again.content.decode()
    assert "Canceled" in desk.get("/customers/imports/").content.decode()
    assert not Customer.objects.exists()


def test_rows_are_paged_with_as_many_queries_for_one_as_for_many(desk: Client) -> None:
    one, many = imported(csv_of(*people(1))), imported(csv_of(*people(60)))
    costs = []
    for found in (one, many):
        desk.get(f"/customers/imports/{found.pk}/")
        with CaptureQueriesContext(connection) as asked:
            page = desk.get(f"/customers/imports/{found.pk}/")
        costs.append(len(asked))

    assert costs[0] == costs[1]
    assert "after=51" in page.content.decode()
    second = desk.get(f"/customers/imports/{many.pk}/?show=created&after=55")
    assert "Number 59" in second.content.decode()
    assert "Number 3<" not in second.content.decode()


def test_the_export_is_the_list_that_is_shown_and_holds_no_formula(desk: Client) -> None:
    customer("=Danger Marchetti", email="claire@marchetti.example", phone="+33612345678")
    customer("Bruno Costa")

    rows = exported(desk.get("/customers/export.csv?q=marchetti"))

    assert len(rows) == 2
    told = dict(zip(*rows, strict=True))
    assert told["First name"] == "'=Danger"
    assert told["Phone"] == "'+33 6 12 34 56 78"
    kept = CustomerExport.objects.get()
    assert (kept.kind, kept.query, kept.customers) == ("csv", "q=*", 1)
    assert kept.actor_name == "Ada Manager"


def test_an_export_that_is_imported_again_changes_nothing(desk: Client) -> None:
    customer("=Danger Marchetti", email="claire@marchetti.example", phone="+33612345678")
    customer("Only Named", city="Lyon", country="FR")
    before = Customer.history.count()
    content = desk.get("/customers/export.csv").getvalue()

    again = imported(content)

    assert again.counts == {"matched": 2}
    assert (Customer.objects.count(), Customer.history.count()) == (2, before)


def test_further_addresses_are_one_column_that_an_import_leaves_alone(desk: Client) -> None:
    claire = customer("Claire Marchetti", email="claire@marchetti.example")
    work = {"kind": "work", "label": "2nd floor", "street": "1 rue Royale", "country": "FR"}
    add_address(claire.pk, work, by=SETUP)
    add_address(claire.pk, {"kind": "home", "city": "Lyon"}, by=SETUP)
    before = Customer.history.count()

    content = desk.get("/customers/export.csv").getvalue()
    again = imported(content)

    told = dict(zip(*csv.reader(io.StringIO(content.decode("utf-8-sig"))), strict=True))
    assert told["Further addresses"] == (
        "Work address (2nd floor): 1 rue Royale, France; Home address: Lyon"
    )
    assert again.counts == {"matched": 1}
    assert (Customer.history.count(), claire.addresses.count()) == (before, 2)


def test_a_workbook_holds_the_same_as_the_csv(desk: Client) -> None:
    customer("Claire Marchetti", email="claire@marchetti.example")
    answer = desk.get("/customers/export.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))

    rows = [[str(cell or "") for cell in row] for row in book.active.values]

    assert rows == exported(desk.get("/customers/export.csv"))


@pytest.mark.parametrize(("role", "status"), [("Front desk", 403), ("Billing", 200)])
def test_only_those_who_may_export_do(role: str, status: int) -> None:
    customer("Claire Marchetti")
    site = signed_in(person(role))

    assert site.get("/customers/export.csv").status_code == status
    assert ("These as CSV" in site.get("/customers/").content.decode()) == (status == 200)
    assert CustomerExport.objects.exists() == (status == 200)
