"""HubSpot's properties ↔ atoms. Which HubSpot field is this? Here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson

from syncs.canonical import Atoms, canonical, digest, instant, parse_instant, plain_text
from syncs.connectors.base import Kind, Remote, marker_of
from syncs.failures import Transient

GROUP = "hub"
OUTCOMES = {
    "requested": "SCHEDULED",
    "booked": "SCHEDULED",
    "rescheduled": "RESCHEDULED",
    "completed": "COMPLETED",
    "no_show": "NO_SHOW",
    "canceled": "CANCELED",
    "declined": "CANCELED",
}
STATUSES = {
    "SCHEDULED": "booked",
    "RESCHEDULED": "rescheduled",
    "COMPLETED": "completed",
    "NO_SHOW": "no_show",
    "CANCELED": "canceled",
}
TEXTS: Mapping[str, Mapping[str, str]] = {
    Kind.CUSTOMER: {"email": "email", "phone": "phone", "company": "company"},
    Kind.APPOINTMENT: {
        "title": "hs_meeting_title",
        "location": "hs_meeting_location",
        "link": "hs_meeting_external_url",
        "staff": "hub_appointment_staff",
    },
    Kind.INVOICE: {},
}
GROUPED: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    Kind.CUSTOMER: {
        "person_name": {"given": "firstname", "family": "lastname"},
        "address": {
            "street": "address",
            "city": "city",
            "region": "state",
            "postal_code": "zip",
            "country": "country",
        },
    },
    Kind.APPOINTMENT: {},
    Kind.INVOICE: {
        "invoice_state": {
            "number": "hub_invoice_number",
            "status": "hub_invoice_status",
            "total": "hub_invoice_total",
            "tax": "hub_invoice_tax",
            "balance": "hub_invoice_balance",
            "currency": "hub_invoice_currency",
            "issue_date": "hub_invoice_issue_date",
            "due_date": "hub_invoice_due_date",
            "url": "hub_invoice_url",
            "amount": "amount",
        }
    },
}
WON, LOST = frozenset({"paid"}), frozenset({"canceled", "written_off", "refunded"})


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One kind as HubSpot holds it. ``to_contact`` is the vendor's number of the association."""

    kind: Kind
    name: str
    type_id: str
    id_property: str
    modified_property: str
    to_contact: int | None = None

    @property
    def properties(self) -> tuple[str, ...]:
        """Every property we read; a change of any other one is no change to us."""
        grouped = (name for parts in GROUPED[self.kind].values() for name in parts.values())
        extra = {
            Kind.CUSTOMER: ("hs_merged_object_ids",),
            Kind.APPOINTMENT: (
                "hs_meeting_outcome",
                "hs_meeting_start_time",
                "hs_meeting_end_time",
            ),
            Kind.INVOICE: (),
        }[self.kind]
        texts = TEXTS[self.kind].values()
        return (self.id_property, self.modified_property, *texts, *grouped, *extra)


CONTACT = ObjectType(Kind.CUSTOMER, "contacts", "0-1", "hub_customer_id", "lastmodifieddate")
MEETING = ObjectType(
    Kind.APPOINTMENT, "meetings", "0-47", "hub_appointment_id", "hs_lastmodifieddate", 200
)
DEAL = ObjectType(Kind.INVOICE, "deals", "0-3", "hub_invoice_id", "hs_lastmodifieddate", 3)
TYPES: Mapping[str, ObjectType] = {part.kind: part for part in (CONTACT, MEETING, DEAL)}
STREAMS: Mapping[str, ObjectType] = {part.name: part for part in TYPES.values()}


@dataclass(frozen=True, slots=True)
class Stages:
    """Where a deal stands, by the state of its invoice."""

    pipeline: str = "default"
    open: str = "contractsent"
    won: str = "closedwon"
    lost: str = "closedlost"

    def of(self, status: str) -> str:
        if status in WON:
            return self.won
        return self.lost if status in LOST else self.open


def read_object(
    object_type: ObjectType, found: Mapping[str, object], *, region: str | None
) -> Remote:
    """Return one object of an answer.

    :raises Transient: the answer does not have the documented shape.
    """
    properties, remote_id = found.get("properties"), found.get("id")
    if not isinstance(properties, dict) or not remote_id:
        raise Transient("The answer is no object of HubSpot's.", code="shape")
    values = {str(name): plain_text(value) for name, value in properties.items()}
    atoms = canonical(_atoms(object_type.kind, values), region=region)
    return Remote(
        kind=object_type.kind,
        remote_id=str(remote_id),
        container=object_type.name,
        etag=digest(atoms),
        atoms=atoms,
        raw=orjson.dumps(values).decode(),
        marker=_marker(object_type, values),
        updated_at=moment(found.get("updatedAt")),
    )


