"""Which column of a table is which field of an appointment."""

from collections.abc import Mapping, Sequence
from functools import cache

from customers.importing.tables import HEADING_CHARACTERS, Row
from customers.normalizing import fold
from hub.errors import InvalidInput
from scheduling.models.moving_in import MovingInChoice
from scheduling.moving_in.stated import FIELDS, Stated

COLUMN = "column"
NAMING = ("name", "given_name", "family_name")
# As people, and the exports of other systems, head their columns; folded.
_SPELLINGS = {
    "date": "day|appointment date|datum|fecha|jour",
    "start": "start time|starts|starts at|start at|start date|begin|begins|from|time|beginn|von"
    "|appointment time|uhrzeit|debut|heure|inicio|hora|start datetime|date time",
    "end": "end time|ends|ends at|end at|end date|to|until|ende|bis|fin|end datetime",
    "duration": "length|minutes|duration minutes|duration min|dauer|duree|duracion",
    "time_zone": "timezone|tz|zeitzone",
    "location": "branch|place|site|salon|studio|standort|filiale|lieu",
    "service": "service name|treatment|appointment type|type|event type|summary|title|subject"
    "|leistung|behandlung|prestation|servicio",
    "staff": "staff|practitioner|provider|employee|stylist|therapist|staff name|staff member name"
    "|with|calendar|resource|mitarbeiter|mitarbeiterin|behandler|praticien|empleado",
    "name": "customer|customer name|client|client name|full name|name|patient|patient name|kunde"
    "|kundin|kundenname|guest|attendee|invitee|invitee name",
    "given_name": "first name|firstname|customer first name|client first name|given name|vorname",
    "family_name": "last name|lastname|customer last name|client last name|family name|surname"
    "|nachname",
    "email": "email|e mail|mail|customer email|client email|email address|invitee email",
    "phone": "telephone|tel|phone|mobile|phone number|customer phone|client phone|telefon|handy",
    "customer_id": "customer id|client id|patient id|customer number|client number|kundennummer",
    "status": "state|appointment status|booking status|zustand",
    "notes": "note|comment|comments|remarks|description|notizen|bemerkung",
    "old_id": "id|uid|appointment id|booking id|event id|reference|ref|external id|buchungsnummer"
    "|termin id|appointment number|booking number",
}


@cache
def _spelled() -> dict[str, str]:
    own = {fold(label): name for name, label in FIELDS.items()}
    return own | {
        text: name for name, texts in _SPELLINGS.items() for text in [name, *texts.split("|")]
    }


def guessed(headings: Sequence[str]) -> dict[str, str]:
    """Return the likely field of each heading, as it was chosen last or as it is spelled.

    No field stands twice; a name in one column gives way to its two parts.
    """
    folded = {heading: fold(heading)[:HEADING_CHARACTERS] for heading in headings}
    known = MovingInChoice.objects.filter(kind=COLUMN, text__in=folded.values())
    chosen = dict(known.values_list("text", "choice"))
    mapping: dict[str, str] = {}
    for heading, text in folded.items():
        name = chosen.get(text, _spelled().get(text.replace("_", " "), ""))
        if name in FIELDS and name not in mapping.values():
            mapping[heading] = name
    if {"given_name", "family_name"} <= set(mapping.values()):
        mapping = {heading: name for heading, name in mapping.items() if name != "name"}
    return mapping


def require_usable(mapping: Mapping[str, str]) -> None:
    """:raises InvalidInput: no start or nobody is named, or two columns are the same field."""
    fields = list(mapping.values())
    for name in fields:
        if name not in FIELDS:
            raise InvalidInput(f"“{name}” is not a field of appointments.", field="mapping")
        if fields.count(name) > 1:
            twice = [heading for heading, chosen in mapping.items() if chosen == name]
            raise InvalidInput(
                f"{FIELDS[name]} is chosen for two columns: {' and '.join(twice)}.",
                field="mapping",
            )
    if "start" not in fields:
        raise InvalidInput("Say which column holds the start.", field="mapping")
    if not {*NAMING, "customer_id", "email", "phone"} & set(fields):
        raise InvalidInput("Say which column names the customer.", field="mapping")


def stated_row(row: Row, places: Mapping[int, str]) -> Stated:
    """Return what a row says; ``places`` are the fields by the place of their column."""
    found = ((name, row.cells[place].strip()) for place, name in places.items())
    values = {name: text for name, text in found if text}
    return Stated(row.number, values, faults=(row.fault,) if row.fault else ())
