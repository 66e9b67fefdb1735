"""The only way in: every new customer, from whichever door, is looked for here first.

Form, API, connector and import state a ``Claim``; ``find_or_create`` links it to the one
customer it is certainly about, or makes a new one and asks people about the doubtful ones.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers import details
from customers.claims import Claim, Fact, Match, Tier, Traits, lock_name, traits_of
from customers.contacts import add_point, ask_about, claimed_points
from customers.matching import match, match_traits
from customers.models import Customer, IdentityReview
from customers.normalizing import Phone, normalize_email, normalize_phone
from hub import access, history, locks, outbox
from hub.access import AccessDenied, Capability
from hub.actors import Actor
from hub.events import EventName
from hub.identifiers import next_of

__all__ = [
    "Claim",
    "Fact",
    "Identified",
    "Match",
    "Phone",
    "Tier",
    "find_or_create",
    "lock_name",
    "match",
    "normalize_email",
    "normalize_phone",
]


@dataclass(frozen=True, slots=True)
class Identified:
    """``tier`` tells how an existing customer was recognized; ``NONE`` when it is new."""

    customer: Customer
    tier: Tier
    created: bool
    reviews: tuple[IdentityReview, ...]


@transaction.atomic
def find_or_create(claim: Claim, *, at: datetime, by: Actor) -> Identified:
    """Return the customer that ``claim`` is about; a new one when none is certain.

    Contact points that are new are added to a known customer, nothing of it is overwritten.
    Locks the claimed address and number: of two simultaneous claims one creates, one finds.

    :raises AccessDenied: ``by`` may not add customers.
    :raises InvalidInput: an address, number, name or code cannot be right.
    """
    allowed = access.require(by, Capability.EDIT_CUSTOMER)
    if not allowed.can(Capability.VIEW_CUSTOMER):
        raise AccessDenied("Adding a customer may find one, which your role does not allow.")
    traits = traits_of(claim)
    locks.exclusively(traits.lock_names)
    found = match_traits(traits)
    if found.customer is None:
        customer = _create(traits, at=at, by=by)
    else:
        customer = _add_to(found.customer, traits, by=by)
    asked = (
        ask_about(customer, candidate, found.evidence[candidate.pk], by=by)
        for candidate in found.candidates
    )
    return Identified(
        customer,
        found.tier,
        created=found.customer is None,
        reviews=tuple(review for review in asked if review),
    )


def _create(traits: Traits, *, at: datetime, by: Actor) -> Customer:
    claim = traits.claim
    values = details.cleaned({name: getattr(claim, name) for name in details.DETAILS})
    customer = Customer(number=next_of("customers_number"), created_at=at, **values)
    details.require_name(customer)
    customer.search_name = details.describe(customer)
    history.create(customer, by=by)
    points = claimed_points(traits)
    for point in points:
        add_point(customer, point, by=by)
    known = {name: ("", value) for name, value in values.items() if value}
    told = details.announced(known | {point.kind: ("", "") for point in points})
    outbox.record(EventName.CUSTOMER_CREATED, subject=customer, by=by, fields=told)
    return customer


def _add_to(known: Customer, traits: Traits, *, by: Actor) -> Customer:
    customer = Customer.objects.select_for_update().get(pk=known.pk)
    added = [point.kind for point in claimed_points(traits) if add_point(customer, point, by=by)]
    if added:
        history.save(customer, fields=[], by=by)
        told = details.announced(dict.fromkeys(added, ("", "")))
        outbox.record(EventName.CUSTOMER_UPDATED, subject=customer, by=by, fields=told)
    return customer
