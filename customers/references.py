"""What points to a customer from above, registered by each app at start-up; no upward import.

Which customers are a practitioner's own; which rows go along when two customers become one;
which of those cannot go back when it is undone; and what ends when both have it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from hub.access import Access
from hub.actors import Actor
from hub.events import EventName

Reach = Callable[[Access], Q]
# Ids by kind of reference.
Rows = Mapping[str, frozenset[UUID]]
# The rows that are to go back from a customer, to those of them that must stay there.
Bond = Callable[[Rows], Rows]


@dataclass(frozen=True, slots=True)
class Reference:
    """The rows of ``model`` whose ``column`` is a customer; they follow it into a merge.

    ``age`` is the column that says since when a row is there, ``event`` what is announced of
    each row that moved; an empty ``one`` keeps the kind out of what people are told. Of rows
    with the same values in ``once`` a customer has only one.
    """

    kind: str
    model: type[models.Model]
    one: str
    many: str
    event: EventName | None = None
    column: str = "customer"
    age: str = "created_at"
    once: tuple[str, ...] = ()

    def of(self, customer_id: UUID) -> models.QuerySet[Any]:
        rows = self.model._default_manager.filter(**{self.column: customer_id})  # noqa: SLF001
        return rows.order_by("pk")

    def movable(self, origin_id: UUID, target_id: UUID) -> models.QuerySet[Any]:
        """Return what the origin has, without what the target has just so: that stays behind."""
        rows = self.of(origin_id)
        if not self.once:
            return rows
        same = {name: OuterRef(name) for name in self.once}
        twins = self.model._default_manager.filter(**{self.column: target_id}, **same)  # noqa: SLF001
        return rows.filter(~Exists(twins))

    def said(self, count: int) -> str:
        """“1 invoice”, “12 invoices”."""
        return f"{count} {self.one if count == 1 else self.many}"


class Settle(Protocol):
    """End what two customers both have and one cannot have twice; return the ids of what ended."""

    def __call__(
        self, customer_ids: Iterable[UUID], *, reason: str, by: Actor
    ) -> Iterable[UUID]: ...


class Restore(Protocol):
    """Let go on what a merge ended, as far as it can."""

    def __call__(self, ids: Iterable[UUID], *, reason: str, by: Actor) -> None: ...


@dataclass(frozen=True, slots=True)
class Settlement:
    """``settle`` comes before the rows of a merge move, ``restore`` after they went back.

    ``kind`` names in the ledger of the merge what ended.
    """

    kind: str
    settle: Settle
    restore: Restore


_reaches: list[Reach] = []
_references: dict[str, Reference] = {}
_bonds: list[Bond] = []
_settlements: dict[str, Settlement] = {}


def register_reach(reach: Reach) -> None:
    """Add a rule by which a principal reaches customers as its own; ``Q`` is over Customer."""
    if reach not in _reaches:
        _reaches.append(reach)


def register(*references: Reference) -> None:
    """Add kinds of rows that follow a customer; they are locked and moved in this order."""
    _references.update({reference.kind: reference for reference in references})


def register_bond(bond: Bond) -> None:
    """Add a rule about rows that cannot be parted, such as a visit and its invoice."""
    if bond not in _bonds:
        _bonds.append(bond)


def register_settlement(settlement: Settlement) -> None:
    """Add a rule about what ends when two customers who become one both have it."""
    _settlements[settlement.kind] = settlement


def settlements() -> Iterable[Settlement]:
    return tuple(_settlements.values())


def registered() -> Iterable[Reference]:
    """Return all kinds of rows that follow a customer, in the order of their locks."""
    return tuple(_references.values())


def held_back(returning: Rows) -> Rows:
    """Return which of the rows that are to go back must stay, by kind."""
    held: dict[str, frozenset[UUID]] = {}
    for bond in _bonds:
        for kind, ids in bond(returning).items():
            held[kind] = held.get(kind, frozenset()) | ids
    return held


def own_customers(access: Access) -> Q:
    """Return a condition on customers: somebody's own, by any of the registered rules."""
    condition = Q(pk__in=())
    for reach in _reaches:
        condition |= reach(access)
    return condition
