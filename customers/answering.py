"""Answer “are these two the same?”: not the same, for ever; or later. Merging is an answer too."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from customers.changing import require_own_record
from customers.models import IdentityReview, ReviewState
from hub import access, history
from hub.access import Capability
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, require_version

LATEST_DAYS = 366


class AlreadyAnswered(DomainError):
    code = "already_answered"


class NotAnswered(DomainError):
    code = "not_answered"


@transaction.atomic
def answer_different(
    review_id: UUID, *, by: Actor, expected_version: int | None = None
) -> IdentityReview:
    """Note that the two are different people; nobody is asked about them again.

    :raises AccessDenied: ``by`` may not change customers.
    :raises IdentityReview.DoesNotExist: there is none, or ``by`` may not see both sides.
    :raises AlreadyAnswered: it is not open.
    :raises MergedAway: one of the two was merged into another.
    :raises StaleVersion: somebody else was faster.
    """
    review = _open(review_id, by=by, expected_version=expected_version)
    review.state, review.postponed_until = ReviewState.DIFFERENT, None
    history.save(review, fields=["state", "postponed_until"], by=by)
    return review


@transaction.atomic
def answer_later(
    review_id: UUID,
    *,
    until: datetime,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> IdentityReview:
    """Put a question off; it comes back to the queue ``until`` then, at most a year later.

    :raises AccessDenied: ``by`` may not change customers.
    :raises IdentityReview.DoesNotExist: there is none, or ``by`` may not see both sides.
    :raises AlreadyAnswered: it is not open.
    :raises InvalidInput: ``until`` has passed, or is too far away.
    :raises MergedAway: one of the two was merged into another.
    :raises StaleVersion: somebody else was faster.
    """
    if until <= at or (until - at).days > LATEST_DAYS:
        raise InvalidInput("Choose a time within the next year.", field="until")
    review = _open(review_id, by=by, expected_version=expected_version)
    review.postponed_until = until
    history.save(review, fields=["postponed_until"], by=by)
    return review


@transaction.atomic
def ask_again(
    review_id: UUID, *, by: Actor, expected_version: int | None = None
) -> IdentityReview:
    """Take “not the same” or “later” back: the question is open, and due at once.

    :raises AccessDenied: ``by`` may not change customers.
    :raises IdentityReview.DoesNotExist: there is none, or ``by`` may not see both sides.
    :raises NotAnswered: it waits for an answer already.
    :raises AlreadyAnswered: the two were merged, which is taken back there.
    :raises MergedAway: one of the two was merged into another.
    :raises StaleVersion: somebody else was faster.
    """
    review = _locked(review_id, by=by, expected_version=expected_version)
    if review.state == ReviewState.MERGED:
        raise AlreadyAnswered("These two were merged. Take the merge back instead.")
    if review.state == ReviewState.OPEN and review.postponed_until is None:
        raise NotAnswered("This question is open already.")
    _require_two(review)
    review.state, review.postponed_until = ReviewState.OPEN, None
    history.save(review, fields=["state", "postponed_until"], by=by)
    return review


def _open(review_id: UUID, *, by: Actor, expected_version: int | None) -> IdentityReview:
    review = _locked(review_id, by=by, expected_version=expected_version)
    if review.state != ReviewState.OPEN:
        raise AlreadyAnswered("Somebody has answered this already.")
    _require_two(review)
    return review


def _locked(review_id: UUID, *, by: Actor, expected_version: int | None) -> IdentityReview:
    allowed = access.require(by, Capability.EDIT_CUSTOMER)
    visible = IdentityReview.objects.visible_to(allowed).values("pk")
    review = IdentityReview.objects.select_for_update().get(pk=review_id, pk__in=visible)
    require_version(review.version, expected_version)
    return review


def _require_two(review: IdentityReview) -> None:
    for side in (review.customer, review.candidate):
        require_own_record(side)
