"""The pages that show classes: those to come, and one with everybody who comes."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hub import access
from hub.access import Capability, requires
from hub.history_reading import entries
from scheduling.models import GroupSession, GroupStatus
from scheduling.reach import locations_of, may_change
from scheduling.seating import seats_taken, with_taken
from scheduling.states import OCCUPYING
from scheduling.web.appointments import SEES_APPOINTMENTS

ON_A_PAGE = 50
FILTERS = {"coming": "To come", "past": "Past", "canceled": "Canceled"}


def found(request: HttpRequest, pk: UUID) -> GroupSession:
    """:raises Http404: there is none, or it is hidden: they look alike."""
    visible = GroupSession.objects.visible_to(access.of(request))
    return get_object_or_404(visible.select_related("service", "staff", "location"), pk=pk)


@require_safe
@requires(*SEES_APPOINTMENTS)
def list_classes(request: HttpRequest) -> HttpResponse:
    at, held = timezone.now(), access.of(request)
    chosen = request.GET.get("show", "coming")
    visible = with_taken(GroupSession.objects.visible_to(held), at=at).select_related(
        "service", "staff", "location"
    )
    if chosen == "canceled":
        shown = visible.filter(status=GroupStatus.CANCELED).order_by("-start_at", "pk")
    elif chosen == "past":
        shown = visible.planned().filter(end_at__lte=at).order_by("-start_at", "pk")
    else:
        chosen = "coming"
        shown = visible.planned().filter(end_at__gt=at).order_by("start_at", "pk")
    rows = Paginator(shown, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": rows,
        "chosen": chosen,
        "filters": [
            {"value": value, "label": label, "is_chosen": value == chosen}
            for value, label in FILTERS.items()
        ],
        "may_plan": held.can(Capability.BOOK_APPOINTMENT)
        or held.can(Capability.BOOK_OWN_APPOINTMENT),
        "place": locations_of(held).order_by("name", "pk").first(),
    }
    return render(request, "scheduling/classes/list.html", context)


@require_safe
@requires(*SEES_APPOINTMENTS)
def show_class(request: HttpRequest, pk: UUID) -> HttpResponse:
    at, session, held = timezone.now(), found(request, pk), access.of(request)
    zone = session.time_zone
    places = session.places.select_related("customer").order_by("created_at", "pk")
    is_planned = session.status == GroupStatus.PLANNED
    taken = seats_taken(session, at=at)
    changes = may_change(held, session)
    context = {
        "session": session,
        "zone": zone,
        "day": session.start_at.astimezone(zone).date(),
        "start": session.start_at.astimezone(zone).time(),
        "here": [one for one in places if one.status in OCCUPYING],
        "gone": [one for one in places if one.status not in OCCUPYING],
        "taken": taken,
        "may_change": changes and is_planned and session.end_at > at,
        "may_book": changes and is_planned and session.start_at > at and taken < session.seats,
        "sees_history": held.can(Capability.VIEW_HISTORY),
    }
    if context["sees_history"]:
        context["entries"] = entries(session, zone=zone)
    return render(request, "scheduling/classes/class.html", context)
