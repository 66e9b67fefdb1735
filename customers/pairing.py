"""Two customers under lock, and what speaks against making them one."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from customers.claims import lock_name, lock_of_name
from customers.holding import lock_of
from customers.known import merged_into
from customers.models import ContactPoint, Customer, ExternalId, IdentityReview, ReviewState
from customers.normalizing import bare_tax_id
from hub import locks
from hub.access import Access
from hub.errors import DomainError, StaleVersion


class NotMergeable(DomainError):
    code = "not_mergeable"


class MergeBlocked(DomainError):
    code = "merge_blocked"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers who are one person, or were taken for one: ``absorbed`` leads to the other."""

    survivor: Customer
    absorbed: Customer


def seen(survivor_id: UUID, absorbed_id: UUID, *, allowed: Access) -> Pair:
    """Read two customers to compare them, without a lock.

    :raises Customer.DoesNotExist: one of them is not there, or not to be seen.
    """
    visible = Customer.objects.visible_to(allowed).select_related("canonical").with_contacts()
    found = visible.in_bulk([survivor_id, absorbed_id])
    if found.keys() != {survivor_id, absorbed_id}:
        raise Customer.DoesNotExist
    return Pair(found[survivor_id], found[absorbed_id])


def locked(survivor_id: UUID, absorbed_id: UUID, *, allowed: Access) -> Pair:
    """Lock all that leads to either of two customers, then both of them, the older one first.

    The question about the two is locked last.

    :raises Customer.DoesNotExist: one of them is not there, or not to be seen.
    :raises StaleVersion: an address or number was added meanwhile.
    """
    ids = [survivor_id, absorbed_id]
    names = lock_names_of(ids)
    locks.exclusively(names)
    visible = Customer.objects.visible_to(allowed).values("pk")
    # No key: an invoice that is being drafted points to the row, and we may wait for its visit.
    rows = Customer.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.filter(pk__in=ids).filter(pk__in=visible).select_related("canonical")
    found = {row.pk: row for row in rows.order_by("pk")}
    if found.keys() != set(ids):
        raise Customer.DoesNotExist
    if not names.issuperset(lock_names_of(ids)):
        raise StaleVersion("Somebody else changed this meanwhile. Try again.")
    pair = Pair(found[survivor_id], found[absorbed_id])
    # An answer that somebody is just giving is waited for, and heard.
    list(_reviews_of(pair).select_for_update())
    return pair


def require_mergeable(pair: Pair) -> None:
    """:raises NotMergeable: they are one already, or one of them is no record of its own."""
    if pair.survivor == pair.absorbed:
        raise NotMergeable("This is the same record.")
    for customer in (pair.survivor, pair.absorbed):
        if customer.canonical:
            into = customer.canonical
            raise NotMergeable(
                f"{customer.code} was merged into {into.code} already.",
                details={"merged_into": into.code},
            )
        if customer.erased_at:
            raise NotMergeable(f"{customer.code} was erased, so nobody can say who it was.")


def objections(pair: Pair) -> list[str]:
    """Return what forbids the merge unless somebody gives a reason, as sentences."""
    found = []
    if (
        len({bare_tax_id(customer.tax_id) for customer in (pair.survivor, pair.absorbed)} - {""})
        > 1
    ):
        found.append(
            f"The tax ids differ: {pair.survivor.tax_id} and {pair.absorbed.tax_id}."
            " Two tax ids are two firms."
        )
    review = review_of(pair)
    if review and review.state == ReviewState.DIFFERENT:
        found.append("Somebody answered that these two are not the same.")
    return found


def require_no_objection(pair: Pair, *, reason: str) -> None:
    """:raises MergeBlocked: something forbids it, and no reason is given to do it anyway."""
    found = objections(pair)
    if found and not reason:
        raise MergeBlocked(
            f"{' '.join(found)} Give a reason to merge them anyway.",
            field="reason",
            details={"objections": found},
        )


def review_of(pair: Pair) -> IdentityReview | None:
    """Return the question whether the two are the same, however it was answered."""
    return _reviews_of(pair).first()


def lock_names_of(ids: Collection[UUID]) -> set[str]:
    """Name all that leads to customers, and to those merged into them, at whatever remove:
    whoever looks one up by an id, an address, a number or a name waits for who holds these.
    """
    absorbed = {pk for one in ids for pk in merged_into(one)}
    family = Customer.objects.filter(pk__in=absorbed.union(ids))
    names = {lock_of(customer.pk) for customer in family}
    names |= {lock_of_name(customer.name) for customer in family}
    points = ContactPoint.objects.filter(customer__in=[customer.pk for customer in family])
    names |= {lock_name(*row) for row in points.values_list("kind", "normalized", "extension")}
    keys = ExternalId.objects.filter(customer__in=[customer.pk for customer in family])
    return names | {lock_name("external", *row) for row in keys.values_list("system", "value")}


def _reviews_of(pair: Pair) -> QuerySet[IdentityReview]:
    return IdentityReview.objects.between(pair.survivor, pair.absorbed).order_by("pk")
