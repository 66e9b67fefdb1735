"""Addresses, numbers and names in the form that is compared."""

import time
import unicodedata

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import details
from customers.dialing import is_assigned
from customers.models import Customer
from customers.normalizing import (
    PHONE_LIMIT,
    Phone,
    clean_line,
    clean_text,
    display_phone,
    fold,
    is_placeholder,
    normalize_email,
    normalize_phone,
)
from hub.errors import InvalidInput

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
EXAMPLES = [
    example
    for region in REGIONS
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    if (example := phonenumbers.example_number_for_type(region, kind))
]
FORMATS = [
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.RFC3966,
]
HOSTILE = ["a\x00b", "a\u202eb", "a\u200bb", "a\x1bb", "\ud800", "a\u2066b", "a\u061cb"]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("  Claire@Marchetti.Example ", "claire@marchetti.example"),
        ("claire＠marchetti.example", "claire@marchetti.example"),
        ("Claire.M+spa@Gmail.example", "claire.m+spa@gmail.example"),
        ("claire@MÜNCHEN.example", "claire@münchen.example"),
    ],
)
def test_an_address_is_compared_without_case_and_width(written: str, normal: str) -> None:
    assert normalize_email(written) == normal


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "claire",
        "claire@",
        "@example.com",
        "a b@example.com",
        "a@b",
        "a@example.com\nBcc: b@c.d",
    ]
    + [f"{text}@example.com" for text in HOSTILE],
)
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normalize_email(wrong)

    assert refused.value.field == "email"


@given(st.emails(), st.sampled_from([str.upper, str.title, str.swapcase, str.strip]))
def test_an_address_stays_the_same_in_any_case(address: str, write: "type[str]") -> None:
    try:
        normal = normalize_email(address)
    except InvalidInput:
        return

    assert normalize_email(normal) == normal
    assert normalize_email(f" {write(address)}\t") == normal


@given(st.text())
def test_any_text_is_an_address_for_good_or_refused(text: str) -> None:
    try:
        normal = normalize_email(text)
    except InvalidInput:
        return

    assert normalize_email(normal) == normal == unicodedata.normalize("NFKC", normal)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("noreply@salon.example", True),
        ("info@salon.example", True),
        ("info+paris@salon.example", True),
        ("informatics@salon.example", False),
        ("claire@info.example", False),
    ],
)
def test_addresses_of_many_are_known(address: str, *, expected: bool) -> None:
    assert is_placeholder(address) is expected


@pytest.mark.parametrize(
    ("written", "region", "phone"),
    [
        ("(202) 456-1111", "US", Phone("+12024561111", "", is_valid=True)),
        ("202.456.1111 x12", "US", Phone("+12024561111", "12", is_valid=True)),
        ("2024561111 ext. 12", "US", Phone("+12024561111", "12", is_valid=True)),
        ("2024561111, extension 12", "US", Phone("+12024561111", "12", is_valid=True)),
        ("2024561111;ext=12", "US", Phone("+12024561111", "12", is_valid=True)),
        ("tel:+1-202-456-1111", "FR", Phone("+12024561111", "", is_valid=True)),
        ("06 12 34 56 78", "FR", Phone("+33612345678", "", is_valid=True)),
        ("+33 (0)6 12 34 56 78", "US", Phone("+33612345678", "", is_valid=True)),
        ("０２０ ７９４６ ０９５８", "GB", Phone("+442079460958", "", is_valid=True)),
        ("\u202a+33\u00a06\u00a012\u00a034\u00a056\u00a078\u202c", "US",
         Phone("+33612345678", "", is_valid=True)),
        ("123 456 7890", "US", Phone("+11234567890", "", is_valid=False)),
    ],
)  # fmt: skip
def test_a_number_is_compared_in_e164_with_its_extension_apart(
    written: str, region: str, phone: Phone
) -> None:
    assert normalize_phone(written, region=region) == phone


@pytest.mark.parametrize(
    "wrong",
    ["", "12", "call me", "555 0143", "+", "()()()", "9" * 41, "+999 123 456 789", "2024561111 x",
     "2024561111 x1234567890123", "1-800-FLOWERS", "٠", "²²²²²²²²²²"],
)  # fmt: skip
def test_what_is_no_number_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normalize_phone(wrong, region="US")

    assert refused.value.field == "phone"


