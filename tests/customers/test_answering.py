"""“Not the same” is remembered for ever, “later” comes back, and both can be taken back."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from customers.answering import (
    AlreadyAnswered,
    NotAnswered,
    answer_different,
    answer_later,
    ask_again,
)
from customers.models import IdentityReview, ReviewState
from hub.access import AccessDenied
from hub.actors import Actor
from hub.errors import InvalidInput, StaleVersion
from tests.factories.customers import customer
from tests.factories.people import actor, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben() -> Actor:
    return actor(person("Front desk"))


@pytest.fixture
def review() -> IdentityReview:
    customer()
    customer()
    return IdentityReview.objects.get()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def waits(at: datetime) -> bool:
    return IdentityReview.objects.all().waiting(at=at).exists()


def test_not_the_same_takes_the_question_away(
    review: IdentityReview, ben: Actor, now: datetime
) -> None:
    answered = answer_different(review.pk, by=ben)

    assert answered.state == ReviewState.DIFFERENT
    assert answered.history.latest().actor_name == "Ben Desk"
    assert not waits(now)


def test_the_answer_can_be_taken_back(review: IdentityReview, ben: Actor, now: datetime) -> None:
    answer_different(review.pk, by=ben)

    ask_again(review.pk, by=ben)

    assert waits(now)


def test_later_is_later(review: IdentityReview, ben: Actor, now: datetime) -> None:
    answer_later(review.pk, until=now + timedelta(days=7), at=now, by=ben)

    assert not waits(now + timedelta(days=6))
    assert waits(now + timedelta(days=7))


def test_a_question_that_was_put_off_can_be_taken_back_at_once(
    review: IdentityReview, ben: Actor, now: datetime
) -> None:
    answer_later(review.pk, until=now + timedelta(days=7), at=now, by=ben)

    ask_again(review.pk, by=ben)

    assert waits(now)


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_later_is_within_a_year(
    review: IdentityReview, ben: Actor, now: datetime, days: int
) -> None:
    with pytest.raises(InvalidInput):
        answer_later(review.pk, until=now + timedelta(days=days), at=now, by=ben)

    assert waits(now)


def test_an_answer_is_given_once(review: IdentityReview, ben: Actor, now: datetime) -> None:
    answer_different(review.pk, by=ben)

    with pytest.raises(AlreadyAnswered):
        answer_different(review.pk, by=ben)
    with pytest.raises(AlreadyAnswered):
        answer_later(review.pk, until=now + timedelta(days=1), at=now, by=ben)


def test_what_was_not_answered_cannot_be_taken_back(review: IdentityReview, ben: Actor) -> None:
    with pytest.raises(NotAnswered):
        ask_again(review.pk, by=ben)


def test_a_merge_is_not_taken_back_here(review: IdentityReview, ben: Actor) -> None:
    IdentityReview.objects.update(state=ReviewState.MERGED)

    with pytest.raises(AlreadyAnswered):
        ask_again(review.pk, by=ben)


def test_an_answer_to_an_older_question_is_refused(review: IdentityReview, ben: Actor) -> None:
    with pytest.raises(StaleVersion):
        answer_different(review.pk, by=ben, expected_version=review.version + 1)

    assert IdentityReview.objects.get().state == ReviewState.OPEN


@pytest.mark.parametrize("role", ["Practitioner", "Billing", "Administrator", None])
def test_only_those_who_edit_customers_answer(
    review: IdentityReview, role: str | None, now: datetime
) -> None:
    somebody = actor(person(role))

    with pytest.raises(AccessDenied):
        answer_different(review.pk, by=somebody)
    with pytest.raises(AccessDenied):
        answer_later(review.pk, until=now + timedelta(days=1), at=now, by=somebody)
    with pytest.raises(AccessDenied):
        ask_again(review.pk, by=somebody)
