"""What the booking panel asks: customers to choose from, and a new one without leaving it."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from customers.identity import Tier, find_or_create
from customers.selecting import SEES
from customers.suggesting import Suggestion, suggest, suggestion_of
from customers.web.forms import QuickForm
from customers.wording import said
from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import InvalidInput
from hub.rest.problems import MEDIA_TYPE, Fault, Problem

OFFERED = 8


@require_safe
@requires(*SEES)
def offer(request: HttpRequest) -> HttpResponse:
    """Answer the best few customers for ``?q=`` as JSON."""
    text = request.GET.get("q", "")
    found = suggest(text, access=access.of(request), limit=OFFERED)
    return JsonResponse({"results": [_described(customer) for customer in found]})


@require_POST
@requires(Capability.EDIT_CUSTOMER)
def add_quickly(request: HttpRequest) -> HttpResponse:
    """Add a customer, or recognize one: 201 or 200; 422 with a fault for each field."""
    form = QuickForm(request.POST)
    if not form.is_valid():
        return _refused(form)
    by = Actor.signed_in(request)
    try:
        found = find_or_create(form.claim(), at=timezone.now(), by=by)
    except InvalidInput as error:
        form.refuse(error)
        return _refused(form)
    told = {
        "matched": found.tier is not Tier.NONE,
        "created": found.created,
        "tier": found.tier,
        "note": said(found),
    }
    status = HTTPStatus.CREATED if found.created else HTTPStatus.OK
    return JsonResponse(_described(suggestion_of(found.customer)) | told, status=status)


def _described(one: Suggestion) -> dict[str, object]:
    contacts = [text for text in (one.email, one.phone) if text]
    return {
        "id": str(one.pk),
        "name": one.name,
        "code": one.code,
        "detail": " · ".join([one.code, *contacts]),
        "email": one.email,
        "phone": one.phone,
        "url": one.url,
    }


def _refused(form: QuickForm) -> HttpResponse:
    faults = [
        Fault("" if name == "__all__" else f"#/{name}", "invalid", str(text))
        for name, texts in form.errors.items()
        for text in texts
    ]
    problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", faults[0].detail, faults)
    return JsonResponse(problem.as_dict(), status=problem.status, content_type=MEDIA_TYPE)
