"""The pages that show series: all of them, and one with its visits."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hub import access
from hub.access import Access, Capability, requires
from hub.history_reading import entries
from hub.notifications.models import Notification
from scheduling.models import Series, SeriesStatus
from scheduling.reach import may_change
from scheduling.states import AppointmentStatus
from scheduling.web.appointments import SEES_APPOINTMENTS

ON_A_PAGE = 50
FILTERS = {"active": "Active", "left-out": "With dates left out", "all": "All"}


def found(request: HttpRequest, pk: UUID) -> Series:
    """:raises Http404: there is none, or it is hidden: they look alike."""
    visible = Series.objects.visible_to(access.of(request))
    return get_object_or_404(
        visible.select_related("customer", "service", "staff", "location"), pk=pk
    )


@require_safe
@requires(*SEES_APPOINTMENTS)
def list_series(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    chosen = request.GET.get("show", "active")
    shown = Series.objects.visible_to(access.of(request))
    if chosen == "left-out":
        shown = shown.exclude(left_out={})
    elif chosen != "all":
        chosen, shown = "active", shown.exclude(status=SeriesStatus.ENDED)
    coming = Q(visits__status=AppointmentStatus.BOOKED, visits__start_at__gt=at)
    rows = shown.select_related("customer", "service", "staff", "location").annotate(
        next_at=Min("visits__start_at", filter=coming), coming=Count("visits", filter=coming)
    )
    pages = Paginator(rows.order_by("-created_at", "-pk"), ON_A_PAGE)
    context = {
        "rows": pages.get_page(request.GET.get("page")),
        "chosen": chosen,
        "filters": [
            {"value": value, "label": label, "is_chosen": value == chosen}
            for value, label in FILTERS.items()
        ],
    }
    return render(request, "scheduling/series/list.html", context)


@require_safe
@requires(*SEES_APPOINTMENTS)
def show_series(request: HttpRequest, pk: UUID) -> HttpResponse:
    at, series, held = timezone.now(), found(request, pk), access.of(request)
    zone = series.time_zone
    context: dict[str, Any] = {
        "series": series,
        "zone": zone,
        "dates": _dates(series, held, at=at),
        "told": Notification.objects.filter(object_id=series.pk).order_by("due_at", "pk"),
        "may_change": may_change(held, series),
        "sees_history": held.can(Capability.VIEW_HISTORY),
        "continued_by": series.continued_by.visible_to(held).order_by("-created_at").first(),
        "words": "Message about the visits",
    }
    if context["sees_history"]:
        context["entries"] = entries(series, zone=zone)
    return render(request, "scheduling/series/series.html", context)


def _dates(series: Series, held: Access, *, at: datetime) -> list[dict[str, Any]]:
    """Return each date that is decided, in order: its visit, or why there is none."""
    rows: list[dict[str, Any]] = [
        {"day": visit.occurs_on, "visit": visit, "is_coming": visit.start_at > at}
        for visit in series.visits.visible_to(held)
        .select_related("staff")
        .order_by("start_at", "pk")
    ]
    again = {row["day"] for row in rows if row["visit"].status != AppointmentStatus.CANCELED}
    rows += [
        {"day": day, "why": why, "visit": None}
        for text, why in series.left_out.items()
        if (day := date.fromisoformat(text)) not in again
    ]
    for row in rows:
        visit = row["visit"]
        row["moved"] = visit is not None and visit.start_at != series.start_on(row["day"])
        row["can_follow"] = (
            visit is not None
            and row["is_coming"]
            and visit.status == AppointmentStatus.BOOKED
            and series.status == SeriesStatus.ACTIVE
            and series.start_on(row["day"]) > at
        )
    return sorted(rows, key=lambda row: (row["day"], row["visit"] is None))
