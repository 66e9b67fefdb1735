"""How e-mail addresses, phone numbers and names are compared. Pure: no database, no clock."""

import re
import unicodedata
from dataclasses import dataclass
from unicodedata import digit

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from customers.dialing import REGIONS, is_assigned, read_e164
from hub.errors import InvalidInput

EMAIL_LIMIT = 254
PHONE_LIMIT = 40

# Control characters, direction overrides and invisible marks: they hide or reorder what is read.
UNSEEN = r"\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
_UNSEEN = re.compile(f"[{UNSEEN}\ud800-\udfff]")
_UNSEEN_BUT_LINES = re.compile(rf"(?![\n\t])[{UNSEEN}\ud800-\udfff]")
_PHONE = re.compile(
    r"(?:tel:)?(?P<number>\s*[+＋]?[\d\s()\[\].\-‐-―/]{3,}?)"
    r"(?:[;,]?\s*(?:ext(?:ension|n)?|x|#)\s*[.:=]?\s*(?P<extension>\d{1,12}))?",
    re.IGNORECASE,
)
# Letters that Unicode does not take apart into a base letter and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
    | dict.fromkeys("'’‘`ʼ")
)
# The same for text without accents, in one step.
_ASCII = {sign: " " for sign in range(128) if not chr(sign).isalnum()} | {
    ord("'"): "",
    ord("`"): "",
}
# Local parts that stand for a firm, or for nobody: many people share them.
_OF_MANY = (
    "admin billing booking bookings contact customer customers donotreply do-not-reply enquiries "
    "hello help info inquiries mail mailer-daemon nobody noemail no-email none no-reply noreply "
    "office postmaster reception reservations sales service support team test unknown webmaster"
)
_PLACEHOLDERS = frozenset(_OF_MANY.split())


@dataclass(frozen=True, slots=True)
class Phone:
    """``is_valid`` is false for a number of a possible length that is not known to be assigned."""

    e164: str
    extension: str
    is_valid: bool


def normalize_email(text: str) -> str:
    """Return the form of an address that is compared; Gmail's dots and tags are left alone.

    :raises InvalidInput: it is not an address, or is longer than 254 characters.
    """
    address = text.strip()
    if len(address) > EMAIL_LIMIT:
        raise InvalidInput(f"Use at most {EMAIL_LIMIT} characters.", field="email")
    address = _compatible(_compatible(address).lower())
    try:
        validate_email(address)
    except ValidationError:
        raise InvalidInput(
            "This is not an e-mail address like name@example.com.", field="email"
        ) from None
    if _UNSEEN.search(address) or len(address) > EMAIL_LIMIT:
        raise InvalidInput("This is not an e-mail address like name@example.com.", field="email")
    return address


def is_placeholder(email: str) -> bool:
    """Say whether a normalized address belongs to nobody in particular, such as info@."""
    return email.partition("@")[0].partition("+")[0] in _PLACEHOLDERS


def normalize_phone(text: str, *, region: str) -> Phone:
    """Return a number in E.164 with its extension apart; ``region`` is where it is dialed.

    A number of a possible length is taken even when its range is not in use.

    :raises InvalidInput: it is no phone number, or its extension is longer than 12 digits.
    """
    shown = without_unseen(text).strip()
    if len(shown) > PHONE_LIMIT:
        raise InvalidInput(f"Use at most {PHONE_LIMIT} characters.", field="phone")
    written = _PHONE.fullmatch(shown)
    if written is None:
        raise InvalidInput("This is not a phone number.", field="phone")
    extension = "".join(str(digit(sign)) for sign in written["extension"] or "")
    number = read_e164(written["number"]) or _parsed(written["number"], region)
    is_valid = is_assigned(number)
    if not is_valid and not _is_possible(number):
        raise InvalidInput(
            "This number is too short or too long. Write it with + and the country code.",
            field="phone",
        )
    national = phonenumbers.national_significant_number(number)
    return Phone(f"+{number.country_code}{national}", extension, is_valid)


def display_phone(e164: str, extension: str = "") -> str:
    """Write a number the way it is read aloud abroad: “+33 6 12 34 56 78 ext. 12”."""
    number = phonenumbers.parse(e164)
    shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return f"{shown} ext. {extension}" if extension else shown


def fold(text: str) -> str:
    """Return lower-case words without accents or punctuation, one space between them."""
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII).split())
    lowered = text.casefold().translate(_LETTERS)
    apart = unicodedata.normalize("NFKD", lowered)
    letters = "".join(
        character if character.isalnum() else " "
        for character in apart
        if not unicodedata.combining(character)
    )
    return " ".join(unicodedata.normalize("NFC", letters).casefold().split())


def bare_tax_id(text: str) -> str:
    """Return a tax id as it is compared: without case, blanks and punctuation."""
    return fold(text).replace(" ", "")


def without_unseen(text: str) -> str:
    """Drop control characters and direction marks, which come along when text is pasted."""
    return _UNSEEN.sub("", text)


def split_name(text: str) -> tuple[str, str]:
    """Return given name and family name of a name in one field; its last word is the family's."""
    given, _, family = " ".join(text.split()).rpartition(" ")
    return (given, family) if given else (family, "")


def clean_line(text: str, *, field: str, limit: int) -> str:
    """Return one line of text, trimmed and composed (NFC).

    :raises InvalidInput: it is too long, or holds characters that cannot be seen.
    """
    return _cleaned(text, _UNSEEN, field=field, limit=limit)


def clean_text(text: str, *, field: str, limit: int) -> str:
    """Return text that may have several lines, each ended by a line feed.

    :raises InvalidInput: it is too long, or holds characters that cannot be seen.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _cleaned(lines, _UNSEEN_BUT_LINES, field=field, limit=limit)


def _cleaned(text: str, unseen: re.Pattern[str], *, field: str, limit: int) -> str:
    # The length comes first: composing a million combining marks would take a while.
    trimmed = text.strip()
    if len(trimmed) > limit:
        raise InvalidInput(f"Use at most {limit} characters.", field=field)
    if trimmed.isascii() and trimmed.isprintable():
        return trimmed
    if unseen.search(trimmed):
        raise InvalidInput(
            "This holds control characters or direction marks. Type it again without them.",
            field=field,
        )
    composed = unicodedata.normalize("NFC", trimmed)
    if len(composed) > limit:
        raise InvalidInput(f"Use at most {limit} characters.", field=field)
    return composed


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _is_possible(number: phonenumbers.PhoneNumber) -> bool:
    reason = phonenumbers.is_possible_number_with_reason(number)
    return bool(reason == ValidationResult.IS_POSSIBLE)


def _parsed(text: str, region: str) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(text, region if region in REGIONS else None)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            message = "Begin with + and the country code."
        else:
            message = "This is not a phone number."
        raise InvalidInput(message, field="phone") from None
