"""The one PDF of a document: PDF/A-3b, tagged, the same bytes for the same snapshot.

It reads the snapshot, the logo that the snapshot names and the bundled fonts, nothing else: no
network, no file, no database. It takes 0.1 to 0.6 s, so it runs in a worker, and the bytes are
stored once and never rendered again.
"""

import base64
import hashlib
import os
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from billing.printing import Page, lay_out
from billing.snapshot import Snapshot, snapshot_sha256, snapshot_text

TEMPLATE = "billing/pdf/invoice.html"
STYLE = "billing/pdf/invoice.css"
# Each file is a family of its own: WeasyPrint mixes up the glyphs of two files of one family.
FONTS = {
    "Hub Sans": "inter-latin-wght-normal.woff2",
    "Hub Sans Ext": "inter-latin-ext-wght-normal.woff2",
}
# They have no glyph, and one in a title would make the XML of the metadata unreadable.
CONTROL_CHARACTERS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
LOGO_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class PdfEngineMissing(RuntimeError):
    """WeasyPrint cannot load Pango, a library of the system."""


class UnsafeContent(RuntimeError):
    """The page asked for something outside itself: a file, a picture, a style sheet."""


class LogoMismatch(ValueError):
    """The logo is missing, is not the one the snapshot names, or is neither PNG nor JPEG."""


def render_invoice_pdf(snapshot: Snapshot, *, logo: bytes | None = None) -> bytes:
    """Render the issued document.

    :raises LogoMismatch: ``logo`` is not the picture whose SHA-256 stands in the snapshot.
    :raises UnsafeContent: the template tried to load anything.
    :raises PdfEngineMissing: Pango is not installed.
    """
    return _render(snapshot, lay_out(snapshot), logo=logo, watermark="")


def render_draft_pdf(snapshot: Snapshot, *, logo: bytes | None = None) -> bytes:
    """Render what a draft would look like, marked on every page; raises as for an issued one."""
    page = lay_out(snapshot)
    return _render(snapshot, page, logo=logo, watermark=page.words.draft)


def _render(snapshot: Snapshot, page: Page, *, logo: bytes | None, watermark: str) -> bytes:
    context = {
        "page": page,
        "watermark": watermark,
        "logo": _logo_url(snapshot["logo_sha256"], logo),
    }
    identifier = snapshot_sha256(snapshot_text(snapshot) + watermark)[:32]
    return render_html(render_to_string(TEMPLATE, context), identifier=identifier.encode())


def render_html(html: str, *, identifier: bytes) -> bytes:
    """Turn one page of HTML into a PDF that cannot reach anything outside that page."""
    weasyprint = _engine()
    fetcher = weasyprint.urls.URLFetcher(
        allowed_protocols=["data"], allow_redirects=False, fail_on_errors=True
    )
    # Fonts are looked up per call: a configuration shared by threads corrupts memory.
    fonts = weasyprint.text.fonts.FontConfiguration()
    style = weasyprint.CSS(
        string=render_to_string(STYLE, {"fonts": font_urls()}),
        font_config=fonts,
        url_fetcher=fetcher,
    )
    try:
        page = weasyprint.HTML(string=html.translate(CONTROL_CHARACTERS), url_fetcher=fetcher)
        document: bytes = page.write_pdf(
            stylesheets=[style],
            font_config=fonts,
            pdf_variant="pdf/a-3b",
            pdf_tags=True,
            pdf_identifier=identifier,
        )
    except weasyprint.urls.FatalURLFetchingError as error:
        raise UnsafeContent(str(error)) from error
    return document


@lru_cache
def font_urls() -> dict[str, str]:
    """Return the bundled fonts as data URLs; none before the set-up has copied them.

    They are unpacked here once, because WeasyPrint would do it for every document.
    """
    folder = Path(settings.BASE_DIR) / "hub" / "static" / "vendor"
    return {
        family: _data_url("font/ttf", _unpack(folder / name))
        for family, name in FONTS.items()
        if (folder / name).exists()
    }


def _unpack(path: Path) -> bytes:
    from fontTools.ttLib import woff2

    unpacked = BytesIO()
    with path.open("rb") as packed:
        woff2.decompress(packed, unpacked)
    return unpacked.getvalue()


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _logo_url(sha256: str, logo: bytes | None) -> str:
    if not sha256 and logo is None:
        return ""
    if logo is None or sha256_of(logo) != sha256:
        raise LogoMismatch("The logo is not the one this document was issued with.")
    for magic, media_type in LOGO_TYPES.items():
        if logo.startswith(magic):
            return _data_url(media_type, logo)
    raise LogoMismatch("The logo is neither PNG nor JPEG.")


def _data_url(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _engine() -> Any:
    """Import WeasyPrint on first use: it is slow to load and needs Pango."""
    # fontTools writes this instead of the time of day into the fonts it embeds.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1767225600")
    try:
        import weasyprint
        import weasyprint.text.fonts
        import weasyprint.urls
    except OSError as error:
        raise PdfEngineMissing(
            "PDFs need Pango: install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0."
        ) from error
    return weasyprint
