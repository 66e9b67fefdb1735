"""The only way in: every new customer, from whichever door, is looked for here first.

Form, API, connector and import state a ``Claim``; ``find_or_create`` links it to the one
customer it is certainly about, or makes a new one and asks people about the doubtful ones.
``find_or_create_all`` does the same for many, and writes all simple ones together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from customers.adding import Batch
from customers.changing import note_change
from customers.claims import Claim, ExternalKey, Fact, Match, Tier, Traits, lock_name, traits_of
from customers.comparing import compare_later
from customers.contacts import add_external_id, add_point, ask_about, claimed_points
from customers.known import Known
from customers.matching import match, match_traits
from customers.models import ContactPoint, Customer, IdentityReview, Recognition
from customers.normalizing import Phone, normalize_email, normalize_phone
from hub import access, locks
from hub.access import AccessDenied, Capability
from hub.actors import Actor
from hub.copying import copy_rows

__all__ = [
    "Claim",
    "ExternalKey",
    "Fact",
    "Identified",
    "Match",
    "Phone",
    "Tier",
    "find_or_create",
    "find_or_create_all",
    "lock_name",
    "match",
    "normalize_email",
    "normalize_phone",
    "traits_of",
]


@dataclass(frozen=True, slots=True)
class Identified:
    """``tier`` tells how an existing customer was recognized; ``NONE`` when it is new."""

    customer: Customer
    tier: Tier
    created: bool
    evidence: tuple[Fact, ...]
    reviews: tuple[IdentityReview, ...]


def find_or_create(claim: Claim, *, at: datetime, by: Actor) -> Identified:
    """Return the customer that ``claim`` is about; a new one when none is certain.

    Contact points that are new are added to a known customer, nothing of it is overwritten.
    Locks the claimed identifiers: of two simultaneous claims one creates, one finds.

    :raises AccessDenied: ``by`` may not add customers.
    :raises InvalidInput: an address, number, name or code cannot be right.
    """
    return find_or_create_all([traits_of(claim)], at=at, by=by)[0]


@transaction.atomic
def find_or_create_all(claims: Sequence[Traits], *, at: datetime, by: Actor) -> list[Identified]:
    """Do what ``find_or_create`` does for each of ``claims``, in their order, all or nothing.

    :raises AccessDenied: ``by`` may not add customers.
    :raises InvalidInput: one that would be new has no name.
    """
    allowed = access.require(by, Capability.EDIT_CUSTOMER)
    if not allowed.can(Capability.VIEW_CUSTOMER):
        raise AccessDenied("Adding a customer may find one, which your role does not allow.")
    locks.exclusively(name for traits in claims for name in traits.lock_names)
    known, batch = Known(claims), Batch(at=at, by=by)
    if len(claims) > 1:
        _lock(known.customers())
    found = [_identify(traits, known, batch, by=by) for traits in claims]
    batch.write()
    _note(found, at=at, by=by)
    return found


def _lock(ids: Iterable[UUID]) -> None:
    """Lock whom many claims may be about, in one order: two files may name them in two orders."""
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=ids)
    list(rows.order_by("pk").values_list("pk"))


def _identify(traits: Traits, known: Known, batch: Batch, *, by: Actor) -> Identified:
    """Decide about one claim: who is new is left to the batch, the rest is written now."""
    if not traits.points:
        batch.write()  # namesakes are looked for in the database
    found, points = match_traits(traits, known), claimed_points(traits)
    if found.customer is None:
        return _begin(traits, points, found, known, batch)
    if not found.candidates and known.has_all(found.customer, traits, points):
        evidence = found.evidence[found.customer.pk]
        return Identified(found.customer, found.tier, created=False, evidence=evidence, reviews=())
    batch.write()
    is_taken = known.by_external_id(traits) is not None
    key = None if is_taken else traits.external
    identified = _add_to(found.customer, found, traits, key, by=by)
    known.renew(traits, identified.customer)
    return identified


def _begin(
    traits: Traits, points: Sequence[ContactPoint], found: Match, known: Known, batch: Batch
) -> Identified:
    """Add somebody new; what others have as well is shared, and who may be the same is asked."""
    key = None if known.by_external_id(traits) else traits.external
    customer = batch.add(traits, points, key)
    for point in points:
        twins = known.points_at(point.key)
        point.shared = point.shared or bool(twins)
        batch.share(twins)
    reviews = [batch.ask(customer, one, found.evidence[one.pk]) for one in found.candidates]
    known.add(customer, points, key)
    return Identified(customer, Tier.NONE, created=True, evidence=(), reviews=tuple(reviews))


def _add_to(
    known: Customer, found: Match, traits: Traits, key: ExternalKey | None, *, by: Actor
) -> Identified:
    """Write what one claim adds to a known customer, and ask who else it may be about."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=known.pk)
    added = [point.kind for point in claimed_points(traits) if add_point(customer, point, by=by)]
    if key:
        add_external_id(customer, key, by=by)
    if added:
        note_change(customer, *added, by=by)
        compare_later([customer.pk])
    asked = (
        ask_about(customer, candidate, found.evidence[candidate.pk], by=by)
        for candidate in found.candidates
    )
    return Identified(
        customer,
        found.tier,
        created=False,
        evidence=found.evidence.get(customer.pk, ()),
        reviews=tuple(review for review in asked if review),
    )


def _note(found: Sequence[Identified], *, at: datetime, by: Actor) -> None:
    """Keep by which tier and evidence each claim ended at its customer."""
    origin = {"at": at, **by.columns()}
    del origin["actor_id"]  # the name tells enough
    copy_rows(
        Recognition,
        ["customer_id", "tier", "evidence", *origin],
        [
            (one.customer.pk, str(one.tier), list(map(str, one.evidence)), *origin.values())
            for one in found
        ],
    )
