"""The timeline on a customer's page: chips, groups of days, older moments, and undo."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from customers.changing import MergedAway
from customers.models import Customer
from customers.timeline import PAGE, Asked, Category, Moment, moments_of
from customers.undoing import CannotUndo, undo_edit
from customers.web.editing import to_survivor
from hub.access import Access, Capability, requires
from hub.actors import Actor
from hub.errors import StaleVersion

VERSION_DIGITS = 10
CHIPS: tuple[tuple[Category | None, str], ...] = (
    (None, "All"),
    (Category.VISITS, "Visits"),
    (Category.INVOICES, "Invoices"),
    (Category.MESSAGES, "Messages"),
    (Category.EDITS, "Edits"),
)


def timeline(
    request: HttpRequest, customer: Customer, access: Access, *, zone: tzinfo, at: datetime
) -> dict[str, Any]:
    """Return what ``customers/_timeline.html`` shows."""
    only, before = _category(request), _moment(request)
    asked = Asked(customer, access, zone, at, before, limit=PAGE + 1)
    found = moments_of(asked, only=only)
    shown = found[:PAGE]
    return {
        "groups": list(_grouped(shown, at=at)),
        "chips": [(label, f"?{_query(each)}#timeline", each == only) for each, label in CHIPS],
        "older": f"?{_query(only, shown[-1].at)}#timeline" if len(found) > PAGE else "",
        "is_older": before is not None,
        "only": only,
    }


@require_POST
@requires(Capability.EDIT_CUSTOMER)
def undo(request: HttpRequest, pk: UUID, key: int) -> HttpResponse:
    """Take one edit back; its own history entry can be taken back the same way."""
    version = request.POST.get("version", "")[:VERSION_DIGITS]
    expected = int(version) if version.isascii() and version.isdigit() else 0
    try:
        customer = undo_edit(pk, key, by=Actor.signed_in(request), expected_version=expected)
    except Customer.DoesNotExist:
        raise Http404 from None
    except MergedAway as refusal:
        return to_survivor(request, refusal)
    except StaleVersion:
        messages.error(request, "Somebody changed this customer meanwhile. Look again first.")
    except CannotUndo as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Put back for {customer.name}.")
    return redirect(f"{reverse('customers:detail', args=[pk])}#timeline")


def _grouped(moments: Iterable[Moment], *, at: datetime) -> Iterator[tuple[str, list[Moment]]]:
    """Yield heading and moments: what is coming first, the nearest at its top."""
    for heading, group in groupby(moments, key=lambda moment: _heading(moment, at)):
        listed = list(group)
        yield heading, listed[::-1] if heading == UPCOMING else listed


UPCOMING = "Upcoming"


def _heading(moment: Moment, at: datetime) -> str:
    if moment.at > at:
        return UPCOMING
    day, today = moment.at.astimezone(moment.zone).date(), at.astimezone(moment.zone).date()
    if day == today:
        return "Today"
    if day > today - timedelta(days=today.weekday() + 1):
        return "This week"
    if (day.year, day.month) == (today.year, today.month):
        return f"Earlier in {day:%B}"
    return f"{day:%B %Y}"


def _category(request: HttpRequest) -> Category | None:
    try:
        return Category(request.GET.get("show", ""))
    except ValueError:
        return None


def _moment(request: HttpRequest) -> datetime | None:
    try:
        moment = datetime.fromisoformat(request.GET.get("before", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _query(only: Category | None, before: datetime | None = None) -> str:
    told = {"show": only.value if only else "", "before": _text(before)}
    return urlencode({name: value for name, value in told.items() if value})


def _text(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""
