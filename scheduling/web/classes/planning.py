"""The page that plans classes: of what, led by whom, when, for how many weeks."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.groups.planning import Plan, plan_classes
from scheduling.models import Location, Service
from scheduling.reach import bookable_staff, locations_of
from scheduling.web.appointments import MAY_BOOK
from scheduling.web.booking import place_of
from scheduling.web.classes.forms import PlanForm
from scheduling.web.forms import take_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def plan(request: HttpRequest) -> HttpResponse:
    held = access.of(request)
    given = request.POST if request.method == "POST" else request.GET
    places = list(locations_of(held).order_by("name", "pk"))
    asked = given.get("location", "")
    place = place_of(request, asked or str(places[0].pk) if places else "")
    people = bookable_staff(held, place)
    services = Service.objects.filter(is_active=True, seats__gt=1, staff__in=people).distinct()
    listed = list(services.order_by("category", "name", "pk"))
    form = PlanForm(
        request.POST or None,
        zone=place.time_zone,
        services=listed,
        people=people,
        initial=request.GET.dict(),
    )
    if form.is_valid():
        try:
            return _plan(request, place, form)
        except DomainError as error:
            take_refusal(form, error)
    context = {
        "form": form,
        "place": place,
        "places": places,
        "services": listed,
        "action": request.path,
        "may_override": held.can(Capability.OVERRIDE_BOOKING_LIMITS) and form.is_bound,
    }
    status = 422 if form.errors else 200
    return render(request, "scheduling/classes/new.html", context, status=status)


def _plan(request: HttpRequest, place: Location, form: PlanForm) -> HttpResponse:
    values = form.cleaned_data
    planned = plan_classes(
        Plan(UUID(values["service"]), UUID(values["staff"]), place.pk, values["seats"]),
        form.starts(),
        at=timezone.now(),
        by=Actor.signed_in(request),
        override_reason=values["override_reason"],
    )
    if len(planned) == 1:
        messages.success(request, f"{planned[0].name} is planned. Customers can take seats now.")
        return redirect(planned[0])
    messages.success(request, f"{len(planned)} classes of {planned[0].name} are planned.")
    return redirect("scheduling:classes")
