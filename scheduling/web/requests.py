"""What customers and tools have asked for and nobody has answered yet."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub import access
from hub.access import requires
from scheduling.models import Appointment
from scheduling.reach import may_change
from scheduling.states import AppointmentStatus
from scheduling.web.appointments import SEES_APPOINTMENTS

ON_A_PAGE = 50


@require_safe
@requires(*SEES_APPOINTMENTS)
def list_requests(request: HttpRequest) -> HttpResponse:
    """List the requests that this person sees, the soonest first."""
    held = access.of(request)
    asked = Appointment.objects.visible_to(held).filter(status=AppointmentStatus.REQUESTED)
    whole = asked.select_related("customer", "staff", "location").order_by("start_at", "pk")
    rows = Paginator(whole, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"rows": rows, "answerable": {one.pk for one in rows if may_change(held, one)}}
    return render(request, "scheduling/requests.html", context)
