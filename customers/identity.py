"""The only way in: every new customer, from whichever door, is looked for here first.

Form, API, connector and import state a ``Claim``; ``find_or_create`` links it to the one
customer it is certainly about, or makes a new one and asks people about the doubtful ones.
``find_or_create_all`` does the same for many, and writes them together.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from customers.adding import Batch
from customers.claims import Claim, ExternalKey, Fact, Match, Tier, Traits, lock_name, traits_of
from customers.contacts import claimed_points
from customers.known import Known
from customers.matching import match, match_traits, may_be
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


class Identified(NamedTuple):
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
def find_or_create_all(
    claims: Sequence[Traits],
    *,
    at: datetime,
    by: Actor,
    when_locked: Callable[[], None] | None = None,
) -> list[Identified]:
    """Do what ``find_or_create`` does for each of ``claims``, in their order, all or nothing.

    ``when_locked`` is called once all identifiers and customers are locked that they are about,
    so that an import can let its next chunk begin.

    :raises AccessDenied: ``by`` may not add customers.
    :raises InvalidInput: one that would be new has no name.
    """
    allowed = access.require(by, Capability.EDIT_CUSTOMER)
    if not allowed.can(Capability.VIEW_CUSTOMER):
        raise AccessDenied("Adding a customer may find one, which your role does not allow.")
    locks.exclusively(name for traits in claims for name in traits.lock_names)
    decider = _Decider(claims, at=at, by=by)
    if when_locked:
        when_locked()
    found = [decider.decide(traits) for traits in claims]
    decider.write()
    _note(found, at=at, by=by)
    return found


class _Decider:
    """Decides about claims in their order: later ones find what follows of the earlier ones.

    What was decided is surely in the database after ``write``, and may be before.
    """

    def __init__(self, claims: Sequence[Traits], *, at: datetime, by: Actor) -> None:
        self._known, self._batch = Known(claims), Batch(at=at, by=by)
        self._known.replace(_locked(_concerned(claims, self._known)))

    def write(self) -> None:
        self._batch.write()

    def decide(self, traits: Traits) -> Identified:
        """:raises InvalidInput: somebody would be new and has no name."""
        if not traits.points:
            self.write()  # namesakes are looked for in the database
        found = match_traits(traits, self._known)
        if found.customer is None:
            return self._create(traits, found)
        return self._link(found.customer, traits, found)

    def _create(self, traits: Traits, found: Match) -> Identified:
        """Add somebody new, and ask who it may be."""
        points, key = claimed_points(traits), self._new_key(traits)
        customer = self._batch.add(traits, points, key)
        for point in points:
            self._share(point, customer, traits)
        self._known.add(customer, points, key)
        reviews = [
            self._batch.ask(customer, candidate, found.evidence[candidate.pk])
            for candidate in found.candidates
        ]
        return Identified(customer, Tier.NONE, created=True, evidence=(), reviews=tuple(reviews))

    def _link(self, customer: Customer, traits: Traits, found: Match) -> Identified:
        """Add what the claim tells anew of somebody known, and ask who else it may be about."""
        self._extend(customer, traits)
        reviews = [
            self._batch.ask(customer, candidate, found.evidence[candidate.pk])
            for candidate in found.candidates
            if not self._batch.has_asked(customer, candidate)
        ]
        evidence = found.evidence.get(customer.id, ())
        return Identified(
            customer, found.tier, created=False, evidence=evidence, reviews=tuple(reviews)
        )

    def _extend(self, customer: Customer, traits: Traits) -> None:
        """Add ways to be reached, a proof and an id that are new; nothing is overwritten."""
        if traits.claim.is_unproven:
            return
        own = {point.key: point for point in self._known.own_points(customer)}
        new, verified, key = [], [], self._new_key(traits)
        for point in claimed_points(traits):
            if point.key not in own:
                self._share(point, customer, traits)
                point.is_primary = not any(
                    one.is_primary and one.kind == point.kind for one in own.values()
                )
                new.append(point)
            elif point.verified and not (own[point.key].verified or own[point.key].shared):
                verified.append(own[point.key])
        if new or verified or key:
            self._batch.extend(customer, new, verified, key)
            self._known.extend(customer, new, key)

    def _new_key(self, traits: Traits) -> ExternalKey | None:
        """Return the claimed id, unless it means somebody already: then it stays theirs."""
        return None if self._known.by_external_id(traits) else traits.external

    def _share(self, point: ContactPoint, owner: Customer, traits: Traits) -> None:
        """Mark a point that somebody else has as well, here and, if it is sure enough, there."""
        twins = self._known.points_at(point.key, besides=owner)
        point.shared = point.shared or bool(twins)
        if not traits.claim.is_unproven:
            self._batch.share(twins)


def _concerned(claims: Sequence[Traits], known: Known) -> set[UUID]:
    """Return the ids of all whom one of the claims may be linked to or asked about."""
    hits = ((traits, hit) for traits in claims for hit in known.hits(traits))
    return known.named() | {hit.customer.id for traits, hit in hits if may_be(traits, hit)}


def _locked(ids: Collection[UUID]) -> dict[UUID, Customer]:
    """Lock customers in one order: two files name them in two orders."""
    if not ids:
        return {}
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=ids)
    return {customer.id: customer for customer in rows.order_by("pk")}


def _note(found: Sequence[Identified], *, at: datetime, by: Actor) -> None:
    """Keep by which tier and evidence each claim ended at its customer."""
    origin = {"at": at, **by.columns()}
    del origin["actor_id"]  # the name tells enough
    rows = [(one.customer.id, one.tier, one.evidence) for one in found]
    copy_rows(Recognition, ["customer_id", "tier", "evidence"], rows, alike=origin)
