"""``issue-pdf``: the canonical PDF against bare WeasyPrint on the same HTML, style and fonts."""

import json
from decimal import Decimal
from typing import Any
from unittest import mock

from django.template.loader import render_to_string
from django.utils import timezone

from billing import pdf
from billing.drafting import draft_invoice, set_lines
from billing.issuing import issue_invoice
from billing.planning import LineInput
from hub.management.benchmarks.ground import BY, Ground
from hub.management.benchmarks.measuring import Row, in_turns, paired_ratio, percentile, timed

LINES = 10


def measure(ground: Ground, *, rows: int) -> list[Row]:
    """One page with ten lines; PDF/A-3, tags and fonts included in ours."""
    snapshot = json.loads(_issued(ground).snapshot_text)
    html = _html_of(snapshot)
    import weasyprint

    style = render_to_string(pdf.STYLE, {"fonts": pdf.font_urls()})

    def print_barely() -> None:
        fonts = weasyprint.text.fonts.FontConfiguration()
        sheet = weasyprint.CSS(string=style, font_config=fonts)
        weasyprint.HTML(string=html).write_pdf(stylesheets=[sheet], font_config=fonts)

    def bare() -> float:
        return timed(print_barely)

    def ours() -> float:
        return timed(lambda: pdf.render_invoice_pdf(snapshot))

    figures = in_turns({"ours": ours, "bare": bare}, rounds=max(5, min(rows, 30)))
    ratio = paired_ratio(figures["ours"], figures["bare"])
    return [
        Row(
            "issue-pdf",
            percentile(figures["ours"], 50),
            "ms",
            percentile(figures["bare"], 50),
            ratio,
            len(figures["ours"]),
            f"{LINES} lines",
        )
    ]


def _issued(ground: Ground) -> Any:
    draft = draft_invoice(ground.customer.pk, location_id=ground.location.pk, by=BY)
    lines = [
        LineInput(f"Work, part {number}", Decimal(1), Decimal("49.00")) for number in range(LINES)
    ]
    now = timezone.now()
    set_lines(draft.pk, lines, on=now.date(), by=BY)
    return issue_invoice(draft.pk, at=now, by=BY)


def _html_of(snapshot: Any) -> str:
    """The HTML that our renderer hands to WeasyPrint, taken on its way."""
    with mock.patch.object(pdf, "render_html", side_effect=lambda html, **_: html.encode()):
        return pdf.render_invoice_pdf(snapshot).decode()
