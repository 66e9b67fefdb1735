"""Find customers by what belongs to them in other apps: an invoice number, a remote id.

Each app registers its own ``Finder`` at start-up; nothing is imported upward.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from customers.models import ExternalId
from hub.access import Access

# Text and access in, a query for the ids of customers out; None where the text cannot be one.
Finder = Callable[[str, Access], QuerySet[Any, UUID] | None]
SHORTEST = 3
_finders: list[Finder] = []


def register_finder(finder: Finder) -> None:
    if finder not in _finders:
        _finders.append(finder)


def customers_traced_by(text: str, access: Access) -> list[QuerySet[Any, UUID]]:
    """Return a query for the ids of customers from every finder that knows such text.

    Numbers and ids have a digit in them; a plain word is a name and costs nothing here.
    """
    if len(text) < SHORTEST or not any(sign.isdigit() for sign in text):
        return []
    own = ExternalId.objects.filter(value=text).values_list("customer_id", flat=True)
    found = (finder(text, access) for finder in _finders)
    return [own, *(query for query in found if query is not None)]
