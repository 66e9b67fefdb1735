"""The queue of questions “are these two the same?”, the surest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q

from customers.models import IdentityReview
from customers.scoring import LIKELY, SUREST
from hub.access import Access

PAGE = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the queue begins: after the question with this score and id."""

    score: int
    pk: UUID

    def __str__(self) -> str:
        return f"{self.score}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        score, _, pk = text.partition("-")
        try:
            return cls(min(int(score), SUREST), UUID(pk)) if score.isascii() else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Questions:
    """One page; ``after`` is where the next one begins, where there is one."""

    rows: Sequence[IdentityReview]
    after: Place | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many questions wait, and since when the oldest of them does."""

    count: int
    oldest_at: datetime | None


def page(
    access: Access, *, at: datetime, after: Place | None = None, least: int = LIKELY
) -> Questions:
    """Return the questions with a score of at least ``least`` that wait, as far as visible."""
    waiting = IdentityReview.objects.visible_to(access).waiting(at=at).filter(score__gte=least)
    if after:
        # The first half is for the index; the second one decides between equal scores.
        beyond = Q(score__lt=after.score) | Q(score=after.score, pk__gt=after.pk)
        waiting = waiting.filter(beyond, score__lte=after.score)
    rows = list(waiting.with_both().order_by("-score", "pk")[: PAGE + 1])
    shown = rows[:PAGE]
    last = Place(shown[-1].score, shown[-1].pk) if len(rows) > PAGE else None
    return Questions(shown, last)


def backlog(access: Access, *, at: datetime) -> Backlog:
    """Return how many likely pairs wait for an answer."""
    waiting = IdentityReview.objects.visible_to(access).waiting(at=at).filter(score__gte=LIKELY)
    found = waiting.aggregate(count=Count("pk"), oldest=Min("created_at"))
    return Backlog(found["count"], found["oldest"])
