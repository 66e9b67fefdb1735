"""What HubSpot accepts and refuses, in its own words: properties, uniqueness, searches."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from syncs.sandbox.store import Stored, ValueTaken

REQUIRED = {"contacts": (), "meetings": ("hs_timestamp",), "deals": ("dealname",)}
STAGES = {
    "appointmentscheduled": "Appointment scheduled",
    "contractsent": "Contract sent",
    "closedwon": "Closed won",
    "closedlost": "Closed lost",
}
OUTCOMES = ("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED")
NAMES = {
    "contacts": "firstname lastname email phone company address city state zip country "
    "hs_additional_emails hs_merged_object_ids lifecyclestage hubspot_owner_id",
    "meetings": "hs_meeting_title hs_meeting_body hs_internal_meeting_notes hs_meeting_location "
    "hs_meeting_external_url hubspot_owner_id hs_merged_object_ids",
    "deals": "dealname pipeline dealstage closedate hubspot_owner_id hs_merged_object_ids",
}
TYPES = {
    "contacts": "contacts",
    "contact": "contacts",
    "0-1": "contacts",
    "meetings": "meetings",
    "meeting": "meetings",
    "0-47": "meetings",
    "deals": "deals",
    "deal": "deals",
    "0-3": "deals",
}
#: The vendor's numbers for a link from one type to a contact.
LINK_NUMBERS = {("meetings", 200): "contacts", ("deals", 3): "contacts"}
SEARCH_KEYS = ("filterGroups", "properties", "sorts", "limit", "after")
PROPERTY_TYPES = frozenset(
    {"bool", "date", "datetime", "enumeration", "number", "phone_number", "string"}
)


class Refusal(Exception):
    """The vendor says no."""

    def __init__(
        self, status: int, category: str, message: str, fields: Iterable[str] = ()
    ) -> None:
        super().__init__(message)
        self.status, self.category, self.message = status, category, message
        self.fields = tuple(fields)

    def as_json(self) -> dict[str, object]:
        return {"correlationId": str(uuid4()), **self._said(), "status": "error"}

    def as_item(self) -> dict[str, object]:
        """Return the error of one item of a batch."""
        return {"errors": [], "context": {}, "links": {}, **self._said(), "status": "error"}

    def _said(self) -> dict[str, object]:
        details = [
            {"message": self.message, "context": {"propertyName": [name]}} for name in self.fields
        ]
        said: dict[str, object] = {"message": self.message, "category": self.category}
        return {**said, "errors": details} if details else said


@dataclass(frozen=True, slots=True)
class Link:
    type: str
    id: str


def _standard(name: str, kind: str, options: Sequence[str] = ()) -> dict[str, object]:
    shown = [
        {"label": option, "value": option, "displayOrder": number, "hidden": False}
        for number, option in enumerate(options)
    ]
    field = {"enumeration": "select", "number": "number", "datetime": "date"}.get(kind, "text")
    return {
        "name": name,
        "label": name.removeprefix("hs_").replace("_", " ").capitalize(),
        "description": "",
        "groupName": "standard",
        "type": kind,
        "fieldType": field,
        "options": shown,
        "hasUniqueValue": False,
        "hubspotDefined": True,
        "archived": False,
    }


STANDARD: dict[str, dict[str, dict[str, object]]] = {
    of: {name: _standard(name, "string") for name in names.split()} for of, names in NAMES.items()
}
for _name in ("hs_timestamp", "hs_meeting_start_time", "hs_meeting_end_time"):
    STANDARD["meetings"][_name] = _standard(_name, "datetime")
STANDARD["meetings"]["hs_meeting_outcome"] = _standard(
    "hs_meeting_outcome", "enumeration", OUTCOMES
)
STANDARD["deals"]["amount"] = _standard("amount", "number")
STANDARD["deals"]["dealstage"] = _standard("dealstage", "enumeration", tuple(STAGES))
for _of, _known in STANDARD.items():
    _modified = "lastmodifieddate" if _of == "contacts" else "hs_lastmodifieddate"
    _known[_modified] = _standard(_modified, "datetime")


def accepted(
    definitions: Mapping[str, Mapping[str, object]], given: Mapping[str, str]
) -> dict[str, str]:
    """Return the values as they are stored.

    :raises Refusal: an unknown property, or a value its type does not take.
    """
    unknown = [name for name in given if name not in definitions]
    if unknown:
        text = f'Property values were not valid: Property "{unknown[0]}" does not exist'
        raise Refusal(400, "VALIDATION_ERROR", text, unknown)
    values = {name: value.strip() for name, value in given.items()}
    if "email" in values:
        values["email"] = values["email"].lower()
    for name, value in values.items():
        if value and not _fits(definitions[name], value):
            text = f"Property values were not valid: {value!r} was not one of the allowed values"
            raise Refusal(400, "VALIDATION_ERROR", text, [name])
    return values


def require_complete(of: str, values: Mapping[str, str]) -> None:
    """:raises Refusal: a property that every new object needs is missing."""
    missing = [name for name in REQUIRED[of] if not values.get(name)]
    if missing:
        text = f"Error creating {of}. Some required properties were not set."
        raise Refusal(400, "VALIDATION_ERROR", text, missing)


def unique_values(
    of: str, definitions: Mapping[str, Mapping[str, object]], values: Mapping[str, str]
) -> dict[str, str]:
    """Return the values no other object may have; of a contact also its e-mail."""
    return {
        name: value
        for name, value in values.items()
        if definitions[name].get("hasUniqueValue") is True or (of, name) == ("contacts", "email")
    }


def taken(of: str, taken_: ValueTaken) -> Refusal:
    if (of, taken_.name) == ("contacts", "email"):
        text = f"Contact already exists. Existing ID: {taken_.owner_id}"
        return Refusal(409, "CONFLICT", text)
    text = f"Property values were not valid: {taken_.owner_id} already has that value."
    return Refusal(400, "VALIDATION_ERROR", text, [taken_.name])


def definition(given: Mapping[str, object]) -> dict[str, object]:
    """Return a new property as it is stored.

    :raises Refusal: a required part is missing, or the type is unknown.
    """
    required = ("name", "label", "groupName", "type", "fieldType")
    missing = [part for part in required if not given.get(part)]
    if missing or given.get("type") not in PROPERTY_TYPES:
        raise Refusal(400, "VALIDATION_ERROR", "Invalid property definition.", missing or ["type"])
    fresh = _standard(str(given["name"]), str(given["type"]))
    return {**fresh, "hubspotDefined": False, **given}


def associations(body: Mapping[str, object], of: str) -> list[Link]:
    """:raises Refusal: an association without a target or of an unknown number."""
    links = []
    for item in items_of(body, "associations"):
        target = item.get("to") if isinstance(item, dict) else None
        types = items_of(item, "types") if isinstance(item, dict) else []
        number = (
            types[0].get("associationTypeId") if types and isinstance(types[0], dict) else None
        )
        to = LINK_NUMBERS.get((of, number)) if isinstance(number, int) else None
        if not isinstance(target, dict) or to is None:
            raise Refusal(400, "VALIDATION_ERROR", "Invalid association.")
        links.append(Link(to, str(target.get("id"))))
    return links


def searched(
    records: Iterable[tuple[Stored, Mapping[str, str]]], body: Mapping[str, object]
) -> list[Stored]:
    """Return what the filters let through, in the order asked for.

    :raises Refusal: a required key is missing, or an operator is unknown here.
    """
    missing = [key for key in SEARCH_KEYS if key not in body]
    if missing:
        raise Refusal(400, "VALIDATION_ERROR", f"Missing: {', '.join(missing)}", missing)
    groups = [
        items_of(g, "filters") for g in items_of(body, "filterGroups") if isinstance(g, dict)
    ]
    found = [
        (record, values)
        for record, values in records
        if not groups or any(all(_matches(values, f) for f in group) for group in groups)
    ]
    order = next(iter(items_of(body, "sorts")), "")
    return [
        r for r, _ in sorted(found, key=lambda pair: (pair[1].get(str(order), ""), pair[0].id))
    ]


def items_of(body: Mapping[str, object], name: str) -> list[object]:
    """:raises Refusal: it is no list."""
    found = body.get(name, [])
    if not isinstance(found, list):
        raise Refusal(400, "VALIDATION_ERROR", f"{name} has to be a list.", [name])
    return found


def type_of(name: str) -> str:
    of = TYPES.get(name)
    if of is None:
        raise Refusal(400, "VALIDATION_ERROR", f"Unable to infer object type from: {name}")
    return of


def properties_of(body: Mapping[str, object]) -> dict[str, str]:
    given = body.get("properties")
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise Refusal(400, "VALIDATION_ERROR", "properties has to be an object of texts")
    return given


def pipelines(at: str) -> dict[str, object]:
    times = {"createdAt": at, "updatedAt": at, "archived": False}
    allowed = {"writePermissions": "CRM_PERMISSIONS_ENFORCEMENT", **times}
    stages = [
        {"id": key, "label": label, "displayOrder": n, "metadata": {}, **allowed}
        for n, (key, label) in enumerate(STAGES.items())
    ]
    pipeline = {"id": "default", "label": "Sales pipeline", "displayOrder": 0, **times}
    return {"results": [{**pipeline, "stages": stages}]}


def _matches(values: Mapping[str, str], given: object) -> bool:
    rule = given if isinstance(given, dict) else {}
    value, wanted = values.get(str(rule.get("propertyName")), ""), str(rule.get("value", ""))
    if wanted.isdigit() and value.endswith("Z"):
        wanted, value = f"{int(wanted):020d}", f"{_milliseconds(value):020d}"
    tests: Mapping[str, Callable[[], bool]] = {
        "EQ": lambda: value == wanted,
        "NEQ": lambda: value != wanted,
        "GTE": lambda: value >= wanted,
        "GT": lambda: value > wanted,
        "LTE": lambda: value <= wanted,
        "HAS_PROPERTY": lambda: bool(value),
        "NOT_HAS_PROPERTY": lambda: not value,
    }
    operator = str(rule.get("operator"))
    if operator not in tests:
        raise Refusal(400, "VALIDATION_ERROR", f"Unknown operator {operator}.", ["operator"])
    return tests[operator]()


def _milliseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def _fits(known: Mapping[str, object], value: str) -> bool:
    options = known.get("options")
    if known.get("type") == "enumeration" and isinstance(options, list) and options:
        return value in {str(option.get("value")) for option in options}
    if known.get("type") == "number":
        return value.replace(".", "", 1).removeprefix("-").isdecimal()
    return True
