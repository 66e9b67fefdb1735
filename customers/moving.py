"""Move the rows of one customer to another, with their history, and keep a ledger of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from customers import references
from customers.models import Customer, Merge, MovedRow
from customers.references import Reference, Rows
from hub import history, outbox
from hub.actors import Actor


@dataclass(frozen=True, slots=True)
class Move:
    """From whom to whom, when and by whom; ``reason`` stands in the history of each row."""

    origin: Customer
    target: Customer
    reason: str
    at: datetime
    by: Actor


def move_all(merge: Merge, move: Move) -> None:
    """Move everything that points to the origin, and note each row in the ledger of ``merge``.

    Locks the rows of each kind before the next kind is read, so that what somebody else is
    just adding, an invoice to a visit, is either seen here or sees where the visit went.
    """
    for reference in references.registered():
        movable = reference.movable(move.origin.pk, move.target.pk)
        rows = list(movable.select_for_update(of=("self",)))
        _point(reference, rows, move)
        note(merge, reference.kind, [row.pk for row in rows])


def settle_all(merge: Merge, move: Move) -> None:
    """End what the two cannot both keep, and note it in the ledger of ``merge``."""
    both = [move.origin.pk, move.target.pk]
    for each in references.settlements():
        note(merge, each.kind, each.settle(both, reason=move.reason, by=move.by))


def restore_all(merge: Merge, move: Move) -> None:
    """Let go on what ``merge`` had ended, once its rows went back."""
    known = noted(merge)
    for each in references.settlements():
        each.restore(known.get(each.kind, frozenset()), reason=move.reason, by=move.by)


def move_back(rows: Rows, move: Move) -> None:
    """Move exactly ``rows``, as far as they are still at the origin."""
    for reference in references.registered():
        ids = rows.get(reference.kind, frozenset())
        found = reference.movable(move.origin.pk, move.target.pk).filter(pk__in=ids)
        _point(reference, list(found.select_for_update(of=("self",))), move)


def note(merge: Merge, kind: str, ids: Iterable[UUID]) -> None:
    """Write down that rows of ``kind`` were moved by ``merge``."""
    MovedRow.objects.bulk_create(MovedRow(merge=merge, kind=kind, row_id=row_id) for row_id in ids)


def noted(merge: Merge) -> dict[str, frozenset[UUID]]:
    """Return what ``merge`` moved, by kind."""
    found: dict[str, set[UUID]] = {}
    for kind, row_id in merge.moved_rows.values_list("kind", "row_id"):
        found.setdefault(kind, set()).add(row_id)
    return {kind: frozenset(ids) for kind, ids in found.items()}


def _point(reference: Reference, rows: Collection[Any], move: Move) -> None:
    for row in rows:
        setattr(row, reference.column, move.target)
    history.save_all(
        list(rows), fields=[reference.column], at=move.at, by=move.by, reason=move.reason
    )
    if reference.event and rows:
        told = {reference.column: [str(move.origin.pk), str(move.target.pk)]}
        outbox.record_all(reference.event, [(row, told) for row in rows], by=move.by)
