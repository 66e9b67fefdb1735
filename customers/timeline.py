"""One timeline of a customer, told by every app: visits, invoices, payments, messages, edits.

Each app registers a ``Source`` at start-up; nothing is imported upward.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from customers.models import Customer
from hub.access import Access
from hub.history_reading import FieldChange

PAGE = 40


class Category(StrEnum):
    VISITS = "visits"
    INVOICES = "invoices"
    MESSAGES = "messages"
    EDITS = "edits"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, or will. ``zone`` is where ``at`` is told; ``until`` ends it.

    ``badge`` is tone, icon and text. ``undo`` is the key of an edit that can be taken back.
    """

    at: datetime
    category: Category
    icon: str
    title: str
    zone: tzinfo
    detail: str = ""
    url: str = ""
    tone: str = ""
    until: datetime | None = None
    badge: tuple[str, str, str] | None = None
    changes: tuple[FieldChange, ...] = ()
    undo: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The newest ``limit`` moments before ``before`` of one customer, as ``access`` sees them.

    ``zone`` is that of the business, ``at`` is now.
    """

    customer: Customer
    access: Access
    zone: tzinfo
    at: datetime
    before: datetime | None = None
    limit: int = PAGE


Source = Callable[[Asked], Iterable[Moment]]
_sources: list[tuple[Category, Source]] = []


def register_source(category: Category, source: Source) -> None:
    """Add what an app has to tell under ``category``, newest first, ``asked.limit`` at most."""
    if (category, source) not in _sources:
        _sources.append((category, source))


def moments_of(asked: Asked, *, only: Category | None = None) -> list[Moment]:
    """Return the newest ``asked.limit`` moments of all sources, newest first."""
    told = [
        moment
        for category, source in _sources
        if only in (None, category)
        for moment in source(asked)
    ]
    newest = sorted(told, key=lambda moment: moment.at, reverse=True)
    return newest[: asked.limit]
