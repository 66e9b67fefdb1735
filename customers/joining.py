"""Make the addresses, numbers, consents and open questions of two customers those of one.

What is at both stays behind with the absorbed customer; nothing is lost, and all of it can be
taken apart again (``customers.parting``).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from customers.models import (
    Channel,
    Consent,
    ContactKind,
    ContactPoint,
    Customer,
    IdentityReview,
    Merge,
    ReviewState,
)
from customers.moving import Move, note
from customers.normalizing import is_placeholder
from hub import history

FLAGS = ("is_primary", "verified", "shared")
Flags = dict[str, bool]


@dataclass(frozen=True, slots=True)
class PointChange:
    """A contact point, its flags as they will be, and whose it will be then."""

    point: ContactPoint
    flags: Flags
    customer: Customer

    @property
    def moves(self) -> bool:
        return self.point.customer_id != self.customer.pk


def flags_of(point: ContactPoint) -> Flags:
    return {name: getattr(point, name) for name in FLAGS}


def joined_points(
    survivor: Customer, absorbed: Customer, chosen: Collection[str]
) -> list[PointChange]:
    """Say what becomes of the addresses and numbers of both, without changing anything.

    Each kind keeps one main point; one that both had is no longer shared because of that.
    """
    own = {point.key: point for point in survivor.contact_points.order_by("pk")}
    theirs = {point.key: point for point in absorbed.contact_points.order_by("pk")}
    mains = _mains(own, theirs, chosen)
    changes = []
    for key, point in own.items():
        twin = theirs.get(key)
        flags = flags_of(point) | {"is_primary": key in mains}
        if twin:
            flags["verified"] = point.verified or twin.verified
            flags["shared"] = point.shared and _is_shared_beyond(point, survivor, absorbed)
        changes.append(PointChange(point, flags, survivor))
    for key, point in theirs.items():
        if key in own:
            flags = flags_of(point) | {"shared": True}
            changes.append(PointChange(point, flags, absorbed))
        else:
            flags = flags_of(point) | {"is_primary": key in mains}
            changes.append(PointChange(point, flags, survivor))
    return [one for one in changes if one.moves or one.flags != flags_of(one.point)]


def moves_in_words(changes: Collection[PointChange]) -> list[str]:
    """Say how many of them get another owner; nothing for none."""
    count = sum(change.moves for change in changes)
    if not count:
        return []
    return ["1 address or number" if count == 1 else f"{count} addresses and numbers"]


def write_points(changes: Collection[PointChange], move: Move) -> None:
    """Write ``changes`` in an order in which no two points are the main one at any moment."""
    points = [change.point for change in changes]
    for change in changes:
        point, flags = change.point, change.flags
        point.is_primary = point.is_primary and flags["is_primary"]
        point.verified = point.verified and flags["verified"]
        point.shared = point.shared or flags["shared"]
    ContactPoint.objects.bulk_update(points, FLAGS)
    moving = [change for change in changes if change.moves]
    staying = [change for change in changes if not change.moves]
    for group in (moving, staying):
        for change in group:
            for name, flag in change.flags.items():
                setattr(change.point, name, flag)
            change.point.customer = change.customer
        history.save_all(
            [change.point for change in group],
            fields=[*FLAGS, "customer"],
            at=move.at,
            by=move.by,
            reason=move.reason,
        )


def refused_channels(survivor: Customer, absorbed: Customer) -> set[str]:
    """Return the channels by which one of the two does not want to hear, though the other does."""
    answers: dict[str, dict[object, bool]] = {channel: {} for channel in Channel.values}
    both = Consent.objects.filter(customer__in=[survivor, absorbed])
    for consent in both.order_by("given_at", "pk"):
        answers[consent.channel][consent.customer_id] = consent.granted
    return {channel for channel, said in answers.items() if set(said.values()) == {True, False}}


def refuse(channels: Iterable[str], merge: Merge, move: Move) -> None:
    """Let the stricter of two answers hold, as an answer of its own."""
    source = f"Merge of {move.origin.code} into {move.target.code}"
    rows = [
        Consent(
            customer=move.target,
            channel=channel,
            granted=False,
            given_at=move.at,
            source=source,
        )
        for channel in sorted(channels)
    ]
    history.create_all(rows, at=move.at, by=move.by)
    note(merge, "refusal", [row.pk for row in rows])


def settle_reviews(merge: Merge, move: Move) -> None:
    """Answer the question about the two; let the other ones be about the survivor.

    A question that the survivor has as well is closed. What was said about the absorbed one
    (“not the same”) holds for the survivor.
    """
    own = _reviews_by_other(move.target)
    for other, review in _reviews_by_other(move.origin).items():
        if other == move.target.pk or review.state == ReviewState.MERGED:
            continue
        if other in own:
            _close(review, merge, move)
        else:
            _repoint(review, merge, move)
    _answer(own.get(move.origin.pk), merge, move)


def repoint(review: IdentityReview, origin: Customer, target: Customer) -> None:
    """Put ``target`` in the place of ``origin``, without saving."""
    side = "customer" if review.customer_id == origin.pk else "candidate"
    setattr(review, side, target)


def _answer(review: IdentityReview | None, merge: Merge, move: Move) -> None:
    if review is None:
        asked = IdentityReview(customer=move.target, candidate=move.origin)
        asked.state, asked.created_at = ReviewState.MERGED, move.at
        history.create(asked, by=move.by, reason=move.reason)
        note(merge, "answer", [asked.pk])
        return
    review.state = ReviewState.MERGED
    history.save(review, fields=["state"], by=move.by, reason=move.reason)
    note(merge, "answer", [review.pk])


def _close(review: IdentityReview, merge: Merge, move: Move) -> None:
    if review.state == ReviewState.OPEN:
        review.state = ReviewState.MERGED
        history.save(review, fields=["state"], by=move.by, reason=move.reason)
        note(merge, "closed", [review.pk])


def _repoint(review: IdentityReview, merge: Merge, move: Move) -> None:
    repoint(review, move.origin, move.target)
    history.save(review, fields=["customer", "candidate"], by=move.by, reason=move.reason)
    note(merge, "review", [review.pk])


def _reviews_by_other(customer: Customer) -> dict[UUID, IdentityReview]:
    rows = IdentityReview.objects.about(customer).select_for_update(of=("self",)).order_by("pk")
    return {row.other_id(customer): row for row in rows}


def _mains(
    own: Mapping[tuple[str, str, str], ContactPoint],
    theirs: Mapping[tuple[str, str, str], ContactPoint],
    chosen: Collection[str],
) -> set[tuple[str, str, str]]:
    """The keys of the main points afterwards: the survivor's, unless theirs was chosen."""
    mains = {}
    for kind in ContactKind.values:
        first, second = (theirs, own) if kind in chosen else (own, theirs)
        found = [
            key
            for points in (first, second)
            for key, point in points.items()
            if point.is_primary and point.kind == kind
        ]
        if found:
            mains[kind] = found[0]
    return set(mains.values())


def _is_shared_beyond(point: ContactPoint, survivor: Customer, absorbed: Customer) -> bool:
    if point.kind == ContactKind.EMAIL and is_placeholder(point.normalized):
        return True
    family = [survivor.pk, absorbed.pk]
    same = ContactPoint.objects.filter(
        kind=point.kind, normalized=point.normalized, extension=point.extension
    )
    return same.exclude(Q(customer__in=family) | Q(customer__canonical__in=family)).exists()
