"""What a check has planned so far, kept on disk: a file may meet itself many rows later."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self
from uuid import UUID

from customers.claims import Fact, Match, Traits
from customers.contacts import claimed_points
from customers.importing.mapping import Reader
from customers.importing.outcomes import NotedRow, StatedRow
from customers.known import Known
from customers.matching import match_traits
from customers.models import Customer, ImportRow, Outcome
from customers.normalizing import fold

PIECE = 500


class Plan:
    """Foresees rows in their order. Its memory is a private file that ends with the process."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._disk = sqlite3.connect("")
        self._disk.execute("CREATE TABLE planned (key TEXT, number INTEGER, said TEXT)")
        self._disk.execute("CREATE INDEX by_key ON planned (key)")
        self._numbers: dict[UUID, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._disk.close()

    def foresee(self, stated: Sequence[StatedRow]) -> list[NotedRow]:
        """Return what would become of rows that have no faults, after all the earlier ones."""
        claims = [row.traits for row in stated if row.traits]
        known = Known(claims)
        self._recall(claims, known)
        return [self._foresee(row, row.traits, known) for row in stated if row.traits]

    def remember(self, stated: Iterable[StatedRow]) -> None:
        """Note rows that would make customers."""
        for row in stated:
            said = json.dumps(row.values)
            rows = [(key, row.number, said) for key in _keys(row.traits)] if row.traits else []
            self._disk.executemany("INSERT INTO planned VALUES (?, ?, ?)", rows)

    def _foresee(self, row: StatedRow, traits: Traits, known: Known) -> NotedRow:
        found = match_traits(traits, known)
        if not traits.points and not found.customer and not found.candidates:
            found = self._namesake(traits)
        noted = row.would_end_at(found, planned=self._numbers)
        if found.customer is None:
            self._add(row.number, traits, known)
            self.remember([row])
        return noted

    def _add(self, number: int, traits: Traits, known: Known) -> Customer:
        customer = Customer(**traits.values)
        points = claimed_points(traits)
        keys = {point.key: point for point in points}
        for hit in known.hits(traits):
            hit.point.shared = True
            keys[hit.point.key].shared = True
        known.add(customer, points, traits.external)
        self._numbers[customer.pk] = number
        return customer

    def _recall(self, claims: Sequence[Traits], known: Known) -> None:
        """Tell ``known`` of the planned customers that ``claims`` may be about."""
        self._numbers = {}
        wanted = sorted({key for traits in claims for key in traits.lock_names})
        said: dict[int, str] = {}
        for start in range(0, len(wanted), PIECE):
            keys = wanted[start : start + PIECE]
            marks = ",".join("?" * len(keys))
            query = f"SELECT number, said FROM planned WHERE key IN ({marks})"  # noqa: S608
            said.update(self._disk.execute(query, keys).fetchall())
        for number in sorted(said):
            self._add(number, self._reader.traits_of(json.loads(said[number])), known)

    def _namesake(self, traits: Traits) -> Match:
        query = "SELECT number, said FROM planned WHERE key = ? ORDER BY number LIMIT 1"
        row = self._disk.execute(query, [_name_key(traits)]).fetchone()
        if row is None:
            return Match()
        customer = Customer(**self._reader.traits_of(json.loads(row[1])).values)
        self._numbers[customer.pk] = row[0]
        return Match(candidates=(customer,), evidence={customer.pk: (Fact.SAME_NAME,)})


def would_create(rows: Iterable[ImportRow]) -> set[int]:
    """Return the numbers of the rows that make a customer."""
    return {
        row.number
        for row in rows
        if row.outcome in (Outcome.CREATED, Outcome.REVIEW) and row.customer_id is None
    }


def _keys(traits: Traits) -> list[str]:
    return [*traits.lock_names, _name_key(traits)]


def _name_key(traits: Traits) -> str:
    claim = traits.claim
    words = fold(f"{claim.given_name} {claim.family_name}") or fold(claim.company)
    return "name:" + " ".join(sorted(words.split()))
