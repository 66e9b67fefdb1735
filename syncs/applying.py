"""What the other side changed, asked of the hub's own verbs; each may refuse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.conf import settings

from customers.updating import update_customer
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.booking import reschedule_appointment
from scheduling.canceling import cancel_with_undo
from scheduling.models import Appointment
from syncs.canonical import Atoms, Json, parse_instant
from syncs.connectors.base import Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that the tool ``label`` made, or a person chose, to one record of the hub."""

    kind: str
    local_id: UUID
    label: str
    at: datetime
    by: Actor
    staff: frozenset[str] | None = None  # whose calendar it is; None: of nobody in particular


Verb = Callable[[Asked, Json], None]


class NotTaken(DomainError):
    """The hub has no verb for this change; its own value goes back."""

    code = "not_taken"


def apply(asked: Asked, atoms: Atoms) -> dict[str, str]:
    """Run the verb of each atom and return, for those that were refused, the reason in words."""
    refused = {}
    for atom, value in atoms.items():
        try:
            _verb(asked.kind, atom)(asked, value)
        except DomainError as refusal:
            if refusal.code != "nothing_to_change":
                refused[atom] = str(refusal)
    return refused


def _verb(kind: str, atom: str) -> Verb:
    try:
        return _VERBS[kind, atom]
    except KeyError:
        raise NotTaken("The hub decides this; its value was put back.") from None


def _move(asked: Asked, value: Json) -> None:
    _require_lead(asked)
    stretch = cast("Mapping[str, str]", value)
    reschedule_appointment(
        asked.local_id,
        start_at=parse_instant(stretch["start"]),
        end_at=parse_instant(stretch["end"]),
        at=asked.at,
        by=asked.by,
    )


def _set_status(asked: Asked, value: Json) -> None:
    if value != "canceled":
        raise NotTaken("Only a cancellation is taken from there.")
    _require_lead(asked)
    cancel_with_undo(
        asked.local_id,
        reason=f"Canceled in {asked.label}",
        undo_until=asked.at + timedelta(seconds=settings.CANCELLATION_UNDO_SECONDS),
        at=asked.at,
        by=asked.by,
    )


def _require_lead(asked: Asked) -> None:
    """:raises NotTaken: it is the calendar of somebody who only takes part beside."""
    if asked.staff is None:
        return
    visit = Appointment.objects.get(pk=asked.local_id)
    beside = {str(one.pk) for one in visit.beside}
    if str(visit.staff_id) not in asked.staff and beside & asked.staff:
        raise NotTaken("Only the calendar of whoever leads it moves or cancels it.")


def _rename(asked: Asked, value: Json) -> None:
    name = cast("Mapping[str, Any]", value)
    _change(asked, given_name=name.get("given", ""), family_name=name.get("family", ""))


def _set_address(asked: Asked, value: Json) -> None:
    parts = cast("Mapping[str, Any]", value)
    _change(asked, **{part: parts.get(part, "") for part in _ADDRESS})


def _setting(field: str) -> Verb:
    def verb(asked: Asked, value: Json) -> None:
        _change(asked, **{field: value})

    return verb


def _change(asked: Asked, **values: Any) -> None:
    update_customer(asked.local_id, values, by=asked.by)


_ADDRESS = ("street", "postal_code", "city", "country")
_VERBS: dict[tuple[str, str], Verb] = {
    (Kind.APPOINTMENT, "when"): _move,
    (Kind.APPOINTMENT, "status"): _set_status,
    (Kind.CUSTOMER, "person_name"): _rename,
    (Kind.CUSTOMER, "email"): _setting("email"),
    (Kind.CUSTOMER, "phone"): _setting("phone"),
    (Kind.CUSTOMER, "company"): _setting("company"),
    (Kind.CUSTOMER, "address"): _set_address,
}
