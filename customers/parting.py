"""Give two customers back what a merge had made one: addresses, numbers, consents, questions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from customers.joining import PointChange, flags_of, repoint, write_points
from customers.models import (
    Consent,
    ContactKind,
    ContactPoint,
    Customer,
    IdentityReview,
    Merge,
    ReviewState,
)
from customers.moving import Move, noted
from customers.pairing import Pair
from hub import history
from hub.actors import Actor


def restored_points(merge: Merge, pair: Pair) -> list[PointChange]:
    """Say what becomes of the addresses and numbers, without changing anything.

    One that was rewritten since is another one by now, and stays as it is.
    """
    remembered: dict[str, dict[str, Any]] = merge.before["points"]
    moved = noted(merge).get("contact_point", frozenset())
    family = [pair.survivor.pk, pair.absorbed.pk]
    points = ContactPoint.objects.filter(pk__in=list(remembered), customer__in=family)
    changes = []
    for point in points.order_by("pk"):
        then = remembered[str(point.pk)]
        if (point.normalized, point.extension) != (then["normalized"], then["extension"]):
            continue
        is_untouched = flags_of(point) == then["after"]
        flags = then["before"] if is_untouched else flags_of(point)
        owner = pair.absorbed if point.pk in moved else point.customer
        changes.append(PointChange(point, flags, owner))
    return _with_one_main_each(changes, pair)


def part_points(merge: Merge, pair: Pair, move: Move) -> None:
    write_points(restored_points(merge, pair), move)
    for customer in (pair.survivor, pair.absorbed):
        for kind in ContactKind.values:
            _promote_newcomer(customer, kind, since=merge.merged_at, move=move)


def _promote_newcomer(customer: Customer, kind: str, *, since: datetime, move: Move) -> None:
    """Make what came after the merge the main one, where the main one has just gone back."""
    own = ContactPoint.objects.filter(customer=customer, kind=kind)
    first = own.filter(created_at__gte=since).order_by("created_at", "pk").first()
    if first is not None and not own.filter(is_primary=True).exists():
        first.is_primary = True
        history.save(first, fields=["is_primary"], by=move.by, reason=move.reason)


def withdraw_refusals(merge: Merge, *, by: Actor) -> None:
    """Take away the stricter answers that the merge had added; their history stays."""
    for consent in Consent.objects.filter(pk__in=noted(merge).get("refusal", ())):
        history.delete(consent, by=by)


def reopen_reviews(merge: Merge, move: Move, *, verdict: ReviewState) -> None:
    """Ask again what the merge had answered, and put ``verdict`` to the question about the two."""
    moved = noted(merge)
    for review in _reviews(moved.get("review", frozenset())):
        repoint(review, move.origin, move.target)
        if not _is_asked(review):
            fields = ["customer", "candidate"]
            history.save(review, fields=fields, by=move.by, reason=move.reason)
    for review in _reviews(moved.get("closed", frozenset())):
        _set(review, ReviewState.OPEN, move)
    for review in _reviews(moved.get("answer", frozenset())):
        _set(review, verdict, move)


def _with_one_main_each(changes: list[PointChange], pair: Pair) -> list[PointChange]:
    """Let nothing become a main point beside one that was made so since."""
    own = {change.point.pk for change in changes}
    others = ContactPoint.objects.filter(
        is_primary=True, customer__in=[pair.survivor, pair.absorbed]
    )
    taken = {(row.customer_id, row.kind) for row in others.exclude(pk__in=own)}
    kept = []
    for change in changes:
        place = (change.customer.pk, change.point.kind)
        is_main = change.flags["is_primary"] and place not in taken
        if is_main:
            taken.add(place)
        flags = change.flags | {"is_primary": is_main}
        if change.moves or flags != flags_of(change.point):
            kept.append(PointChange(change.point, flags, change.customer))
    return kept


def _reviews(ids: frozenset[UUID]) -> list[IdentityReview]:
    return list(IdentityReview.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _is_asked(review: IdentityReview) -> bool:
    """Say whether there is another question about these two meanwhile."""
    about = IdentityReview.objects.between(review.customer_id, review.candidate_id)
    return about.exclude(pk=review.pk).exists()


def _set(review: IdentityReview, state: ReviewState, move: Move) -> None:
    if review.state == ReviewState.MERGED:
        review.state = state
        history.save(review, fields=["state"], by=move.by, reason=move.reason)
