"""One PDF for each issued invoice: rendered once, stored by its hash, the same for ever."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction

from billing import rendering
from billing.models import DocumentPicture, Invoice
from billing.pdf import render_invoice_pdf, sha256_of
from billing.picturing import first_page, picture_of
from billing.rendering import NotIssuedYet, render_document, render_pending
from hub import documents
from hub.actors import Actor
from hub.documents import DocumentDamaged
from hub.models import StoredFile
from tests.factories import billing as make
from tests.factories.threads import at_once

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning"),
]
JOB = Actor.job("render documents")


class Crash(BaseException):
    """The process ends here."""


def rendered(*prices: str) -> Invoice:
    return render_document(make.issued(*prices).pk, by=JOB)


def stored_bytes(invoice: Invoice) -> bytes:
    invoice.refresh_from_db()
    assert invoice.pdf is not None
    return documents.read(invoice.pdf.sha256)


def test_the_document_is_stored_under_the_hash_of_its_bytes() -> None:
    invoice = rendered("49.00")

    content = stored_bytes(invoice)

    assert content.startswith(b"%PDF-")
    assert invoice.pdf is not None
    assert (invoice.pdf.sha256, invoice.pdf.size) == (sha256_of(content), len(content))
    assert content == render_invoice_pdf(json.loads(invoice.snapshot_text))


def test_rendering_twice_keeps_the_first_document() -> None:
    invoice = rendered()

    again = render_document(invoice.pk, by=JOB)

    assert again.pdf_id == invoice.pdf_id
    assert StoredFile.objects.filter(media_type="application/pdf").count() == 1
    assert [row.actor_name for row in invoice.history.filter(pdf_id=invoice.pdf_id)] == [JOB.name]


def test_a_document_does_not_change_the_version_of_an_open_form() -> None:
    issued = make.issued()

    assert render_document(issued.pk, by=JOB).version == issued.version


def test_a_draft_has_no_document() -> None:
    with pytest.raises(NotIssuedYet):
        render_document(make.draft().pk, by=JOB)


def test_a_crash_between_pdf_and_hash_is_made_good_by_the_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    invoice = make.issued()

    def crash(_name: str) -> None:
        raise Crash

    with monkeypatch.context() as here:
        here.setattr(rendering, "crash_point", crash)
        with pytest.raises(Crash):
            render_pending(by=JOB)
    assert not StoredFile.objects.exists()

    assert render_pending(by=JOB) == 1
    assert stored_bytes(invoice) == render_invoice_pdf(json.loads(invoice.snapshot_text))


def test_a_crash_between_file_and_row_is_made_good_by_the_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    invoice = make.issued()
    store = documents.store

    def store_and_crash(content: bytes, *, media_type: str) -> StoredFile:
        store(content, media_type=media_type)
        raise Crash

    with monkeypatch.context() as here:
        here.setattr(documents, "store", store_and_crash)
        with pytest.raises(Crash), transaction.atomic():
            render_document(invoice.pk, by=JOB)
    assert not StoredFile.objects.exists()

    assert render_pending(by=JOB) == 1
    assert stored_bytes(invoice).startswith(b"%PDF-")


def test_one_that_cannot_be_rendered_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, broken, last = (make.issued() for _ in range(3))

    def fail_once(snapshot: Any) -> bytes:
        if snapshot["number"] == broken.number:
            raise RuntimeError("no fonts")
        return render_invoice_pdf(snapshot)

    with monkeypatch.context() as here:
        here.setattr(rendering, "render_invoice_pdf", fail_once)
        assert render_pending(by=JOB) == 2
    missing = Invoice.objects.filter(pdf=None)

    assert [invoice.pk for invoice in missing] == [broken.pk]
    assert stored_bytes(first) != stored_bytes(last)
    assert render_pending(by=JOB) == 1


@pytest.mark.parametrize("statement", ["SET pdf_id = NULL", "SET pdf_id = repeat('0', 64)"])
def test_the_document_of_an_invoice_is_set_once(statement: str) -> None:
    rendered()
    StoredFile.objects.create(sha256="0" * 64, media_type="application/pdf", size=1)

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE billing_invoice {statement}")


def test_page_1_is_drawn_once_and_the_same_every_time() -> None:
    invoice = make.issued("49.00")
    render_pending(by=JOB)
    picture = DocumentPicture.objects.get()
    content = stored_bytes(invoice)

    assert (picture.pages, picture.width, picture.height) == (1, 1191, 1684)
    drawn = documents.read(picture.png_id)
    assert drawn.startswith(b"\x89PNG\r\n")
    assert first_page(content).content == first_page(content).content == drawn


def test_a_picture_is_made_when_somebody_looks_before_the_worker_did() -> None:
    invoice = rendered()
    assert invoice.pdf is not None
    assert not DocumentPicture.objects.exists()

    first, again = picture_of(invoice.pdf), picture_of(invoice.pdf)

    assert first == again
    assert DocumentPicture.objects.count() == 1


def test_a_document_that_was_altered_on_the_disk_is_not_shown(settings: Any) -> None:
    invoice = rendered()
    assert invoice.pdf is not None
    path = documents._storage().path(documents._path(invoice.pdf.sha256))
    with open(path, "ab") as file:  # noqa: PTH123
        file.write(b"%forged")

    with pytest.raises(DocumentDamaged):
        picture_of(invoice.pdf)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_document() -> None:
    invoice = make.issued()

    outcomes = at_once(4, lambda _: render_document(invoice.pk, by=JOB))

    ids = {outcome.pdf_id if isinstance(outcome, Invoice) else outcome for outcome in outcomes}
    invoice.refresh_from_db()
    assert ids == {invoice.pdf_id}
    assert StoredFile.objects.count() == 1
    assert invoice.history.filter(pdf_id=invoice.pdf_id).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_at_once_both_set_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: with the lock off, more than one row of history sets the document."""
    invoice = make.issued()
    content = render_invoice_pdf(json.loads(invoice.snapshot_text))
    monkeypatch.setattr("hub.locks.exclusively", lambda _keys: None)
    monkeypatch.setattr(rendering, "render_invoice_pdf", lambda _snapshot: content)

    at_once(8, lambda _: render_document(UUID(str(invoice.pk)), by=JOB))

    assert invoice.history.filter(pdf__isnull=False).count() > 1


@pytest.mark.django_db(transaction=True)
def test_many_may_look_at_the_same_moment() -> None:
    invoice = rendered()
    pdf = invoice.pdf
    assert pdf is not None

    outcomes = at_once(4, lambda _: picture_of(pdf))

    assert {type(outcome) for outcome in outcomes} == {DocumentPicture}
    assert DocumentPicture.objects.count() == 1
