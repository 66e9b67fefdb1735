"""Take a merge apart: exactly what it moved goes back, what came since stays."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from customers import details, joining, pairing, parting, references, survivorship
from customers.models import Customer, Merge, ReviewState
from customers.moving import Move, move_back, noted, restore_all
from customers.pairing import Pair
from customers.pending import compare_later
from customers.references import Rows
from hub import access, history, outbox
from hub.access import Access, Capability
from hub.actors import Actor
from hub.errors import DomainError, require_version
from hub.events import EventName

STAYING_SHOWN = 20


class AlreadyUndone(DomainError):
    code = "already_undone"


class LaterMerge(DomainError):
    code = "later_merge"


class ErasedSince(DomainError):
    """What belonged to whom was forgotten together with both."""

    code = "erased_since"


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing a merge would do, in words; ``staying`` are rows that came since."""

    merge: Merge
    returning: list[str]
    staying: list[models.Model]
    has_more: bool
    restored: list[str]
    kept: list[str]


@transaction.atomic
def preview_unmerge(merge_id: UUID, *, by: Actor) -> Undoing:
    """Say what ``unmerge`` would do, without doing it; raises what that raises."""
    allowed = access.require(by, Capability.MERGE_CUSTOMER)
    merge, pair = _read(merge_id, allowed=allowed)
    _require_last(merge)
    returning = _returning(merge)
    staying = _staying(merge, returning)
    restored = survivorship.labels_of(survivorship.restored(pair.survivor, merge.written))
    known = references.registered()
    said = [one.said(len(returning[one.kind])) for one in known if one.one and returning[one.kind]]
    return Undoing(
        merge,
        [*said, *joining.moves_in_words(parting.restored_points(merge, pair))],
        staying[:STAYING_SHOWN],
        len(staying) > STAYING_SHOWN,
        restored,
        [name for name in survivorship.labels_of(merge.written) if name not in restored],
    )


@transaction.atomic
def unmerge(
    merge_id: UUID,
    *,
    verdict: ReviewState,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> Merge:
    """Make the two of a merge two again, and return it.

    What the merge moved goes back, as far as it is still at the survivor and not bound to what
    came since; details go back unless they were edited since. ``verdict`` is what becomes of
    the question whether they are the same: open again, or answered “not the same”.

    :raises AccessDenied: ``by`` may not merge customers.
    :raises Merge.DoesNotExist: there is none, or its customers are not to be seen.
    :raises AlreadyUndone: somebody was faster.
    :raises LaterMerge: a later merge stands on this one, and has to be undone first.
    :raises ErasedSince: nothing is left that could be parted.
    :raises StaleVersion: the merge is another version by now.
    """
    allowed = access.require(by, Capability.MERGE_CUSTOMER)
    known = _visible(allowed).get(pk=merge_id)
    pair = pairing.locked(known.survivor_id, known.absorbed_id, allowed=allowed)
    merge = Merge.objects.select_for_update().get(pk=merge_id)
    require_version(merge.version, expected_version)
    _require_last(merge)
    told = f"Undid the merge of {pair.absorbed.code} into {pair.survivor.code}"
    move = Move(pair.survivor, pair.absorbed, told, at, by)
    written = survivorship.restored(pair.survivor, merge.written)
    _part(merge, pair, written, move)
    parting.part_points(merge, pair, move)
    move_back(_returning(merge), move)
    restore_all(merge, move)
    parting.withdraw_refusals(merge, by=by)
    parting.reopen_reviews(merge, move, verdict=verdict)
    _announce(pair, merge, written, by=by)
    return merge


def _part(merge: Merge, pair: Pair, written: dict[str, list[str | None]], move: Move) -> None:
    columns = [*written, "search_name"]
    history.save(pair.survivor, fields=columns, by=move.by, reason=move.reason)
    pair.absorbed.canonical = None
    history.save(pair.absorbed, fields=["canonical"], by=move.by, reason=move.reason)
    merge.undone_at = move.at
    history.save(merge, fields=["undone_at"], by=move.by)


def _announce(
    pair: Pair, merge: Merge, written: dict[str, list[str | None]], *, by: Actor
) -> None:
    undone = {"merged_into": [str(pair.survivor.pk), ""], "merge": [str(merge.pk), ""]}
    outbox.record(EventName.CUSTOMER_UNMERGED, subject=pair.absorbed, by=by, fields=undone)
    changed = {field: (before, after) for field, (before, after) in written.items()}
    told = details.announced(changed)
    outbox.record(EventName.CUSTOMER_UPDATED, subject=pair.survivor, by=by, fields=told)
    compare_later([pair.survivor.pk, pair.absorbed.pk], by=by)


def _read(merge_id: UUID, *, allowed: Access) -> tuple[Merge, Pair]:
    merge = _visible(allowed).get(pk=merge_id)
    return merge, Pair(merge.survivor, merge.absorbed)


def _visible(allowed: Access) -> models.QuerySet[Merge]:
    seen = Customer.objects.visible_to(allowed).values("pk")
    both = Merge.objects.filter(survivor__in=seen, absorbed__in=seen)
    return both.select_related("survivor", "absorbed")


def _require_last(merge: Merge) -> None:
    """:raises AlreadyUndone: :raises LaterMerge: :raises ErasedSince: see ``unmerge``."""
    if merge.undone_at:
        raise AlreadyUndone("This merge was undone already.")
    if Customer.objects.filter(pk=merge.survivor_id).exclude(erased_at=None).exists():
        raise ErasedSince("This customer was erased since. Nothing is left to be parted.")
    standing = Merge.objects.filter(undone_at=None, merged_at__gte=merge.merged_at)
    standing = standing.exclude(pk=merge.pk).select_related("survivor", "absorbed")
    onward = standing.filter(absorbed=merge.survivor_id).first()
    if onward:
        raise LaterMerge(
            f"{onward.absorbed.code} was merged into {onward.survivor.code} since."
            " Undo that merge first."
        )
    for later in standing.filter(survivor=merge.survivor_id).order_by("-merged_at", "pk"):
        common = sorted({*later.chosen} & {*merge.chosen})
        if common:
            named = " and ".join(survivorship.LABELS[name].lower() for name in common)
            raise LaterMerge(
                f"{later.absorbed.code} was merged into {later.survivor.code} since and changed"
                f" the {named}, too. Undo that merge first."
            )


def _returning(merge: Merge) -> dict[str, frozenset[UUID]]:
    """Return what goes back: what was moved, is still there, and is not bound to stay."""
    moved = noted(merge)
    there: Rows = {
        one.kind: frozenset(
            one.movable(merge.survivor_id, merge.absorbed_id)
            .filter(pk__in=moved.get(one.kind, ()))
            .values_list("pk", flat=True)
        )
        for one in references.registered()
    }
    held = references.held_back(there)
    return {kind: ids - held.get(kind, frozenset()) for kind, ids in there.items()}


def _staying(merge: Merge, returning: Rows) -> list[models.Model]:
    """Return what came since, and what is bound to it; the newest kind of row last."""
    moved, staying = noted(merge), []
    for one in references.registered():
        bound = moved.get(one.kind, frozenset()) - returning[one.kind]
        came = models.Q(**{f"{one.age}__gte": merge.merged_at}) & ~models.Q(
            pk__in=moved.get(one.kind, ())
        )
        if one.one:
            rows = one.of(merge.survivor_id).filter(came | models.Q(pk__in=bound))
            staying += list(rows[: STAYING_SHOWN + 1])
    return staying
