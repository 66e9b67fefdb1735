"""What the hub knows under the identifiers of some claims, read in a few queries for all of them.

While many claims are worked through, what they add is added here too, so that a later one
finds the customer that an earlier one made.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import prefetch_related_objects

from customers.claims import ExternalKey, Traits
from customers.models import ContactKind, ContactPoint, Customer, ExternalId
from customers.normalizing import is_placeholder

HITS_LOOKED_AT = 50
Point = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Hit:
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
        self._claims = claims
        self._read()

    def renew(self, traits: Traits, customer: Customer) -> None:
        """Read again what the writing of one claim, which ended at ``customer``, has touched."""
        for point in traits.points:
            self._hits.pop((point[0], point[1], point[2]), None)
        self._read_points(set(traits.points))
        self._read_keys({traits.external} if traits.external else set())
        self._emails[customer.pk] = list(customer.contact_points.filter(kind=ContactKind.EMAIL))

    def _read(self) -> None:
        self._hits: dict[Point, list[Hit]] = defaultdict(list)
        self._by_key: dict[ExternalKey, Customer] = {}
        self._by_id: dict[UUID, Customer] = {}
        self._emails: dict[UUID, list[ContactPoint]] = {}
        self._read_points({point for traits in self._claims for point in traits.points})
        self._read_keys({traits.external for traits in self._claims if traits.external})
        self._read_ids({traits.claim.hub_id for traits in self._claims if traits.claim.hub_id})

    def hits(self, traits: Traits) -> list[Hit]:
        """Return who can be reached as ``traits`` says, those that share nothing first."""
        found = [hit for point in traits.points for hit in self._hits.get(point, ())]
        found.sort(key=lambda hit: (hit.point.shared, hit.point.created_at, hit.point.pk))
        return found[:HITS_LOOKED_AT]

    def customers(self) -> set[UUID]:
        """Return the ids of all who may be meant by any of the claims."""
        by_point = (hit.customer.pk for hits in self._hits.values() for hit in hits)
        by_id = (customer.pk for customer in (*self._by_key.values(), *self._by_id.values()))
        return {*by_point, *by_id}

    def by_external_id(self, traits: Traits) -> Customer | None:
        return self._by_key.get(traits.external) if traits.external else None

    def by_hub_id(self, traits: Traits) -> Customer | None:
        return self._by_id.get(traits.claim.hub_id) if traits.claim.hub_id else None

    def points_at(self, key: Point) -> list[ContactPoint]:
        """Return all contact points with one identifier, of whomever."""
        return [hit.point for hit in self._hits.get(key, ())]

    def add(
        self, customer: Customer, points: Sequence[ContactPoint], key: ExternalKey | None
    ) -> None:
        """Remember a customer that is about to be written, with what leads to it."""
        for point in points:
            self._hits[point.key].append(Hit(point, customer))
        if key:
            self._by_key[key] = customer
        self._emails[customer.pk] = [p for p in points if p.kind == ContactKind.EMAIL]

    def has_all(self, customer: Customer, traits: Traits, points: Sequence[ContactPoint]) -> bool:
        """Say whether ``customer`` has everything already that the claim could add."""
        own = {
            hit.point.key: hit.point
            for hit in self.hits(traits)
            if hit.point.customer_id == customer.pk
        }
        for point in points:
            there = own.get(point.key)
            if there is None or (point.verified and not there.verified and not there.shared):
                return False
        return traits.external is None or self.by_external_id(traits) == customer

    def emails_of(self, customer: Customer) -> list[ContactPoint]:
        if customer.pk in self._emails:
            return self._emails[customer.pk]
        return [p for p in customer.contact_points.all() if p.kind == ContactKind.EMAIL]

    def _read_points(self, points: set[Point]) -> None:
        for kind in ContactKind:
            values = [normalized for asked, normalized, _ in points if asked == kind]
            if not values:
                continue
            found = (
                ContactPoint.objects.filter(kind=kind, normalized__in=values)
                .select_related("customer")
                .prefetch_related("customer__contact_points")
            )
            hits = [point for point in found if point.key in points]
            _read_survivors([point.customer for point in hits])
            for point in hits:
                self._hits[point.key].append(Hit(point, survivor_of(point.customer)))

    def _read_keys(self, keys: set[ExternalKey]) -> None:
        by_system: dict[str, list[str]] = defaultdict(list)
        for key in keys:
            by_system[key.system].append(key.value)
        for system, values in by_system.items():
            rows = ExternalId.objects.filter(system=system, value__in=values)
            rows = rows.select_related("customer").prefetch_related("customer__contact_points")
            _read_survivors([row.customer for row in rows])
            for row in rows:
                self._by_key[ExternalKey(row.system, row.value)] = survivor_of(row.customer)

    def _read_ids(self, ids: set[UUID]) -> None:
        if ids:
            found = Customer.objects.with_contacts().in_bulk(list(ids))
            _read_survivors(list(found.values()))
            survivors = {key: survivor_of(customer) for key, customer in found.items()}
            # Whoever was erased stays erased, even if an old id of theirs comes back.
            self._by_id = {key: one for key, one in survivors.items() if one.erased_at is None}


def _read_survivors(customers: Sequence[Customer]) -> None:
    """Load whom the merged ones became, with contacts, for all together: there are few."""
    merged = [customer for customer in customers if customer.canonical_id]
    if merged:
        prefetch_related_objects(merged, "canonical__contact_points")


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
