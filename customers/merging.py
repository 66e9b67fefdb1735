"""Make two records of one person one, so that it can be undone: nothing is deleted.

The absorbed record stays and points to its survivor (``canonical``); a ledger names every row
that moved. ``customers.unmerging`` takes it apart again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from customers import details, joining, pairing, references, survivorship
from customers.joining import PointChange, flags_of
from customers.models import ContactPoint, Customer, Merge
from customers.moving import Move, move_all, note, settle_all
from customers.normalizing import clean_line
from customers.pairing import Pair
from customers.pending import compare_later
from customers.survivorship import Difference
from hub import access, history, outbox
from hub.access import Capability
from hub.actors import Actor
from hub.errors import require_version
from hub.events import EventName

REASON_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Merging:
    """What somebody wants: ``absorbed_id`` goes into ``survivor_id``.

    ``chosen`` names what the survivor takes over (``survivorship.GROUPS``); ``None`` leaves it
    to the rule. The versions are those that were looked at.
    """

    survivor_id: UUID
    absorbed_id: UUID
    chosen: Collection[str] | None = None
    reason: str = ""
    survivor_version: int | None = None
    absorbed_version: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would do: details to choose between, rows that move, what forbids it."""

    survivor: Customer
    absorbed: Customer
    differences: list[Difference]
    moving: list[str]
    objections: list[str]


@transaction.atomic
def preview_merge(survivor_id: UUID, absorbed_id: UUID, *, by: Actor) -> Preview:
    """Say what ``merge_customers`` would do, without doing it.

    :raises AccessDenied: ``by`` may not merge customers.
    :raises Customer.DoesNotExist: one of them is not there, or not to be seen.
    :raises NotMergeable: they are one already, or one of them is no record of its own.
    """
    allowed = access.require(by, Capability.MERGE_CUSTOMER)
    pair = pairing.seen(survivor_id, absorbed_id, allowed=allowed)
    pairing.require_mergeable(pair)
    return Preview(
        pair.survivor,
        pair.absorbed,
        survivorship.differences(pair.survivor, pair.absorbed),
        _moving(pair),
        pairing.objections(pair),
    )


@transaction.atomic
def merge_customers(merging: Merging, *, at: datetime, by: Actor) -> Merge:
    """Make the two one: details as chosen, and everything that points to the absorbed one moves.

    Issued documents keep what they say. Consent becomes the stricter of both. Locks all
    addresses, numbers and ids of both, then both customers, then the rows that move.

    :raises AccessDenied: ``by`` may not merge customers.
    :raises Customer.DoesNotExist: one of them is not there, or not to be seen.
    :raises NotMergeable: they are one already, or one of them is no record of its own.
    :raises MergeBlocked: the tax ids differ, or somebody said “not the same”; a reason overrides.
    :raises StaleVersion: one of them was changed since it was looked at.
    :raises InvalidInput: ``chosen`` or the reason cannot be right.
    """
    allowed = access.require(by, Capability.MERGE_CUSTOMER)
    reason = clean_line(merging.reason, field="reason", limit=REASON_LIMIT)
    pair = pairing.locked(merging.survivor_id, merging.absorbed_id, allowed=allowed)
    pairing.require_mergeable(pair)
    require_version(pair.survivor.version, merging.survivor_version)
    require_version(pair.absorbed.version, merging.absorbed_version)
    pairing.require_no_objection(pair, reason=reason)
    chosen = _chosen(pair, merging.chosen)
    told = f"Merged {pair.absorbed.code} into {pair.survivor.code}"
    move = Move(pair.absorbed, pair.survivor, told, at, by)
    points = joining.joined_points(pair.survivor, pair.absorbed, chosen)
    refused = joining.refused_channels(pair.survivor, pair.absorbed)
    merge = _begin(pair, chosen, points, reason=reason, move=move)
    settle_all(merge, move)
    move_all(merge, move)
    note(merge, "contact_point", [change.point.pk for change in points if change.moves])
    joining.write_points(points, move)
    joining.refuse(refused, merge, move)
    joining.settle_reviews(merge, move)
    _announce(pair, merge, points, by=by)
    return merge


def _chosen(pair: Pair, chosen: Collection[str] | None) -> frozenset[str]:
    if chosen is None:
        return survivorship.suggested(pair.survivor, pair.absorbed)
    survivorship.require_known(chosen)
    return frozenset(chosen)


def _begin(
    pair: Pair, chosen: frozenset[str], points: list[PointChange], *, reason: str, move: Move
) -> Merge:
    """Write both customers and the merge, which remembers how everything was."""
    survivor, absorbed = pair.survivor, pair.absorbed
    before = {
        "survivor": survivorship.snapshot(survivor),
        "absorbed": survivorship.snapshot(absorbed),
        "written": survivorship.written(survivor, absorbed, chosen),
        "points": {str(change.point.pk): _remembered(change) for change in points},
    }
    merge = Merge(
        survivor=survivor,
        absorbed=absorbed,
        before=before,
        chosen=sorted(chosen),
        reason=reason,
        merged_at=move.at,
    )
    history.create(merge, by=move.by, reason=reason)
    columns = [*before["written"], "search_name"]
    history.save(survivor, fields=columns, by=move.by, reason=move.reason)
    absorbed.canonical = survivor
    history.save(absorbed, fields=["canonical"], by=move.by, reason=move.reason)
    return merge


def _remembered(change: PointChange) -> dict[str, object]:
    point: ContactPoint = change.point
    return {
        "before": flags_of(point),
        "after": change.flags,
        "normalized": point.normalized,
        "extension": point.extension,
    }


def _announce(pair: Pair, merge: Merge, points: list[PointChange], *, by: Actor) -> None:
    merged = {"merged_into": ["", str(pair.survivor.pk)], "merge": ["", str(merge.pk)]}
    outbox.record(EventName.CUSTOMER_MERGED, subject=pair.absorbed, by=by, fields=merged)
    changed = {field: (before, after) for field, (before, after) in merge.written.items()}
    contacts = {change.point.kind: ("", "") for change in points}
    told = details.announced(changed | contacts)
    outbox.record(EventName.CUSTOMER_UPDATED, subject=pair.survivor, by=by, fields=told)
    compare_later([pair.survivor.pk], by=by)


def _moving(pair: Pair) -> list[str]:
    """Say what would move: “3 appointments”, “1 invoice”."""
    counts = [
        (one, one.movable(pair.absorbed.pk, pair.survivor.pk).count())
        for one in references.registered()
        if one.one
    ]
    said = [one.said(count) for one, count in counts if count]
    points = joining.joined_points(pair.survivor, pair.absorbed, ())
    return [*said, *joining.moves_in_words(points)]
