"""What customers are called elsewhere: find one by an invoice number or a remote id; list all.

Each app registers its own ``Finder`` and ``Namer`` at start-up; nothing is imported upward.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from customers.models import Customer, ExternalId
from hub.access import Access

# Text and access in, a query for the ids of customers out; None where the text cannot be one.
Finder = Callable[[str, Access], QuerySet[Any, UUID] | None]
SHORTEST = 3
# The id of a customer in; what the tool is called and the id it uses, out.
Namer = Callable[[UUID], Iterable[tuple[str, str]]]
_finders: list[Finder] = []
_namers: list[Namer] = []


def register_finder(finder: Finder) -> None:
    """Let customers be found by what an app calls them, or by what it has of theirs."""
    if finder not in _finders:
        _finders.append(finder)


def register_namer(namer: Namer) -> None:
    """Let an app tell under which ids its tools know a customer."""
    if namer not in _namers:
        _namers.append(namer)


def external_ids_of(customer_id: UUID) -> list[dict[str, str]]:
    """Return every ``{system, value}`` a customer is known by outside, sorted.

    A record that was merged into this one keeps its link in other tools; it is this customer's.
    """
    merged = Customer.objects.filter(canonical=customer_id).values_list("pk", flat=True)
    family = [customer_id, *merged]
    own = ExternalId.objects.filter(customer__in=family).values_list("system", "value")
    named = (pair for namer in _namers for one in family for pair in namer(one))
    pairs = {*own, *named}
    return [{"system": system, "value": value} for system, value in sorted(pairs)]


def customers_traced_by(text: str, access: Access) -> list[QuerySet[Any, UUID]]:
    """Return a query for the ids of customers from every finder that knows such text.

    Numbers and ids have a digit in them; a plain word is a name and costs nothing here.
    """
    if len(text) < SHORTEST or not any(sign.isdigit() for sign in text):
        return []
    own = ExternalId.objects.filter(value=text).values_list("customer_id", flat=True)
    found = (finder(text, access) for finder in _finders)
    return [own, *(query for query in found if query is not None)]
