"""Equal means equal on both sides: one canonical form of every atom."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncs.canonical import (
    Json,
    amount,
    canonical,
    digest,
    email_address,
    instant,
    is_blank,
    parse_instant,
    phone_number,
    plain_text,
    when,
    zone_name,
)

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_moment_is_utc_to_the_second() -> None:
    assert instant(datetime(2026, 3, 29, 9, 0, 59, 999, tzinfo=BERLIN)) == "2026-03-29T07:00:59Z"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        instant(datetime(2026, 3, 29, 9, 0))  # noqa: DTZ001
    with pytest.raises(ValueError, match="offset"):
        parse_instant("2026-03-29T09:00:00")


def test_both_readings_of_the_repeated_hour_stay_apart() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)

    assert instant(first) == "2026-10-25T00:30:00Z"
    assert instant(first.replace(fold=1)) == "2026-10-25T01:30:00Z"


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("UTC", "UTC"),
        ("Mars/Base", "UTC"),
        ("../../etc/passwd", "UTC"),
        ("", "UTC"),
    ],
)
def test_a_zone_is_a_name_of_the_tz_database(given_name: str, expected: str) -> None:
    assert zone_name(given_name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Ada \r\n", "Ada"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("e\u0301", "\u00e9"),
        ("a\x00b\x1bc", "abc"),
        ("K\x00\u0301", "\u1e30"),
        (None, ""),
        (7, "7"),
    ],
)
def test_text_is_composed_trimmed_and_without_control_characters(
    text: object, expected: str
) -> None:
    assert plain_text(text) == expected


def test_an_email_is_lower_case() -> None:
    assert email_address(" Ada@Example.COM ") == "ada@example.com"


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+49 30 123456", None, "+4930123456"),
        ("030 123456", "DE", "+4930123456"),
        ("030 123456", None, "030 123456"),
        ("call me", "DE", "call me"),
        ("+1", None, "+1"),
        ("", "DE", ""),
    ],
)
def test_a_phone_number_is_e164_where_it_can_be(
    text: str, region: str | None, expected: str
) -> None:
    assert phone_number(text, region=region) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("119.00"), "119"),
        ("119.50", "119.5"),
        ("-0.00", "0"),
        ("1E+3", "1000"),
        ("0.10", "0.1"),
        ("NaN", "NaN"),
        ("twelve", "twelve"),
        (None, ""),
    ],
)
def test_an_amount_is_a_plain_decimal(value: object, expected: str) -> None:
    assert amount(value) == expected


def test_an_invoice_says_the_same_whether_it_holds_decimals_or_texts() -> None:
    typed = {"total": Decimal("119.00"), "due_date": date(2026, 1, 15), "currency": "EUR"}
    read = {"currency": "eur", "due_date": "2026-01-15", "total": "119"}

    assert canonical({"invoice_state": typed}) == canonical({"invoice_state": read})
    assert digest({"invoice_state": typed}) == digest({"invoice_state": read})


def test_times_are_read_from_moments_and_from_texts_alike() -> None:
    start, end = (datetime(2026, 3, 29, hour, tzinfo=UTC) for hour in (7, 8))
    read = {"start": "2026-03-29T09:00:00+02:00", "end": "2026-03-29T10:00:00+02:00"}
    expected = {"when": when(start, end, "Europe/Berlin")}

    assert canonical({"when": {"start": start, "end": end, "tz": "Europe/Berlin"}}) == expected
    assert canonical({"when": {**read, "tz": "Europe/Berlin"}}) == expected


def test_times_that_lack_an_edge_say_nothing() -> None:
    assert canonical({"when": {"start": "2026-03-29T09:00:00Z"}}) == {"when": None}


@pytest.mark.parametrize("value", [None, "", [], {}, {"given": "", "family": None}, {"a": {}}])
def test_what_has_no_text_in_it_is_blank(value: Json) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", ["x", 0, False, {"given": "", "family": "L"}])
def test_anything_else_is_not_blank(value: Json) -> None:
    assert not is_blank(value)


LETTERS = st.text("aAz0 +@\x00\r\n\u202e\u0301\u00c9\u0130\u1e9e\uff1d\u212a", max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["title", "email", "phone", "status", "address", "notes", "person_name"])


@given(st.dictionaries(NAMES, VALUES))
def test_the_canonical_form_of_a_canonical_form_is_itself(atoms: dict[str, object]) -> None:
    once = canonical(atoms)

    assert canonical(once) == once
    assert digest(once) == digest(atoms)


@given(st.dictionaries(NAMES, VALUES), st.randoms(use_true_random=False))
def test_the_order_of_atoms_does_not_matter(atoms: dict[str, object], chance: object) -> None:
    names = list(atoms)
    chance.shuffle(names)  # type: ignore[attr-defined]

    assert digest({name: atoms[name] for name in names}) == digest(atoms)
