"""Names of locations for rows that know only the id."""

from collections.abc import Mapping
from uuid import UUID

from django import template

register = template.Library()


@register.filter
def place_name(places: Mapping[UUID | None, str], pk: UUID | None) -> str:
    return places.get(pk, "A location that is gone")
