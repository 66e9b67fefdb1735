"""Change what is known about a customer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from customers import details
from customers.asking import ask_about
from customers.changing import changeable, note_change
from customers.claims import Claim, Traits, lock_name, traits_of
from customers.contacts import claimed_points, set_main
from customers.known import Known
from customers.matching import match_traits
from customers.models import ContactKind, ContactPoint, Customer
from customers.pending import compare_later
from hub import access, history, locks, outbox
from hub.access import Access, Capability
from hub.actors import Actor
from hub.errors import StaleVersion, require_version
from hub.events import EventName

# What speaks for or against a link beside the identifiers.
SPEAKING = ("given_name", "family_name", "company", "tax_id", "birth_date")


@transaction.atomic
def update_customer(
    customer_id: UUID,
    values: Mapping[str, Any],
    *,
    by: Actor,
    expected_version: int | None = None,
) -> Customer:
    """Write the details in ``values`` (``details.DETAILS``, ``email``, ``phone``), no others.

    ``email`` and ``phone`` replace the main contact point of their kind; empty text takes it
    away. ``region`` may say where the number is dialed. Equal values change nothing at all.
    Locks the old and new addresses and numbers, then the customer.

    :raises AccessDenied: ``by`` may not change customers.
    :raises Customer.DoesNotExist: there is none, it was erased, or ``by`` may not see it.
    :raises MergedAway: it was merged into another.
    :raises InvalidInput: a value cannot be right; nothing is written.
    :raises StaleVersion: somebody else was faster.
    """
    allowed = access.require(by, Capability.EDIT_CUSTOMER)
    kinds = [kind for kind in ContactKind.values if kind in values]
    given = {name: value for name, value in values.items() if name not in (*kinds, "region")}
    cleaned = details.cleaned(given)
    claimed = {kind: values[kind] for kind in kinds}
    region = values.get("region") or details.home_region()
    traits = traits_of(Claim(hub_id=customer_id, region=region, **claimed))
    customer = _locked(customer_id, traits, kinds=kinds, allowed=allowed)
    require_version(customer.version, expected_version)
    changes = _apply(customer, cleaned) | _apply_contacts(customer, traits, kinds=kinds, by=by)
    if not changes:
        return customer
    columns = [name for name in changes if name not in kinds]
    history.save(customer, fields=[*columns, "search_name"], by=by)
    told = details.announced(changes)
    outbox.record(EventName.CUSTOMER_UPDATED, subject=customer, by=by, fields=told)
    compare_later([customer.pk], by=by)
    return customer


@transaction.atomic
def remove_contact(customer_id: UUID, point_id: UUID, *, by: Actor) -> Customer:
    """Take away an address or number that is not this customer's; the history keeps it.

    :raises AccessDenied: ``by`` may not change customers.
    :raises ObjectDoesNotExist: there is no such customer or contact point, or not for ``by``.
    :raises MergedAway: it was merged into another.
    """
    allowed = access.require(by, Capability.EDIT_CUSTOMER)
    point = ContactPoint.objects.get(pk=point_id, customer_id=customer_id)
    locks.exclusively([_lock_of(point)])
    customer = changeable(customer_id, allowed=allowed)
    history.delete(ContactPoint.objects.get(pk=point_id, customer=customer), by=by)
    note_change(customer, point.kind, by=by)
    return customer


def _locked(customer_id: UUID, traits: Traits, *, kinds: list[str], allowed: Access) -> Customer:
    """Lock every identifier that is about to come or go, then the customer's row."""
    mains = ContactPoint.objects.filter(customer_id=customer_id, kind__in=kinds, is_primary=True)
    names = {*traits.lock_names, *map(_lock_of, mains)}
    locks.exclusively(names)
    customer = changeable(customer_id, allowed=allowed)
    if not names.issuperset(map(_lock_of, mains.all())):
        raise StaleVersion("Somebody else changed this meanwhile. Try again.")
    return customer


def _lock_of(point: ContactPoint) -> str:
    return lock_name(*point.key)


def _apply(customer: Customer, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Set what differs, and return it as before and after."""
    changes = {
        name: (getattr(customer, name), value)
        for name, value in values.items()
        if getattr(customer, name) != value
    }
    for name, (_, value) in changes.items():
        setattr(customer, name, value)
    details.require_name(customer)
    customer.search_name = details.describe(customer)
    return changes


def _apply_contacts(
    customer: Customer, traits: Traits, *, kinds: list[str], by: Actor
) -> dict[str, tuple[Any, Any]]:
    points = {point.kind: point for point in claimed_points(traits)}
    names = {name: getattr(customer, name) for name in SPEAKING}
    known = Known([traits])
    found = match_traits(traits._replace(claim=replace(traits.claim, **names)), known)
    changed = [kind for kind in kinds if set_main(customer, kind, points.get(kind), by=by)]
    if changed:
        for candidate in found.candidates:
            ask_about(customer, candidate, found.evidence[candidate.pk], by=by)
    return dict.fromkeys(changed, ("", ""))
