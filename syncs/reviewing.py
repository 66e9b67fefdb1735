"""The weekly review: figures to look at, though nothing fails because of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.belonging import INSPECTION
from customers import questions
from hub.access import Access, Capability
from hub.models import Inspection

# A question about identity waits no longer than from one review to the next.
WEEK = timedelta(days=7)
NIGHTS_MISSED = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Figure:
    """``since`` is the age behind the figure; ``is_bad`` says that somebody has to act."""

    value: int
    since: datetime | None
    is_bad: bool


@dataclass(frozen=True, slots=True)
class Review:
    """``duplicates`` is None for those who do not see all customers."""

    duplicates: Figure | None
    apart: Figure


def review(access: Access, *, at: datetime) -> Review:
    """Return how many likely duplicates wait, since when, and what the last night found."""
    return Review(
        _duplicates(access, at) if access.can(Capability.VIEW_CUSTOMER) else None, _apart(at)
    )


def _duplicates(access: Access, at: datetime) -> Figure:
    waiting = questions.backlog(access, at=at)
    is_old = waiting.oldest_at is not None and waiting.oldest_at < at - WEEK
    return Figure(waiting.count, waiting.oldest_at, is_old)


def _apart(at: datetime) -> Figure:
    """Visits apart from their invoice, as the last nightly look counted them."""
    last = Inspection.objects.filter(name=INSPECTION).first()
    if last is None:
        return Figure(0, None, is_bad=False)
    return Figure(
        last.found, last.looked_at, bool(last.found) or last.looked_at < at - NIGHTS_MISSED
    )
