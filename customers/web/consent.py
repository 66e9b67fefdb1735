"""Note on the customer's page what a person said about being written to."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from customers.changing import MergedAway
from customers.consenting import record_consent
from customers.models import Channel, Customer
from customers.web.editing import to_survivor
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import InvalidInput


@require_POST
@requires(Capability.EDIT_CUSTOMER)
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    by, at = Actor.signed_in(request), timezone.now()
    channel, source = request.POST.get("channel", ""), request.POST.get("source", "")
    granted = request.POST.get("granted") == "yes"
    try:
        record_consent(pk, channel, granted=granted, source=source, at=at, by=by)
    except Customer.DoesNotExist:
        raise Http404 from None
    except MergedAway as refusal:
        return to_survivor(request, refusal)
    except InvalidInput as error:
        messages.error(request, str(error))
    else:
        answer = "Yes" if granted else "No"
        messages.success(request, f"{Channel(channel).label}: {answer} is kept.")
    return redirect("customers:detail", pk)
