"""What the hub knows under the identifiers of some claims, read in a few queries for all of them.

While many claims are worked through, what they add is added here too, so that a later one
finds the customer that an earlier one made.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import prefetch_related_objects

from customers.claims import ExternalKey, Traits
from customers.models import ContactKind, ContactPoint, Customer, ExternalId
from customers.normalizing import is_placeholder

HITS_LOOKED_AT = 50
Point = tuple[str, str, str]


class Hit(NamedTuple):
    """A contact point with a claimed identifier, and the customer who has it today."""

    point: ContactPoint
    customer: Customer

    @property
    def links(self) -> bool:
        return not self.point.shared and not (
            self.point.kind == ContactKind.EMAIL and is_placeholder(self.point.normalized)
        )


class Known:
    """Whom the hub knows under what ``claims`` say, with what was added meanwhile."""

    def __init__(self, claims: Sequence[Traits]) -> None:
        self._hits: dict[Point, list[Hit]] = defaultdict(list)
        self._by_key: dict[ExternalKey, Customer] = {}
        self._by_id: dict[UUID, Customer] = {}
        self._added: dict[UUID, list[ContactPoint]] = {}
        self._own: dict[UUID, list[ContactPoint]] | None = None
        self._read_points({point for traits in claims for point in traits.points})
        self._read_keys({traits.external for traits in claims if traits.external})
        self._read_ids({traits.claim.hub_id for traits in claims if traits.claim.hub_id})

    def hits(self, traits: Traits) -> list[Hit]:
        """Return who can be reached as ``traits`` says, those that share nothing first."""
        found = [hit for point in traits.points for hit in self._hits.get(point, ())]
        if len(found) > 1:
            found.sort(key=lambda hit: (hit.point.shared, hit.point.created_at, hit.point.id))
        return found[:HITS_LOOKED_AT]

    def named(self) -> set[UUID]:
        """Return the ids of all whom the claims name by an id, ours or another tool's."""
        return {customer.id for customer in (*self._by_key.values(), *self._by_id.values())}

    def replace(self, fresh: Mapping[UUID, Customer]) -> None:
        """Take customers as they are now that they are locked, by id."""
        for key, hits in self._hits.items():
            self._hits[key] = [
                Hit(hit.point, fresh.get(hit.customer.id, hit.customer)) for hit in hits
            ]
        self._by_key = {key: fresh.get(one.pk, one) for key, one in self._by_key.items()}
        self._by_id = {key: fresh.get(one.pk, one) for key, one in self._by_id.items()}
        self._own = None

    def by_external_id(self, traits: Traits) -> Customer | None:
        return self._by_key.get(traits.external) if traits.external else None

    def by_hub_id(self, traits: Traits) -> Customer | None:
        return self._by_id.get(traits.claim.hub_id) if traits.claim.hub_id else None

    def knows_id_of(self, traits: Traits) -> bool:
        return bool(self.by_external_id(traits) or self.by_hub_id(traits))

    def points_at(self, key: Point, *, besides: Customer) -> list[ContactPoint]:
        """Return the contact points with one identifier, of everybody else."""
        return [hit.point for hit in self._hits.get(key, ()) if hit.customer != besides]

    def own_points(self, customer: Customer) -> list[ContactPoint]:
        """Return all contact points of a known customer; one query for all who are known."""
        if customer.id in self._added:
            return self._added[customer.id]
        if self._own is None:
            self._own = self._read_own()
        return self._own[customer.id]

    def add(
        self, customer: Customer, points: Sequence[ContactPoint], key: ExternalKey | None
    ) -> None:
        """Remember a customer that is about to be written, with what leads to it."""
        self._added[customer.id] = []
        self.extend(customer, points, key)

    def extend(
        self, customer: Customer, points: Sequence[ContactPoint], key: ExternalKey | None
    ) -> None:
        """Remember what is about to be added to a customer."""
        self.own_points(customer).extend(points)
        for point in points:
            self._hits[point.key].append(Hit(point, customer))
        if key:
            self._by_key[key] = customer

    def emails_of(self, customer: Customer) -> list[ContactPoint]:
        return [one for one in self.own_points(customer) if one.kind == ContactKind.EMAIL]

    def _read_own(self) -> dict[UUID, list[ContactPoint]]:
        """Read the points of all, but as one object those that are hits: one flag for both."""
        own: dict[UUID, list[ContactPoint]] = defaultdict(list)
        hits = [hit for hits in self._hits.values() for hit in hits]
        same = {hit.point.pk: hit.point for hit in hits}
        customers = {hit.customer.id for hit in hits} | self.named()
        for point in ContactPoint.objects.filter(customer__in=customers):
            own[point.customer_id].append(same.get(point.pk, point))
        return own

    def _read_points(self, points: set[Point]) -> None:
        for kind in ContactKind:
            values = [normalized for asked, normalized, _ in points if asked == kind]
            if not values:
                continue
            found = ContactPoint.objects.filter(kind=kind, normalized__among=values)
            hits = [one for one in found.select_related("customer") if one.key in points]
            _read_survivors([point.customer for point in hits])
            for point in hits:
                self._hits[point.key].append(Hit(point, survivor_of(point.customer)))

    def _read_keys(self, keys: set[ExternalKey]) -> None:
        by_system: dict[str, list[str]] = defaultdict(list)
        for key in keys:
            by_system[key.system].append(key.value)
        for system, values in by_system.items():
            rows = ExternalId.objects.filter(system=system, value__among=values)
            rows = rows.select_related("customer")
            _read_survivors([row.customer for row in rows])
            for row in rows:
                self._by_key[ExternalKey(row.system, row.value)] = survivor_of(row.customer)

    def _read_ids(self, ids: set[UUID]) -> None:
        if ids:
            found = Customer.objects.in_bulk(list(ids))
            _read_survivors(list(found.values()))
            survivors = {key: survivor_of(customer) for key, customer in found.items()}
            # Whoever was erased stays erased, even if an old id of theirs comes back.
            self._by_id = {key: one for key, one in survivors.items() if one.erased_at is None}


def _read_survivors(customers: Sequence[Customer]) -> None:
    """Load whom the merged ones became, for all together: there are few."""
    merged = [customer for customer in customers if customer.canonical_id]
    if merged:
        prefetch_related_objects(merged, "canonical")


def survivor_of(customer: Customer) -> Customer:
    """Return the customer that ``customer`` was merged into, or itself."""
    while customer.canonical is not None:
        customer = customer.canonical
    return customer


def merged_into(customer_id: UUID) -> list[UUID]:
    """Return the ids of all records that were merged into this one, also by way of another."""
    found: list[UUID] = []
    layer = [customer_id]
    while layer:
        below = Customer.objects.filter(canonical__in=layer).order_by("pk")
        layer = list(below.values_list("pk", flat=True))
        found += layer
    return found
