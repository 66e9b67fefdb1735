"""Ada is a customer, Ben cuts hair, and their records as the hub hands them to a connector."""

from dataclasses import replace
from uuid import UUID, uuid4

from syncs.canonical import Json
from syncs.connectors.base import Kind, Write, idem_key

CONNECTION = UUID("0193a1b2-0000-7000-8000-000000000001")
BEN_SECRET = "ben-secret"
HUBSPOT_TOKEN = "sandbox-token"
HAIRCUT: dict[str, Json] = {
    "when": {
        "start": "2027-03-24T09:00:00Z",
        "end": "2027-03-24T10:00:00Z",
        "tz": "Europe/Berlin",
    },
    "status": "booked",
    "title": "Haircut – Ada Lovelace",
    "location": "Berlin, room 1",
    "staff": "Ben",
    "notes": "",
    "link": "https://hub.example.com/appointments/1/",
}
INVOICE: dict[str, Json] = {
    "number": "2027-0001",
    "status": "invoiced",
    "total": "119",
    "tax": "19",
    "balance": "119",
    "currency": "EUR",
    "issue_date": "2027-03-24",
    "due_date": "2027-04-07",
    "url": "https://hub.example.com/i/1",
}


def write_of(
    kind: str,
    atoms: dict[str, Json],
    *,
    related: dict[str, str] | None = None,
    local_id: UUID | None = None,
) -> Write:
    local_id = local_id or uuid4()
    key = idem_key(CONNECTION, kind, local_id)
    return Write(kind, local_id, key, atoms, related or {})


def appointment(**atoms: Json) -> Write:
    return write_of(Kind.APPOINTMENT, {**HAIRCUT, **atoms})


def customer(email: str | None = None, **atoms: Json) -> Write:
    """Return Ada, with an e-mail address nobody else has."""
    local_id = uuid4()
    ada: dict[str, Json] = {
        "person_name": {"given": "Ada", "family": "Lovelace"},
        "email": f"ada-{local_id.hex}@example.com" if email is None else email,
        "phone": "+4930123456",
        "company": "",
        "address": {
            "street": "Weg 1",
            "city": "Berlin",
            "region": "",
            "postal_code": "10115",
            "country": "DE",
        },
    }
    return write_of(Kind.CUSTOMER, {**ada, **atoms}, local_id=local_id)


def changed(write: Write, **atoms: Json) -> Write:
    return replace(write, atoms={**write.atoms, **atoms})
