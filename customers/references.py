"""What points to a customer from above, registered by each app at start-up; no upward import.

For now: which customers are a practitioner's own. Counting, re-pointing and erasing join it
with merging.
"""

from collections.abc import Callable

from django.db.models import Q

from hub.access import Access

Reach = Callable[[Access], Q]
_reaches: list[Reach] = []


def register_reach(reach: Reach) -> None:
    """Add a rule by which a principal reaches customers as its own; ``Q`` is over Customer."""
    if reach not in _reaches:
        _reaches.append(reach)


def own_customers(access: Access) -> Q:
    condition = Q(pk__in=())
    for reach in _reaches:
        condition |= reach(access)
    return condition
