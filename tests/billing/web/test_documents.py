"""The canonical PDF and its picture over HTTP."""

import pytest
from django.http import HttpRequest
from django.test import Client

from billing.models import DocumentPicture, Invoice
from billing.rendering import render_document
from billing.streaming import safe_name, stream
from hub import documents
from hub.actors import Actor
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.people import person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning"),
]
CONTENT = bytes(range(200)) * 5
SHA = "a" * 64


@pytest.fixture
def bo() -> Client:
    return signed_in(person("Billing"))


@pytest.fixture
def invoice() -> Invoice:
    return render_document(make.issued("49.00").pk, by=Actor.job("render documents"))


def test_the_pdf_is_the_stored_bytes_twice_the_same(bo: Client, invoice: Invoice) -> None:
    assert invoice.pdf is not None

    first, again = (bo.get(f"/invoices/{invoice.pk}/document.pdf") for _ in range(2))

    assert first.content == again.content == documents.read(invoice.pdf.sha256)
    assert first["ETag"] == again["ETag"] == f'"{invoice.pdf.sha256}"'
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == f'attachment; filename="{invoice.number}.pdf"'
    assert first["X-Content-Type-Options"] == "nosniff"
    assert first["Cache-Control"] == "private, must-revalidate"
    assert first["Content-Length"] == str(invoice.pdf.size)


def test_a_reader_who_has_it_gets_nothing(bo: Client, invoice: Invoice) -> None:
    answer = bo.get(
        f"/invoices/{invoice.pk}/document.pdf",
        headers={"If-None-Match": f'"x", W/"{invoice.pdf_id}"'},
    )

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_draft_has_no_document_and_an_issued_one_says_when(bo: Client) -> None:
    draft, issued = make.draft(), make.issued()

    for name in ("document.pdf", "document.png", "document/"):
        assert bo.get(f"/invoices/{draft.pk}/{name}").status_code == 404
    for name in ("document.pdf", "document.png"):
        waiting = bo.get(f"/invoices/{issued.pk}/{name}")
        assert (waiting.status_code, waiting["Retry-After"]) == (409, "2")
        assert "is being made" in waiting.content.decode()


def test_the_page_waits_for_the_pdf_by_itself(bo: Client) -> None:
    issued = make.issued()
    url = f"/invoices/{issued.pk}/document/"

    page = bo.get(issued.get_absolute_url()).content.decode()
    waiting = bo.get(url).content.decode()
    render_document(issued.pk, by=Actor.job("render documents"))
    there = bo.get(url).content.decode()
    issued.refresh_from_db()

    for html in (page, waiting):
        assert f'hx-get="{url}" hx-trigger="every 2s"' in html
        assert "The PDF is being made" in html
    assert "every 2s" not in there
    assert f'src="/invoices/{issued.pk}/document.png"' in there
    assert f'href="/invoices/{issued.pk}/document.pdf"' in there
    assert str(issued.pdf_id) in there


def test_the_picture_is_page_1_as_png(bo: Client, invoice: Invoice) -> None:
    page = bo.get(invoice.get_absolute_url()).content.decode()
    picture = bo.get(f"/invoices/{invoice.pk}/document.png")

    kept = DocumentPicture.objects.get()
    assert picture.content.startswith(b"\x89PNG\r\n")
    assert (picture["Content-Type"], picture["ETag"]) == ("image/png", f'"{kept.png_id}"')
    assert "Content-Disposition" not in picture
    assert f'width="{kept.width}" height="{kept.height}"' in page
    assert f"Page 1 of 1 of invoice {invoice.number}. Total €49.00." in page


def test_an_altered_document_is_refused_and_the_page_says_so(bo: Client, invoice: Invoice) -> None:
    _alter(str(invoice.pdf_id))

    answers = [bo.get(f"/invoices/{invoice.pk}/document.{kind}") for kind in ("pdf", "png")]
    page = bo.get(invoice.get_absolute_url())

    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("is damaged" in answer.content.decode() for answer in answers)
    assert page.status_code == 200
    assert "The stored PDF is damaged" in page.content.decode()


def test_a_picture_that_was_lost_is_drawn_again(bo: Client, invoice: Invoice) -> None:
    url = f"/invoices/{invoice.pk}/document.png"
    before = bo.get(url).content
    _alter(DocumentPicture.objects.get().png_id)

    assert bo.get(url).content == before


@pytest.mark.parametrize(
    ("asked", "status", "told", "content"),
    [
        ("bytes=0-99", 206, "bytes 0-99/1000", CONTENT[:100]),
        ("bytes=900-", 206, "bytes 900-999/1000", CONTENT[900:]),
        ("bytes=990-5000", 206, "bytes 990-999/1000", CONTENT[990:]),
        ("bytes=-10", 206, "bytes 990-999/1000", CONTENT[-10:]),
        ("bytes=-5000", 206, "bytes 0-999/1000", CONTENT),
        ("bytes=1000-", 416, "bytes */1000", b""),
        ("bytes=-0", 416, "bytes */1000", b""),
        ("bytes=5-4", 200, "", CONTENT),
        ("bytes=-", 200, "", CONTENT),
        ("bytes=0-1,5-6", 200, "", CONTENT),
        ("pages=1-2", 200, "", CONTENT),
        ("bytes=" + "9" * 40 + "-", 200, "", CONTENT),
        ("bytes=٣-", 200, "", CONTENT),
    ],
)
def test_a_part_is_sent_to_those_who_ask_for_one(
    asked: str, status: int, told: str, content: bytes
) -> None:
    answer = stream(_asking(Range=asked), CONTENT, sha256=SHA, media_type="application/pdf")

    assert (answer.status_code, answer.content) == (status, content)
    assert answer.headers.get("Content-Range", "") == told


@pytest.mark.parametrize(("since", "status"), [(f'"{SHA}"', 206), ('"older"', 200)])
def test_a_part_of_another_document_is_not_mixed_in(since: str, status: int) -> None:
    asked = _asking(Range="bytes=0-9", If_Range=since)

    answer = stream(asked, CONTENT, sha256=SHA, media_type="application/pdf")

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("2026-0001.pdf", "2026-0001.pdf"),
        ('RE/2026"\r\nX: 1.pdf', "RE_2026_X_1.pdf"),
        ("../../etc/passwd", "etc_passwd"),
        ("..", "document"),
        ("Nº 12.pdf", "N_12.pdf"),
    ],
)
def test_a_file_name_is_harmless(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def _alter(sha256: str) -> None:
    with open(documents._storage().path(documents._path(sha256)), "ab") as file:  # noqa: PTH123
        file.write(b"%forged")


def _asking(**headers: str) -> HttpRequest:
    request = HttpRequest()
    request.method = "GET"
    request.META |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return request