def merged_ids(found: Mapping[str, object]) -> tuple[str, ...]:
    """Return the ids that were merged into this contact."""
    properties = found.get("properties")
    text = properties.get("hs_merged_object_ids") if isinstance(properties, dict) else None
    return tuple(part.strip() for part in str(text or "").split(";") if part.strip().isdigit())


def write_properties(
    kind: str, atoms: Atoms, names: frozenset[str], *, stages: Stages
) -> dict[str, str]:
    """Return the properties that say the named atoms; "" clears a property."""
    seen = as_seen(kind, atoms)
    written: dict[str, str] = {}
    for atom in sorted(names & seen.keys()):
        value = seen[atom]
        if atom in TEXTS[kind]:
            written[TEXTS[kind][atom]] = plain_text(value)
        elif atom in GROUPED[kind] and isinstance(value, dict):
            parts = GROUPED[kind][atom]
            written |= {name: plain_text(value.get(part)) for part, name in parts.items()}
    if kind == Kind.APPOINTMENT:
        written |= _meeting_properties(atoms, names)
    if kind == Kind.INVOICE and written:
        written |= _deal_properties(written, stages)
    return written


def as_seen(kind: str, atoms: Atoms) -> Atoms:
    """Return a hub record in HubSpot's words: no zones, fewer statuses, an amount per deal."""
    known = {*TEXTS[kind], *GROUPED[kind]}
    if kind == Kind.APPOINTMENT:
        known |= {"when", "status"}
    seen: dict[str, object] = {name: atoms[name] for name in atoms if name in known}
    if isinstance(times := seen.get("when"), dict):
        seen["when"] = {**times, "tz": "UTC"}
    if "status" in seen:
        seen["status"] = STATUSES[OUTCOMES.get(str(seen["status"]), "SCHEDULED")]
    for atom, parts in GROUPED[kind].items():
        if isinstance(value := seen.get(atom), dict):
            seen[atom] = {part: value.get(part, "") for part in parts}
    state = seen.get("invoice_state")
    if isinstance(state, dict):
        seen["invoice_state"] = {**state, "amount": state.get("total", "")}
    return canonical(seen)


def _atoms(kind: str, values: Mapping[str, str]) -> dict[str, object]:
    atoms: dict[str, object] = {atom: values.get(name, "") for atom, name in TEXTS[kind].items()}
    for atom, parts in GROUPED[kind].items():
        atoms[atom] = {part: values.get(name, "") for part, name in parts.items()}
    if kind == Kind.APPOINTMENT:
        edges = [moment(values.get(f"hs_meeting_{edge}_time")) for edge in ("start", "end")]
        if all(edges):
            atoms["when"] = {"start": edges[0], "end": edges[1], "tz": "UTC"}
        atoms["status"] = STATUSES.get(values.get("hs_meeting_outcome", ""), "booked")
    return atoms


def _meeting_properties(atoms: Atoms, names: frozenset[str]) -> dict[str, str]:
    written: dict[str, str] = {}
    times = atoms.get("when")
    if "when" in names and isinstance(times, dict):
        start, end = (instant(parse_instant(str(times[edge]))) for edge in ("start", "end"))
        written = {
            "hs_timestamp": start,
            "hs_meeting_start_time": start,
            "hs_meeting_end_time": end,
        }
    if "status" in names:
        written["hs_meeting_outcome"] = OUTCOMES.get(str(atoms.get("status")), "SCHEDULED")
    return written


def _deal_properties(written: Mapping[str, str], stages: Stages) -> dict[str, str]:
    return {
        "dealname": f"Invoice {written['hub_invoice_number']}".strip(),
        "pipeline": stages.pipeline,
        "dealstage": stages.of(written["hub_invoice_status"]),
    }


def _marker(object_type: ObjectType, values: Mapping[str, str]) -> str | None:
    try:
        local_id = UUID(values.get(object_type.id_property, ""))
    except ValueError:
        return None
    return marker_of(object_type.kind, local_id)


def moment(value: object) -> datetime | None:
    """Read a time as HubSpot writes it: ISO 8601, or milliseconds since 1970."""
    text = plain_text(value)
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        return parse_instant(text)
    except (ValueError, OverflowError, OSError):
        return None
