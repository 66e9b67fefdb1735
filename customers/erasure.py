"""Erase what is known about a person, and say what had to be kept and why.

Every app answers for its own rows: it registers a ``Part`` at start-up; nothing is imported
upward. What was written stays provable: the seal of each history row is kept, its words go.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from customers import details
from customers.importing.forgetting import forget_person
from customers.known import merged_into
from customers.models import (
    Consent,
    ContactPoint,
    Customer,
    ExternalId,
    IdentityReview,
    Merge,
    PostalAddress,
    ReviewState,
)
from customers.normalizing import clean_line
from customers.pairing import lock_names_of
from hub import access, history, locks, outbox
from hub.access import Capability
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, StaleVersion, require_version
from hub.events import EventName
from hub.identifiers import public_id
from hub.models import StoredAnswer

NAME = "Erased customer"
REASON_LIMIT = 100
WIPED = dict.fromkeys(details.LINES, "") | {
    "family_name": NAME,
    "country": "",
    "birth_date": None,
    "language": "en",
    "time_zone": None,
    "notes": "",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """``what`` stays although somebody asked for it to go, and ``why``; both are sentences."""

    what: str
    why: str


class Part(Protocol):
    """What one app knows about people."""

    def obstacle(self, customer_ids: Iterable[UUID], *, at: datetime) -> str:
        """Return why they cannot be erased yet, as a sentence; empty when they can."""

    def kept(self, customer_ids: Iterable[UUID], *, at: datetime) -> list[Kept]:
        """Return what will stay."""

    def erase(self, customer_ids: Iterable[UUID], *, by: Actor) -> None:
        """Take away the rest."""


class CannotErase(DomainError):
    """Something is still going on with this person."""

    code = "cannot_erase"


@dataclass(frozen=True, slots=True)
class Prospect:
    """What erasing would do: ``obstacles`` come first, ``kept`` stays."""

    obstacles: list[str]
    kept: list[Kept]


_parts: list[Part] = []


def register_part(part: Part) -> None:
    if part not in _parts:
        _parts.append(part)


def prospect_of(customer_id: UUID, *, at: datetime) -> Prospect:
    """Say what stands in the way of erasing, and what would be kept, without changing anything.

    :raises Customer.DoesNotExist: there is no such customer.
    """
    family = [customer_id, *merged_into(customer_id)]
    told = [part.obstacle(family, at=at) for part in _parts]
    obstacles = [text for text in [_refusal(Customer.objects.get(pk=customer_id)), *told] if text]
    return Prospect(obstacles, [kept for part in _parts for kept in part.kept(family, at=at)])


@transaction.atomic
def erase_customer(
    customer_id: UUID,
    *,
    reason: str,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> list[Kept]:
    """Erase a customer and every record that was merged into it; return what was kept.

    It cannot be undone. Locks all that leads to the customer, then the rows.

    :raises AccessDenied: ``by`` may not erase customers.
    :raises Customer.DoesNotExist: there is no such customer.
    :raises CannotErase: merged into another, erased already, or something is still going on.
    :raises InvalidInput: no reason was given.
    :raises StaleVersion: somebody changed or added something meanwhile.
    """
    access.require(by, Capability.ERASE_CUSTOMER)
    reason = clean_line(reason, field="reason", limit=REASON_LIMIT)
    if not reason:
        raise InvalidInput("Say why, such as the date of the request.", field="reason")
    family = _locked_family(customer_id, expected_version=expected_version)
    prospect = prospect_of(customer_id, at=at)
    if prospect.obstacles:
        raise CannotErase(" ".join(prospect.obstacles))
    for part in _parts:
        part.erase(list(family), by=by)
    for customer in family.values():
        _erase(customer, reason=reason, at=at, by=by)
    outbox.record(EventName.CUSTOMER_ERASED, subject=family[customer_id], by=by)
    return prospect.kept


def _locked_family(customer_id: UUID, *, expected_version: int | None) -> dict[UUID, Customer]:
    """Lock all that leads to a customer, then it and everybody merged into it."""
    names = lock_names_of([customer_id])
    locks.exclusively(names)
    ids = [customer_id, *merged_into(customer_id)]
    found = Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    family = {customer.pk: customer for customer in found}
    if customer_id not in family:
        raise Customer.DoesNotExist
    require_version(family[customer_id].version, expected_version)
    if not names.issuperset(lock_names_of([customer_id])):
        raise StaleVersion("Somebody else changed this meanwhile. Try again.")
    return family


def _refusal(customer: Customer) -> str:
    if customer.erased_at is not None:
        return "This customer was erased already."
    if customer.canonical_id is not None:
        return "This record was merged into another. Erase that one; it takes this along."
    return ""


def _erase(customer: Customer, *, reason: str, at: datetime, by: Actor) -> None:
    for model in (ContactPoint, ExternalId, Consent, PostalAddress):
        for row in model.objects.filter(customer=customer):
            history.delete(row, by=by)
    _close_questions(customer, by=by)
    _forget_merges(customer, by=by)
    forget_person(customer.pk, customer.code, at=at)
    StoredAnswer.objects.filter(body__contains=public_id("cus", customer.pk)).delete()
    # A pending comparison stays: it holds nothing of the person, and ends by itself.
    for name, value in WIPED.items():
        setattr(customer, name, value)
    customer.search_name, customer.erased_at = "", at
    history.save(customer, fields=[*WIPED, "search_name", "erased_at"], by=by, reason=reason)
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_erase_history(%s)", [customer.pk])


def _close_questions(customer: Customer, *, by: Actor) -> None:
    for review in IdentityReview.objects.about(customer).filter(state=ReviewState.OPEN):
        review.state, review.evidence = ReviewState.DIFFERENT, []
        history.save(review, fields=["state", "evidence"], by=by)


def _forget_merges(customer: Customer, *, by: Actor) -> None:
    """That there was a merge stays; what both were called before goes, and the words on why."""
    for merge in Merge.objects.filter(Q(survivor=customer) | Q(absorbed=customer)):
        merge.before, merge.reason = {}, ""
        history.save(merge, fields=["before", "reason"], by=by)
