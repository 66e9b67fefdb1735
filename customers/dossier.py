"""Everything known about a person as one file, for the person who asks for it.

Every app adds its own ``Chapter`` at start-up; nothing is imported upward.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Model
from django.forms.models import model_to_dict

from customers.details import DETAILS
from customers.edits import Edit, edits_of
from customers.known import merged_into
from customers.models import Consent, ContactPoint, Customer, PostalAddress, Recognition
from customers.traces import external_ids_of
from hub import access, outbox
from hub.access import Capability
from hub.actors import Actor
from hub.events import EventName

UTC = ZoneInfo("UTC")
# The ids of a customer and of the records merged into it, to what one app knows of them.
Chapter = Callable[[Sequence[UUID]], Any]
_chapters: dict[str, Chapter] = {}


def register_chapter(name: str, chapter: Chapter) -> None:
    """Add what an app knows under ``name``; lists and dictionaries of plain values."""
    _chapters[name] = chapter


@transaction.atomic
def dossier_of(customer_id: UUID, *, by: Actor) -> dict[str, Any]:
    """Return everything known about a customer; that it was taken out is in the outbox.

    :raises AccessDenied: ``by`` may not export customers.
    :raises Customer.DoesNotExist: there is none that ``by`` may see.
    """
    allowed = access.require(by, Capability.EXPORT_CUSTOMER)
    customer = Customer.objects.visible_to(allowed).get(pk=customer_id)
    family = [customer_id, *merged_into(customer_id)]
    outbox.record(EventName.CUSTOMER_EXPORTED, subject=customer, by=by)
    records = Customer.objects.filter(pk__in=family).order_by("number")
    return {
        "records": [_record(record) for record in records],
        **{name: chapter(family) for name, chapter in _chapters.items()},
    }


def _record(customer: Customer) -> dict[str, Any]:
    points = ContactPoint.objects.filter(customer=customer).order_by("kind", "created_at", "pk")
    addresses = PostalAddress.objects.filter(customer=customer).order_by("created_at", "pk")
    consents = Consent.objects.filter(customer=customer).order_by("given_at", "pk")
    recognized = Recognition.objects.filter(customer=customer).order_by("at", "pk")
    return {
        "id": str(customer.pk),
        "code": customer.code,
        "since": customer.created_at,
        "details": {name: _plain(getattr(customer, name)) for name in DETAILS},
        "contact_points": [_row(point) for point in points],
        "further_addresses": [_row(address) for address in addresses],
        "external_ids": external_ids_of(customer.pk),
        "consents": list(consents.values("channel", "granted", "given_at", "source")),
        "recognized": list(recognized.values("at", "tier", "evidence", "source")),
        "edits": [_edit(edit) for edit in edits_of(customer, zone=UTC)],
    }


def _row(found: Model) -> dict[str, Any]:
    return model_to_dict(found, exclude=["id", "customer"])


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "at": edit.at,
        "by": edit.actor_name,
        "through": edit.source,
        "changes": [
            {"field": change.label, "before": change.before, "after": change.after}
            for change in edit.changes
        ],
    }


def _plain(value: object) -> object:
    return str(value) if isinstance(value, ZoneInfo) else value
