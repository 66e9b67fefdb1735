"""The PDF: archivable, the same every time, and deaf to what its texts ask for."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import weasyprint
from django.conf import settings
from PIL import Image

from billing import pdf
from billing.document import Line
from billing.pdf import (
    LogoMismatch,
    UnsafeContent,
    render_draft_pdf,
    render_html,
    render_invoice_pdf,
)
from tests.billing.building import D
from tests.billing.issued import BUYER, DOCUMENT, SELLER, VAT_20, issued

# WeasyPrint leaves the color profile it reads to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")

HOSTILE = [
    '<img src="file:///etc/passwd">',
    '<link rel="attachment" href="file:///etc/passwd">',
    '<style>@import url("file:///etc/passwd")</style>',
    '</style><style>body { background: url("file:///etc/passwd") }</style>',
    '"><svg><image href="file:///etc/passwd"/></svg>',
    "{{ settings.SECRET_KEY }}{% include 'base.html' %}",
]


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def attached(content: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(content)) as document:
        return [spec.get_file().read_bytes() for spec in document.attachments.values()]


def pages_of(content: bytes) -> int:
    return len(pypdfium2.PdfDocument(content))


@pytest.fixture(scope="module")
def rendered() -> bytes:
    return render_invoice_pdf(issued())


def test_the_page_says_what_the_snapshot_says(rendered: bytes) -> None:
    text = text_of(rendered)

    for said in ("2026-0184", "Marchetti Interiors SARL", "927.96", "12 December 2026", "142.00"):
        assert said in text


def test_it_is_an_archivable_and_tagged_document(rendered: bytes) -> None:
    with pikepdf.open(io.BytesIO(rendered)) as document, document.open_metadata() as metadata:
        assert metadata.pdfa_status == "3B"
        assert metadata["dc:title"] == "Invoice 2026-0184"
        assert metadata["xmp:CreateDate"] == "2026-11-12T08:14:00+00:00"
        assert "/OutputIntents" in document.Root
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en-GB"
        assert not document.attachments


def test_every_font_is_embedded(rendered: bytes) -> None:
    with pikepdf.open(io.BytesIO(rendered)) as document:
        descriptors = [
            item
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]

        assert descriptors
        assert all("/FontFile2" in item or "/FontFile3" in item for item in descriptors)


@pytest.mark.skipif(not pdf.font_urls(), reason="the set-up has not copied the fonts")
def test_letters_of_two_font_files_do_not_get_mixed_up() -> None:
    content = render_invoice_pdf(issued(buyer=replace(BUYER, city="Łódź")))

    with pikepdf.open(io.BytesIO(content)) as document:
        fonts = {
            str(item.BaseFont).partition("+")[2]
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item
        }
    assert {"Hub-Sans", "Hub-Sans-Ext"} <= fonts


def test_the_same_snapshot_gives_the_same_bytes(rendered: bytes) -> None:
    assert render_invoice_pdf(issued()) == rendered
    assert render_invoice_pdf(issued(note="Thank you")) != rendered


def test_the_same_snapshot_gives_the_same_bytes_in_another_process(rendered: bytes) -> None:
    script = (
        "import django, sys; django.setup()\n"
        "from billing.pdf import render_invoice_pdf\n"
        "from tests.billing.issued import issued\n"
        "sys.stdout.buffer.write(render_invoice_pdf(issued()))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7"}

    other = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        check=True,
    )

    assert other.stdout == rendered


def test_a_hundred_lines_fill_pages_with_the_table_head_on_each() -> None:
    lines = tuple(Line(str(i), f"Visit {i}", D(1), D(10), (VAT_20,)) for i in range(100))

    content = render_invoice_pdf(issued(replace(DOCUMENT, lines=lines)))

    text, pages = text_of(content), pages_of(content)
    assert pages == text.count("Unit price") > 2
    assert f"Page {pages} of {pages}" in text
    assert "1,200.00" in text


def test_a_draft_is_marked_as_one(rendered: bytes) -> None:
    draft = text_of(render_draft_pdf(issued()))

    assert "DRAFT" in draft
    assert "DRAFT" not in text_of(rendered)


def test_a_control_character_in_a_name_leaves_the_metadata_readable() -> None:
    seller = replace(SELLER, name="Atelier\x0b \x1b[1mLumen\x7f")

    content = render_invoice_pdf(issued(seller=seller))

    with pikepdf.open(io.BytesIO(content)) as document, document.open_metadata() as metadata:
        assert metadata["dc:creator"] == ["Atelier [1mLumen"]


# --- Nothing outside the page -------------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine that notes who asks it for something."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_is_printed_as_it_was_typed(hostile: str) -> None:
    line = replace(DOCUMENT.lines[0], description=hostile, reason=hostile)

    content = render_invoice_pdf(
        issued(
            replace(DOCUMENT, lines=(line,)),
            buyer=replace(BUYER, name=hostile, street=hostile),
            number=hostile,
            terms=hostile,
            note=hostile,
            purchase_order=hostile,
        )
    )

    text = text_of(content)
    assert "root:" not in text
    assert "".join(hostile.split()) in "".join(text.split())
    assert not attached(content)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert not [
            i
            for i in document.objects
            if isinstance(i, pikepdf.Stream) and i.get("/Subtype") == "/Image"
        ]


def test_a_hostile_text_reaches_no_server(listener: tuple[str, list[str]]) -> None:
    url, asked = listener
    hostile = f'<img src="{url}/a"><link rel=stylesheet href="{url}/b"><script src="{url}/c">'

    render_invoice_pdf(issued(note=hostile, terms=f'url({url}/d) @import "{url}/e"'))

    assert asked == []


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="{url}">',
        '<link rel="attachment" href="{url}">',
        '<link rel="stylesheet" href="{url}">',
        '<style>@import "{url}";</style>',
        '<style>body {{ background: url("{url}") }}</style>',
        '<svg><image href="{url}"/></svg>',
        '<object data="{url}"></object>',
    ],
)
@pytest.mark.parametrize("secret", ["file", "http"])
def test_even_a_faulty_template_loads_nothing(
    markup: str, secret: str, tmp_path: Path, listener: tuple[str, list[str]]
) -> None:
    hidden = tmp_path / "secret.txt"
    hidden.write_text("CANARY")
    url = {"file": hidden.as_uri(), "http": listener[0]}[secret]

    try:
        content = render_html(markup.format(url=url), identifier=b"test")
    except UnsafeContent:
        content = None

    assert content is None or not attached(content)
    assert listener[1] == []


def test_without_the_guard_the_file_would_be_in_the_document(tmp_path: Path) -> None:
    hidden = tmp_path / "secret.txt"
    hidden.write_text("CANARY")
    markup = f'<link rel="attachment" href="{hidden.as_uri()}">'

    assert attached(weasyprint.HTML(string=markup).write_pdf()) == [b"CANARY"]
    with pytest.raises(UnsafeContent):
        render_html(markup, identifier=b"test")


def test_a_template_that_asks_for_a_picture_fails_instead_of_leaving_it_out() -> None:
    with pytest.raises(UnsafeContent):
        render_html('<img src="file:///etc/hostname">', identifier=b"test")


# --- The logo -----------------------------------------------------------------------------------


def picture(image_format: str) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (4, 4), "#4338ca").save(drawn, image_format)
    return drawn.getvalue()


@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
def test_the_logo_is_the_one_the_snapshot_names(image_format: str) -> None:
    logo = picture(image_format)
    snapshot = issued(logo_sha256=pdf.sha256_of(logo))

    content = render_invoice_pdf(snapshot, logo=logo)

    with pikepdf.open(io.BytesIO(content)) as document:
        assert len(document.pages[0].get_images()) == 1


def test_a_missing_altered_or_unsafe_logo_stops_the_rendering() -> None:
    logo, vector = picture("PNG"), b"<svg xmlns='http://www.w3.org/2000/svg'/>"

    for named, given in ((logo, None), (logo, picture("JPEG")), (vector, vector)):
        with pytest.raises(LogoMismatch):
            render_invoice_pdf(issued(logo_sha256=pdf.sha256_of(named)), logo=given)
    with pytest.raises(LogoMismatch):
        render_invoice_pdf(issued(), logo=logo)
