"""The business whose pages these are: its name, and the clock by which people read times."""

from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from hub.models import Business


def business_of(request: HttpRequest) -> Business:
    """Return the one business, read once per request."""
    known: Business | None = getattr(request, "_business", None)
    if known is None:
        known = Business.objects.first() or Business(name="Hub")
        request._business = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known


def on_its_clock(request: HttpRequest) -> AbstractContextManager[None]:
    """Show times in the business's time zone where a page names no other one.

    Only for browsers that have signed in: the API speaks UTC, health checks ask no database.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith("/api/"):
        return nullcontext()
    return timezone.override(business_of(request).time_zone)
