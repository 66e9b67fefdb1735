"""Hold a series while it is changed: its customer first, as a merge does, then its row."""

from uuid import UUID

from customers.holding import hold
from hub.actors import Actor
from hub.errors import require_version
from scheduling.models import Series
from scheduling.permitting import require_booker, require_reach


def locked(series_id: UUID) -> Series:
    """Return the series with its row locked and its customer held until the transaction ends.

    :raises DoesNotExist: there is none.
    """
    hold(Series.objects.values_list("customer_id", flat=True).get(pk=series_id))
    parts = Series.objects.select_related("service", "staff", "location", "customer")
    return parts.select_for_update(of=("self",)).get(pk=series_id)


def locked_for(by: Actor, series_id: UUID, *, expected_version: int | None) -> Series:
    """Do what ``locked`` does, once ``by`` may change it.

    :raises AccessDenied: it is a colleague's, at another location, or ``by`` changes none.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    """
    held = require_booker(by)
    series = locked(series_id)
    require_reach(held, series.staff, series.location_id)
    require_version(series.version, expected_version)
    return series
