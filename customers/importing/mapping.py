"""Which column is which field, and what a row says in the words of a claim."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from customers import details
from customers.claims import Claim, ExternalKey, Traits, traits_of
from customers.importing.tables import HEADING_CHARACTERS
from customers.models import ColumnChoice
from customers.normalizing import fold, normalize_email, normalize_phone, split_name
from hub.errors import InvalidInput

FIELDS: Mapping[str, str] = {
    "name": "Name (first and last)",
    "given_name": "First name",
    "family_name": "Last name",
    "company": "Company",
    "email": "E-mail",
    "phone": "Phone",
    "street": "Street",
    "postal_code": "Postal code",
    "city": "City",
    "country": "Country",
    "language": "Language",
    "time_zone": "Time zone",
    "birth_date": "Date of birth",
    "tax_id": "Tax id",
    "notes": "Notes",
    "external_id": "Id in the other tool",
    "hub_id": "Hub id",
}
NAMING = ("name", "given_name", "family_name", "company")
DEFAULT_SYSTEM = "import"
# As people, and the exports of other tools, head their columns; folded.
_SPELLINGS = {
    "name": "full name|customer|customer name|client|client name|contact|contact name",
    "given_name": "given name|first|firstname|forename|vorname|prenom|nombre",
    "family_name": "family name|last|lastname|surname|nachname|nom|nom de famille|apellido",
    "company": "company name|organization|business|firm|firma|societe|empresa|employer",
    "email": "mail|email|e mail address|email address|mail address|courriel|adresse e mail|correo",
    "phone": "telephone|tel|phone number|mobile|mobile phone|mobile number|cell|cell phone|telefon"
    "|primary phone|handy|portable|telefono|contact number",
    "street": "address|street address|address line 1|address 1|strasse|rue|adresse|direccion",
    "postal_code": "zip|zip code|postcode|post code|plz|code postal|codigo postal",
    "city": "town|place|ort|stadt|ville|ciudad|locality",
    "country": "country code|land|pays|pais|country region",
    "language": "lang|preferred language|sprache|langue|locale",
    "time_zone": "timezone|tz",
    "birth_date": "birthday|birth date|dob|date of birth|birthdate|geburtsdatum|date de naissance",
    "tax_id": "vat|vat id|vat number|tax number|ust id|tva|tax identification number|ein",
    "notes": "note|comment|comments|remarks|bemerkung|notizen|description",
    "external_id": "id|external id|customer id|client id|contact id|record id|customer number"
    "|client number|kundennummer|reference|ref",
    "hub_id": "hub id",
}
_NAMED_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_MONTH_FIRST = frozenset({"US", "CA", "PH"})


@cache
def _spelled() -> dict[str, str]:
    own = {fold(label): field for field, label in FIELDS.items()}
    return own | {
        text: field for field, texts in _SPELLINGS.items() for text in [field, *texts.split("|")]
    }


def guessed(headings: Sequence[str]) -> dict[str, str]:
    """Return the likely field of each heading, as it was chosen last or as it is spelled.

    No field stands twice; a name in one column gives way to its two parts.
    """
    folded = {heading: fold(heading)[:HEADING_CHARACTERS] for heading in headings}
    chosen = dict(
        ColumnChoice.objects.filter(heading__in=folded.values()).values_list("heading", "field")
    )
    mapping: dict[str, str] = {}
    for heading, text in folded.items():
        field = chosen.get(text, _spelled().get(text.replace("_", " "), ""))
        if field in FIELDS and field not in mapping.values():
            mapping[heading] = field
    if {"given_name", "family_name"} <= set(mapping.values()):
        mapping = {heading: field for heading, field in mapping.items() if field != "name"}
    return mapping


def require_usable(mapping: Mapping[str, str]) -> None:
    """:raises InvalidInput: no column names anybody, or two are the same field."""
    fields = list(mapping.values())
    for field in fields:
        if field not in FIELDS:
            raise InvalidInput(f"“{field}” is not a field of customers.", field="mapping")
        if fields.count(field) > 1:
            twice = [heading for heading, chosen in mapping.items() if chosen == field]
            raise InvalidInput(
                f"{FIELDS[field]} is chosen for two columns: {' and '.join(twice)}.",
                field="mapping",
            )
    if not set(fields) & set(NAMING):
        raise InvalidInput(
            "Choose the column that holds the name, or the company.", field="mapping"
        )


class Reader:
    """Turns rows into traits; ``region`` is where their numbers are dialed and dates written.

    Nobody in the file was born after ``today``.
    """

    def __init__(
        self,
        headings: Sequence[str],
        mapping: Mapping[str, str],
        *,
        system: str,
        region: str,
        today: date,
    ) -> None:
        self._places = {
            mapping[heading]: place for place, heading in enumerate(headings) if heading in mapping
        }
        self._system, self._region, self._today = system or DEFAULT_SYSTEM, region, today

    def values_of(self, cells: Sequence[str]) -> dict[str, str]:
        """Return what ``cells`` say of each field, without what is empty."""
        found = ((field, cells[place].strip()) for field, place in self._places.items())
        return {field: text for field, text in found if text}

    def traits_of(self, values: Mapping[str, str]) -> Traits:
        """:raises InvalidInput: a value cannot be right, or nobody is named."""
        claim = self._claim(values)
        if not (claim.given_name or claim.family_name or claim.company):
            raise InvalidInput("Nobody is named in this row.", field="name")
        return traits_of(claim)

    def faults_of(self, values: Mapping[str, str]) -> list[str]:
        """Return everything that is wrong with a row, a sentence for each field."""
        faults = []
        for field, text in values.items():
            try:
                self._check(field, text)
            except InvalidInput as error:
                faults.append(f"{FIELDS[field]}: {error}")
        return faults

    def _check(self, field: str, text: str) -> None:
        if field == "email":
            normalize_email(text)
        elif field == "phone":
            normalize_phone(text, region=self._region)
        elif field in details.DETAILS:
            details.cleaned({field: self._told(field, text)})
        else:
            traits_of(self._claim({field: text}))

    def _claim(self, values: Mapping[str, str]) -> Claim:
        told: dict[str, Any] = {
            field: self._told(field, text) for field, text in values.items() if field != "name"
        }
        if "name" in values and not {"given_name", "family_name"} & told.keys():
            told["given_name"], told["family_name"] = split_name(values["name"])
        external = told.pop("external_id", None)
        key = ExternalKey(self._system, external) if external else None
        return Claim(**told, external=key, region=self._region)

    def _told(self, field: str, text: str) -> Any:
        if field == "birth_date":
            born = _date(text, month_first=self._region in _MONTH_FIRST)
            return details.require_born(born, today=self._today)
        if field == "country":
            return _countries().get(fold(text), text)
        if field == "language":
            return _languages().get(fold(text), text)
        if field == "hub_id":
            return _own_id(text)
        return text


@cache
def _countries() -> dict[str, str]:
    return {fold(name): code for code, name in details.countries().items()}


@cache
def _languages() -> dict[str, str]:
    return {fold(name): code for code, name in details.LANGUAGES.items()}


def _own_id(text: str) -> UUID:
    try:
        return UUID(text.removeprefix("cus_"))
    except ValueError:
        raise InvalidInput("This is not an id of the hub.", field="hub_id") from None


def _date(text: str, *, month_first: bool) -> date:
    """Read an ISO date, or one as people write it: 3/14/1980, 14.03.1980."""
    try:
        if written := _NAMED_DATE.fullmatch(text):
            one, sign, two, year = written.groups()
            day, month = (two, one) if sign == "/" and month_first else (one, two)
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text[:10])
    except ValueError:
        raise InvalidInput("Write the date as 1980-03-14.", field="birth_date") from None
