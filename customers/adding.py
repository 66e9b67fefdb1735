"""Add customers, add to known ones, and ask about them: many with a few statements.

``customers.identity`` decides who is added and what to whom; here it is written.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from customers import details
from customers.asking import drafted
from customers.claims import ExternalKey, Fact, Traits
from customers.models import ContactPoint, Customer, ExternalId, IdentityReview
from customers.pending import compare_later
from hub import history, outbox
from hub.actors import Actor
from hub.copying import maker_of
from hub.events import EventName
from hub.identifiers import next_many_of

_new_customer = maker_of(Customer, "created_at", *details.DETAILS)
_new_key = maker_of(ExternalId, "customer_id", "system", "value")


class Batch:
    """Customers on their way to the database; nothing of them is there before ``write``."""

    def __init__(self, *, at: datetime, by: Actor) -> None:
        self._at, self._by = at, by
        self._clear()

    def _clear(self) -> None:
        self._customers: dict[UUID, tuple[Customer, Traits]] = {}
        self._changed: dict[UUID, tuple[Customer, list[str]]] = {}
        self._points: list[ContactPoint] = []
        self._flagged: dict[UUID, ContactPoint] = {}
        self._keys: list[ExternalId] = []
        self._reviews: dict[frozenset[UUID], IdentityReview] = {}

    def add(
        self, traits: Traits, points: Sequence[ContactPoint], key: ExternalKey | None
    ) -> Customer:
        """Return the customer that ``traits`` describe, reached at ``points``, known by ``key``.

        :raises InvalidInput: neither a person nor a company is named.
        """
        customer = _new_customer(self._at, *(traits.values[name] for name in details.DETAILS))
        details.require_name(customer)
        customer.search_name = details.describe(customer)
        self._customers[customer.id] = customer, traits
        self._take(customer, points, key)
        return customer

    def extend(
        self,
        customer: Customer,
        points: Sequence[ContactPoint],
        verified: Sequence[ContactPoint],
        key: ExternalKey | None,
    ) -> None:
        """Give a known customer more to be reached at, or proof that something is right."""
        if customer.id in self._customers or customer.id in self._changed:
            self.write()  # each act is a version of its own in the history
        for point in verified:
            point.verified = True
            self._flagged[point.pk] = point
        self._take(customer, points, key)
        if kinds := [str(point.kind) for point in (*points, *verified)]:
            self._changed[customer.id] = customer, kinds

    def share(self, points: Iterable[ContactPoint]) -> None:
        """Mark contact points that somebody else has as well by now."""
        for point in points:
            if not point.shared:
                point.shared = True
                self._flagged[point.pk] = point

    def has_asked(self, one: Customer, other: Customer) -> bool:
        """Say whether anybody was asked, at any time, if the two are one."""
        if frozenset((one.pk, other.pk)) in self._reviews:
            return True
        return IdentityReview.objects.between(one, other).exists()

    def ask(
        self, customer: Customer, candidate: Customer, facts: Iterable[Fact]
    ) -> IdentityReview:
        """Return the question whether ``customer`` is ``candidate``."""
        review = drafted(customer, candidate, facts)
        self._reviews[frozenset((customer.id, candidate.pk))] = review
        return review

    def write(self) -> None:
        """Write what was added since the last time, with its history and its announcements."""
        at, by = self._at, self._by
        created = [customer for customer, _ in self._customers.values()]
        changed = [customer for customer, _ in self._changed.values()]
        new = {point.pk for point in self._points}  # they are created with their flags
        flagged = [point for pk, point in self._flagged.items() if pk not in new]
        _number(created)
        history.create_all(created, at=at, by=by)
        history.save_all(changed, fields=[], at=at, by=by)
        history.save_all(flagged, fields=["shared", "verified"], at=at, by=by)
        history.create_all(self._points, at=at, by=by)
        history.create_all(self._keys, at=at, by=by)
        history.create_all(list(self._reviews.values()), at=at, by=by)
        self._announce()
        if created or changed:
            compare_later([customer.id for customer in (*created, *changed)], by=by)
        self._clear()

    def _take(
        self, customer: Customer, points: Sequence[ContactPoint], key: ExternalKey | None
    ) -> None:
        for point in points:
            point.customer_id = customer.id
            self._points.append(point)
        if key:
            self._keys.append(_new_key(customer.id, key.system, key.value))

    def _announce(self) -> None:
        created = [(customer, _told(traits)) for customer, traits in self._customers.values()]
        changed = [
            (customer, details.announced(dict.fromkeys(kinds, ("", ""))))
            for customer, kinds in self._changed.values()
        ]
        if created:
            outbox.record_all(EventName.CUSTOMER_CREATED, created, by=self._by)
        if changed:
            outbox.record_all(EventName.CUSTOMER_UPDATED, changed, by=self._by)


def _number(created: Sequence[Customer]) -> None:
    if created:
        numbers = next_many_of("customers_number", len(created))
        for customer, number in zip(created, numbers, strict=True):
            customer.number = number


def _told(traits: Traits) -> dict[str, list[str]]:
    known = {name: ("", value) for name, value in traits.values.items() if value}
    return details.announced(known | {kind: ("", "") for kind, *_ in traits.points})
