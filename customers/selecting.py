"""What the list of customers can be narrowed to, and the lists that a person keeps by name."""

from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from customers.models import ContactPoint, Customer, IdentityReview, ReviewState, SavedFilter
from customers.normalizing import clean_line
from hub import access
from hub.access import Capability
from hub.actors import Actor
from hub.errors import InvalidInput

SEES = (Capability.VIEW_CUSTOMER, Capability.VIEW_OWN_CUSTOMER)
NEW_FOR = timedelta(days=30)
NAME_LIMIT = 60
QUERY_LIMIT = 500
KEPT_PER_PERSON = 50
KEPT_PARAMETERS = ("q", "show")


class Selection(StrEnum):
    """The values stand in the address of the page."""

    ALL = ""
    NEW = "new"
    DOUBTFUL = "doubtful"
    UNREACHABLE = "unreachable"


def chosen(
    customers: QuerySet[Customer], selection: Selection, *, at: datetime
) -> QuerySet[Customer]:
    """Keep what ``selection`` names: added in 30 days, asked about, or without any contact."""
    if selection is Selection.NEW:
        return customers.filter(created_at__gt=at - NEW_FOR)
    if selection is Selection.DOUBTFUL:
        asked = IdentityReview.objects.filter(state=ReviewState.OPEN)
        pairs = asked.values("customer_id").union(asked.values("candidate_id"))
        return customers.filter(pk__in=pairs)
    if selection is Selection.UNREACHABLE:
        return customers.exclude(pk__in=ContactPoint.objects.values("customer_id"))
    return customers


@transaction.atomic
def save_filter(name: str, query: str, *, by: Actor) -> SavedFilter:
    """Keep a list under ``name``; ``query`` is its address after ``?``, pages left out.

    The same name again keeps the new list instead of the old one.

    :raises AccessDenied: ``by`` sees no customers.
    :raises InvalidInput: no name, nothing to keep, or fifty are kept already.
    """
    access.require(by, *SEES)
    name = clean_line(name, field="name", limit=NAME_LIMIT)
    if not name:
        raise InvalidInput("Give the list a name.", field="name")
    pairs = [(key, text) for key, text in parse_qsl(query) if key in KEPT_PARAMETERS]
    kept = urlencode(pairs)
    if not kept or len(kept) > QUERY_LIMIT:
        raise InvalidInput("Search or choose something first, then keep that.", field="query")
    owner_id = UUID(by.id)
    own = SavedFilter.objects.filter(owner_id=owner_id)
    if own.exclude(name=name).count() >= KEPT_PER_PERSON:
        raise InvalidInput(f"Keep at most {KEPT_PER_PERSON} lists.", field="name")
    saved, _ = own.update_or_create(
        name=name, defaults={"query": kept}, create_defaults={"query": kept, "owner_id": owner_id}
    )
    return saved


@transaction.atomic
def forget_filter(filter_id: UUID, *, by: Actor) -> None:
    """:raises SavedFilter.DoesNotExist: ``by`` keeps no such list."""
    SavedFilter.objects.get(pk=filter_id, owner_id=UUID(by.id)).delete()


def filters_of(user_id: UUID | None) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(owner_id=user_id).order_by("name")
