"""Write new customers, and the questions about them, many with a few statements."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from customers import details
from customers.claims import ExternalKey, Fact, Traits
from customers.comparing import compare_later
from customers.models import ContactPoint, Customer, ExternalId, IdentityReview
from customers.scoring import weigh
from hub import history, outbox
from hub.actors import Actor
from hub.copying import maker_of
from hub.events import EventName
from hub.identifiers import next_many_of

_new_customer = maker_of(Customer, "created_at", *details.DETAILS)
_new_key = maker_of(ExternalId, "customer_id", "system", "value")


class Batch:
    """New customers on their way to the database; nothing of them is there before ``write``."""

    def __init__(self, *, at: datetime, by: Actor) -> None:
        self._at, self._by = at, by
        self._clear()

    def _clear(self) -> None:
        self._customers: list[tuple[Customer, Traits]] = []
        self._points: list[ContactPoint] = []
        self._keys: list[ExternalId] = []
        self._shared: dict[UUID, ContactPoint] = {}
        self._reviews: list[IdentityReview] = []

    def add(
        self, traits: Traits, points: Sequence[ContactPoint], key: ExternalKey | None
    ) -> Customer:
        """Return the customer that ``traits`` describe, reached at ``points``, known by ``key``.

        :raises InvalidInput: neither a person nor a company is named.
        """
        customer = _new_customer(self._at, *(traits.values[name] for name in details.DETAILS))
        details.require_name(customer)
        customer.search_name = details.describe(customer)
        self._customers.append((customer, traits))
        for point in points:
            point.customer_id = customer.pk
            self._points.append(point)
        if key:
            self._keys.append(_new_key(customer.pk, key.system, key.value))
        return customer

    def share(self, points: Iterable[ContactPoint]) -> None:
        """Mark what a new customer has as well as somebody else."""
        for point in points:
            if not point.shared:
                point.shared = True
                self._shared[point.pk] = point

    def ask(
        self, customer: Customer, candidate: Customer, facts: Iterable[Fact]
    ) -> IdentityReview:
        """Return the question whether the new ``customer`` is ``candidate``."""
        evidence = [str(fact) for fact in facts]
        score = weigh(evidence)
        review = IdentityReview(
            customer=customer, candidate=candidate, evidence=evidence, score=score
        )
        self._reviews.append(review)
        return review

    def write(self) -> None:
        """Write what was added since the last time, with its history and its announcements."""
        if not self._customers:
            return
        customers = [customer for customer, _ in self._customers]
        numbers = next_many_of("customers_number", len(customers))
        for customer, number in zip(customers, numbers, strict=True):
            customer.number = number
        history.create_all(customers, at=self._at, by=self._by)
        history.create_all(self._points, at=self._at, by=self._by)
        history.create_all(self._keys, at=self._at, by=self._by)
        own = {point.pk for point in self._points}
        others = [point for pk, point in self._shared.items() if pk not in own]
        history.save_all(others, fields=["shared"], at=self._at, by=self._by)
        history.create_all(self._reviews, at=self._at, by=self._by)
        outbox.record_all(
            EventName.CUSTOMER_CREATED,
            [(customer, _told(traits)) for customer, traits in self._customers],
            by=self._by,
        )
        compare_later([customer.pk for customer in customers])
        self._clear()


def _told(traits: Traits) -> dict[str, list[str]]:
    known = {name: ("", value) for name, value in traits.values.items() if value}
    return details.announced(known | {kind: ("", "") for kind, *_ in traits.points})
