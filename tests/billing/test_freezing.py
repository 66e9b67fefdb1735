"""A snapshot holds all of a document, and its text is always the same."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given

from billing.document import Document
from billing.freezing import freeze, plain, thaw
from billing.rechecking import recheck
from billing.snapshot import Heading, snapshot_sha256, snapshot_text
from billing.totals import calculate
from tests.billing.building import D, line
from tests.billing.issued import DOCUMENT, HEADING, issued
from tests.billing.test_totals_always import calm, documents, payable


@calm
@given(documents())
def test_the_document_comes_back_from_its_snapshot(document: Document) -> None:
    totals = payable(document)

    text = snapshot_text(freeze(Heading(**HEADING), document, totals))
    thawed = thaw(json.loads(text))

    assert thawed == document
    assert calculate(thawed) == totals
    assert recheck(thawed, totals) == []


def test_a_returned_line_comes_back_with_its_discount() -> None:
    back = replace(line("100", quantity="-1", reason="Faulty"), id="1")
    document = replace(DOCUMENT, lines=(back,))

    assert thaw(issued(document)) == document


def test_the_text_is_the_same_whatever_way_the_snapshot_was_made() -> None:
    snapshot = issued()

    text = snapshot_text(snapshot)

    assert snapshot_text(json.loads(text)) == text
    assert snapshot_text(dict(reversed(snapshot.items()))) == text  # type: ignore[arg-type]
    assert snapshot_sha256(text) == snapshot_sha256(snapshot_text(issued()))


def test_the_moment_of_issue_is_kept_in_utc() -> None:
    paris = datetime(2026, 11, 12, 9, 14, tzinfo=timezone(timedelta(hours=1)))

    assert issued(issued_at=paris)["issued_at"] == "2026-11-12T08:14:00+00:00"
    assert paris == datetime(2026, 11, 12, 8, 14, tzinfo=UTC)


def test_an_appointment_is_kept_in_the_time_of_its_place() -> None:
    assert issued()["lines"][0]["appointment"] == {
        "id": "apt_1",
        "starts_at": "2026-11-09T10:00",
        "staff": "Inès Moreau",
    }
    assert issued()["lines"][1]["appointment"] is None


def test_amounts_have_all_digits_of_their_currency_and_prices_no_more_than_they_need() -> None:
    snapshot = issued()

    assert snapshot["totals"]["total"] == "927.96"
    assert snapshot["totals"]["paid"] == "0.00"
    assert snapshot["lines"][0]["unit_price"] == "90"
    assert snapshot["taxes"][1]["rate"] == "5.5"
    assert [plain(D(text)) for text in ("1E+2", "0.5000", "-0.0", "10")] == [
        "100",
        "0.5",
        "0",
        "10",
    ]