def test_a_number_without_country_code_needs_a_region() -> None:
    with pytest.raises(InvalidInput, match="country code"):
        normalize_phone("06 12 34 56 78", region="")


@given(st.sampled_from(EXAMPLES), st.sampled_from(FORMATS), st.sampled_from(["", "7", "0042"]))
def test_a_number_is_the_same_in_every_spelling(
    number: phonenumbers.PhoneNumber, spelling: int, extension: str
) -> None:
    region = phonenumbers.region_code_for_number(number) or "ZZ"
    written = phonenumbers.format_number(number, spelling)

    found = normalize_phone(f"{written} x{extension}" if extension else written, region=region)

    assert found.e164 == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert found.extension == extension
    assert normalize_phone(display_phone(found.e164, extension), region="US") == found


CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@given(st.sampled_from(CODES), st.from_regex(r"[0-9]{1,14}", fullmatch=True))
def test_a_plain_international_number_is_read_as_one_with_blanks(code: int, digits: str) -> None:
    """The first is read without the library, if it is sure to say the same; the second by it."""

    def read(text: str) -> Phone | str:
        try:
            return normalize_phone(text, region="US")
        except InvalidInput as refused:
            return str(refused)

    assert read(f"+{code}{digits}") == read(f"+ {code} {digits}")


@given(st.sampled_from(EXAMPLES), st.text("0123456789", max_size=4))
def test_a_number_is_in_use_where_the_library_says_so(
    example: phonenumbers.PhoneNumber, digits: str
) -> None:
    """Other ends of numbers that are in use: some of these are, and some are not."""
    national = phonenumbers.national_significant_number(example)
    other = f"+{example.country_code}{national[: len(national) - len(digits)]}{digits}"
    number = phonenumbers.parse(other)

    assert is_assigned(number) == phonenumbers.is_valid_number(number)


@given(st.from_regex(r"\+?[0-9 ().-]{3,20}( x[0-9]{1,5})?", fullmatch=True))
def test_a_normal_number_is_normal_for_good(text: str) -> None:
    try:
        found = normalize_phone(text, region="US")
        again = normalize_phone(f"{found.e164} x{found.extension or 1}", region="FR")
    except InvalidInput:
        return

    assert again.e164 == found.e164


@given(st.text())
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        found = normalize_phone(text, region="FR")
    except InvalidInput:
        return

    assert found.e164.startswith("+")
    assert len(text.strip()) >= 3
    assert len(found.e164) <= PHONE_LIMIT


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  Chloé  DUPONT-Łuk ", "chloe dupont luk"),
        ("O’Brien", "obrien"),
        ("Ærø", "aero"),
        ("Weiß", "weiss"),
        ("İpek Işık", "ipek isik"),
        ("王小明", "王小明"),
        ("…", ""),
    ],
)
def test_names_are_compared_without_accents_and_case(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_cannot_be_seen_is_refused_at_its_field(hostile: str) -> None:
    for clean in (clean_line, clean_text):
        with pytest.raises(InvalidInput) as refused:
            clean(hostile, field="city", limit=80)
        assert refused.value.field == "city"


def test_a_text_keeps_its_lines_and_a_line_has_one() -> None:
    assert clean_text(" a\r\nb\tc\r ", field="notes", limit=80) == "a\nb\tc"
    with pytest.raises(InvalidInput):
        clean_line("a\nb", field="city", limit=80)


def test_too_long_is_said_before_anything_is_composed() -> None:
    started = time.monotonic()
    for clean in (clean_line, clean_text):
        with pytest.raises(InvalidInput, match="at most 80"):
            clean("e" + "\u0301" * 1_000_000, field="city", limit=80)
    for number in ("9" * 1_000_000, "(" * 100_000, "1 " * 100_000):
        with pytest.raises(InvalidInput):
            normalize_phone(number, region="US")
    with pytest.raises(InvalidInput):
        normalize_email("a" * 1_000_000 + "@example.com")

    assert time.monotonic() - started < 0.5


def test_the_limits_are_those_of_the_columns() -> None:
    columns = {
        field.name: field.max_length
        for field in Customer._meta.concrete_fields
        if field.name in details.LIMITS
    }

    assert columns == details.LIMITS
