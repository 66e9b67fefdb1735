"""What was uploaded does not stay for ever, and not at all once somebody in it was erased."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone

from billing.models import DocumentPicture
from customers.erasure import erase_customer
from customers.exporting import note_export
from customers.importing.forgetting import due_files, forget_due, forget_file
from customers.importing.requesting import start_check
from customers.models import Customer, CustomerExport, CustomerImport, ImportState
from hub import documents
from tests.customers.importing.files import (
    CLAIRE,
    LUC,
    ada,
    checked,
    csv_of,
    imported,
    run,
    told,
    uploaded,
    workbook_of,
)
from tests.customers.test_erasure import CANARY, everywhere
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import SETUP, actor

pytestmark = pytest.mark.django_db
SINGING = (CANARY, "Marchetti", f"{CANARY}@x.example", "+33612345678")
NAMESAKE = (CANARY, "Marchetti", "", "")
REJECTED = (CANARY, "Marchetti", f"{CANARY} at nowhere", "")
LONG_AGO = timedelta(days=31)


def files() -> list[Path]:
    """Return every file that is stored, documents and all."""
    storage: Any = storages["documents"]
    return sorted(path for path in Path(storage.location).rglob("*") if path.is_file())


def forget(at: datetime | None = None) -> int:
    return forget_due(at=at or timezone.now(), by=SETUP)


def erase(name: str = CANARY) -> None:
    found = Customer.objects.filter(given_name=name).earliest("number")
    erase_customer(found.pk, reason="Asked on Nov 22", at=timezone.now(), by=SETUP)


@pytest.mark.parametrize("make_file", [csv_of, workbook_of])
def test_after_an_erasure_neither_a_table_nor_a_file_has_the_person(make_file: Any) -> None:
    done = imported(make_file(SINGING, LUC, REJECTED))
    assert len(files()) == 1
    assert "customers_importrow" in everywhere()

    erase()
    count = forget()

    assert (count, files(), everywhere()) == (1, [], [])
    done.refresh_from_db()
    assert done.file_deleted_at is not None
    assert done.counts == {"created": 2, "rejected": 1}
    assert Customer.objects.filter(given_name="Luc").exists()


def test_whom_a_question_named_is_erased_from_the_row_of_the_other() -> None:
    imported(csv_of(SINGING))
    other = imported(csv_of(("", CANARY.title(), "", ""), headings=("a", "b", "c", "d")), b="name")
    again = imported(csv_of(NAMESAKE))
    assert told(again)[0][1] == "review"

    erase()

    assert told(again)[0][2] == []
    assert other.counts == {"created": 1}


def test_the_same_file_changes_nothing_when_it_comes_again_after_its_deletion() -> None:
    content = csv_of(CLAIRE, LUC)
    imported(content)
    erase("Claire")
    forget()
    before = (Customer.objects.count(), Customer.history.count())

    again = imported(content)

    assert again.counts == {"matched": 2}
    assert (Customer.objects.count(), Customer.history.count()) == before
    assert forget() == 1, "it holds the erased person once more"
    assert files() == []


def test_files_are_deleted_when_they_are_old_and_not_before(settings: Any) -> None:
    done = imported(csv_of(SINGING))
    at = done.moved_at

    assert forget(at + timedelta(days=29)) == 0
    assert len(files()) == 1
    assert forget(at + LONG_AGO) == 1
    assert files() == []
    assert told(done)[0] == (2, "created", [])
    assert "customers_importrow" not in everywhere()
    settings.IMPORT_FILES_KEPT_DAYS = 1
    younger = imported(csv_of(LUC))
    assert forget(younger.moved_at + timedelta(hours=23)) == 0
    assert forget(younger.moved_at + timedelta(hours=25)) == 1


def test_a_file_that_was_uploaded_again_is_young_again() -> None:
    content = csv_of(CLAIRE)
    first = imported(content)
    CustomerImport.objects.filter(pk=first.pk).update(moved_at=timezone.now() - LONG_AGO)
    assert due_files(at=timezone.now()) == [first.file_id]

    again = uploaded(content, by=actor(ada()))

    assert forget() == 0
    assert documents.read(again.file_id) == content


def test_whoever_uploads_at_the_last_moment_keeps_the_file() -> None:
    """Between the look at what is due and its deletion somebody comes with the same file."""
    content = csv_of(CLAIRE)
    first = imported(content)
    CustomerImport.objects.filter(pk=first.pk).update(moved_at=timezone.now() - LONG_AGO)
    (due,) = due_files(at=timezone.now())
    uploaded(content, by=actor(ada()))

    deleted = forget_file(due, at=timezone.now(), by=SETUP)

    assert deleted == []
    assert documents.read(due) == content


@pytest.mark.parametrize("state", [ImportState.UPLOADED, ImportState.CHECKED])
def test_an_import_that_was_never_started_is_canceled_with_its_file(state: ImportState) -> None:
    found = uploaded(csv_of(SINGING), by=actor(ada()))
    if state == ImportState.CHECKED:
        found = checked(csv_of(SINGING))
    assert found.state == state

    forget(found.moved_at + LONG_AGO)

    found.refresh_from_db()
    assert found.state == ImportState.CANCELED
    assert "Upload it again" in found.problem
    assert (found.rows.count(), files()) == (0, [])


def test_a_file_that_is_read_right_now_stays_until_that_ends() -> None:
    found = checked(csv_of(SINGING, LUC))
    start_check(found.pk, at=timezone.now(), by=actor(ada()))
    CustomerImport.objects.filter(pk=found.pk).update(moved_at=timezone.now() - LONG_AGO)

    assert forget() == 0
    assert len(files()) == 1


def test_a_check_that_waits_is_canceled_when_somebody_in_it_is_erased() -> None:
    customer(f"{CANARY} Marchetti", email=f"{CANARY}@x.example")
    found = checked(csv_of(SINGING, LUC))

    erase()
    forget()

    found.refresh_from_db()
    assert (found.state, files(), everywhere()) == (ImportState.CANCELED, [], [])


def test_a_file_that_something_else_points_to_stays() -> None:
    found = uploaded(csv_of(CLAIRE), by=actor(ada()))
    DocumentPicture.objects.create(pdf=found.file, png=found.file, width=1, height=1, pages=1)

    assert forget(found.moved_at + LONG_AGO) == 1

    assert documents.read(found.file_id) == csv_of(CLAIRE)


def test_the_page_says_that_the_file_is_gone_and_offers_no_rejected_rows() -> None:
    desk: Client = signed_in(ada())
    found = imported(csv_of(CLAIRE, REJECTED))
    place = f"/customers/imports/{found.pk}/"
    assert "Rejected rows" in desk.get(place).content.decode()

    forget(found.moved_at + LONG_AGO)

    page = desk.get(place)
    assert page.status_code == 200
    assert "The file was deleted on" in page.content.decode()
    assert "rejected.csv" not in page.content.decode()
    assert desk.get(f"{place}rejected.csv").status_code == 404
    assert run(checked(csv_of(CLAIRE, REJECTED))).counts == {"matched": 1, "rejected": 1}


def test_what_was_searched_for_is_not_kept_with_an_export() -> None:
    customer(f"{CANARY} Marchetti")

    note_export(
        Customer.objects.all(),
        kind="csv",
        query=f"q={CANARY}&show=new",
        at=timezone.now(),
        by=actor(ada()),
    )
    erase()

    assert CustomerExport.objects.get().query == "q=*&show=new"
    assert everywhere() == []
