"""Which details of a customer can be written, how long they may be, and what is taken."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale

from customers.models import Customer
from customers.normalizing import clean_line, clean_text, fold
from hub import time_zones
from hub.errors import InvalidInput
from hub.models import Business

# In characters, as the columns have it.
LIMITS: Mapping[str, int] = {
    "given_name": 80,
    "family_name": 80,
    "company": 120,
    "tax_id": 40,
    "street": 160,
    "postal_code": 20,
    "city": 80,
    "notes": 4000,
}
REPEATABLE = ("language", "time_zone")
PLACE = ("street", "postal_code", "city", "country")
LINES = ("given_name", "family_name", "company", "tax_id", "street", "postal_code", "city")
LANGUAGE = r"[a-z]{2,3}(-[A-Za-z]{2,4})?"
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "ar": "Arabic",
    "zh": "Chinese",
    "nl": "Dutch",
    "fr": "French",
    "de": "German",
    "it": "Italian",
    "ja": "Japanese",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "es": "Spanish",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
}
EARLIEST_BIRTH = date(1900, 1, 1)
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


@cache
def countries() -> Mapping[str, str]:
    """Return ISO 3166 codes with their English names, sorted by name."""
    named = Locale("en").territories.items()
    real = {code: name for code, name in named if re.fullmatch("[A-Z]{2}", code)}
    kept = {code: name for code, name in real.items() if code not in _NO_COUNTRIES}
    return dict(sorted(kept.items(), key=lambda item: fold(item[1])))


def home_region() -> str:
    """Return the country of the business: how a number without a country code is dialed."""
    return Business.objects.values_list("country", flat=True).first() or "US"


def home_zone() -> ZoneInfo:
    """Return the time zone of the business, in which its pages tell times."""
    return ZoneInfo(Business.objects.values_list("time_zone", flat=True).first() or "UTC")


def cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details in ``values`` as they are stored; other keys raise ``KeyError``.

    :raises InvalidInput: one is too long, unreadable or not one of the known codes.
    """
    return {name: _CLEANERS[name](value) for name, value in values.items()}


def announced(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, list[str]]:
    """Return ``changes`` for the outbox, where personal data is named but not repeated."""
    return {
        name: [str(side or "") for side in sides] if name in REPEATABLE else []
        for name, sides in changes.items()
    }


def describe(customer: Customer) -> str:
    """Return what search compares: family name, given name and company, folded."""
    words = f"{customer.family_name} {customer.given_name} {customer.company}"
    return fold(words)[:300]


def shown(customer: Customer, name: str) -> str:
    """Return a detail as people read it, or the whole ``address`` in one line."""
    if name == "address":
        return in_one_line(customer)
    value = getattr(customer, name)
    if not value:
        return ""
    if name == "country":
        return countries().get(value, value)
    if name == "language":
        return LANGUAGES.get(value, value)
    if name == "birth_date":
        return f"{value:%B} {value.day}, {value.year}"
    return str(value).replace("_", " ") if name == "time_zone" else str(value)


def in_one_line(place: Any) -> str:
    """Return the address of a customer, a further one, or an earlier version of either."""
    city = f"{place.postal_code} {place.city}".strip()
    country = countries().get(place.country, place.country)
    return ", ".join(filter(None, (place.street, city, country)))


def require_name(customer: Customer) -> None:
    """:raises InvalidInput: neither a person nor a company is named."""
    if not customer.name:
        raise InvalidInput("Enter a name or a company.", field="given_name")


def require_born(day: date, *, today: date) -> date:
    """:raises InvalidInput: nobody can be born yet on ``day``."""
    if day > today:
        raise InvalidInput("This day has not come yet.", field="birth_date")
    return day


def _country(value: str) -> str:
    code = value.strip().upper()
    if code and code not in countries():
        raise InvalidInput("Use the two letters of a country, such as US or FR.", field="country")
    return code


def _language(value: str) -> str:
    if not re.fullmatch(LANGUAGE, value):
        raise InvalidInput("Use a language code, such as en or pt-BR.", field="language")
    return value


def _time_zone(value: str | ZoneInfo | None) -> ZoneInfo | None:
    if not value:
        return None
    if str(value) not in time_zones.known():
        raise InvalidInput("Use a zone name, such as Europe/Paris.", field="time_zone")
    return ZoneInfo(str(value))


def _birth_date(value: date | None) -> date | None:
    if value and value < EARLIEST_BIRTH:
        raise InvalidInput("Enter a date of birth after 1900.", field="birth_date")
    return value


def _line(field: str) -> Callable[[str], str]:
    return lambda value: clean_line(value, field=field, limit=LIMITS[field])


_CLEANERS: dict[str, Callable[[Any], Any]] = {name: _line(name) for name in LINES} | {
    "country": _country,
    "birth_date": _birth_date,
    "language": _language,
    "time_zone": _time_zone,
    "notes": lambda value: clean_text(value, field="notes", limit=LIMITS["notes"]),
}
DETAILS: tuple[str, ...] = tuple(_CLEANERS)
