"""One form of a record on both sides of a connection, so that equal means equal.

Times in UTC seconds with an IANA zone, text in NFC and trimmed, lower-case e-mail, E.164
phone numbers, plain decimal strings. Pure: no clock, no settings, no models.
"""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import cast
from zoneinfo import available_timezones

import phonenumbers

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Atoms = Mapping[str, Json]

AMOUNTS = frozenset({"total", "tax", "balance", "amount"})
DATES = frozenset({"issue_date", "due_date"})


def canonical(atoms: Mapping[str, object], *, region: str | None = None) -> dict[str, Json]:
    """Return ``atoms`` in canonical form, keys sorted.

    ``region`` (ISO 3166) reads phone numbers written without a country code. Canonical input
    comes back unchanged.
    """
    return {name: _atom(name, atoms[name], region) for name in sorted(atoms)}


def digest(atoms: Mapping[str, object], *, region: str | None = None) -> str:
    """Return the sha256 of the canonical form, in hex."""
    form = json.dumps(
        canonical(atoms, region=region), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(form.encode()).hexdigest()


def is_blank(value: Json) -> bool:
    """Whether an atom says nothing: no text in it, at any depth."""
    if isinstance(value, dict):
        return all(is_blank(part) for part in value.values())
    return value is None or value in ("", [])


def instant(moment: datetime) -> str:
    """Return an aware moment as ``2026-03-29T07:00:00Z``; fractions of a second are dropped.

    :raises ValueError: the moment is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return moment.astimezone(UTC).replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_instant(text: str) -> datetime:
    """Return the aware UTC moment of an ISO 8601 text with an offset.

    :raises ValueError: no such moment, or no offset.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("A moment needs an offset.")
    return moment.astimezone(UTC)


def zone_name(name: str) -> str:
    """Return an IANA zone name; anything unknown reads as UTC."""
    return name if name in _zones() else "UTC"


def plain_text(value: object) -> str:
    """Return NFC text with LF line ends, without surrounding blanks or control characters."""
    if value is None:
        return ""
    lines = str(value).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) != "Cc")
    # Composed only now: what stood apart because of a control character may stand together.
    return unicodedata.normalize("NFC", kept).strip()


def email_address(value: object) -> str:
    return plain_text(plain_text(value).lower())


def phone_number(value: object, *, region: str | None = None) -> str:
    """Return E.164, or the trimmed text where it is no possible number."""
    text = plain_text(value)
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(number):
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def amount(value: object) -> str:
    """Return a plain decimal string without trailing zeros: 119.50 and 119.5 are one amount."""
    text = plain_text(value)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    return "0" if number == 0 else format(number.normalize(), "f")


def when(start: datetime, end: datetime, zone: str) -> dict[str, Json]:
    """Return the atom ``when`` of two aware moments."""
    return {"start": instant(start), "end": instant(end), "tz": zone_name(zone)}


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _atom(name: str, value: object, region: str | None) -> Json:
    if name == "phone":
        return phone_number(value, region=region)
    return _FORMS.get(name, _generic)(value)


def _when(value: object) -> Json:
    if not isinstance(value, Mapping):
        return None
    start, end = (_moment(value.get(edge)) for edge in ("start", "end"))
    if start is None or end is None:
        return None
    return when(start, end, str(value.get("tz") or "UTC"))


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return parse_instant(value) if isinstance(value, str) and value else None


def _invoice_state(value: object) -> Json:
    if not isinstance(value, Mapping):
        return None
    return {str(key): _invoice_part(str(key), value[key]) for key in sorted(value, key=str)}


def _invoice_part(key: str, value: object) -> str:
    if key in AMOUNTS:
        return amount(value)
    if key in DATES and isinstance(value, date):
        return value.isoformat()[:10]
    return plain_text(value).upper() if key == "currency" else plain_text(value)


def _generic(value: object) -> Json:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return {str(key): _generic(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [_generic(part) for part in value]
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, bool | int):
        return cast("Json", value)
    return plain_text(value)


_FORMS: Mapping[str, Callable[[object], Json]] = {
    "when": _when,
    "email": email_address,
    "invoice_state": _invoice_state,
}
