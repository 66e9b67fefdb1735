"""What a person may ask for: everything known about them as one file, and to be forgotten."""

from http import HTTPStatus
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from customers.dossier import dossier_of
from customers.erasure import REASON_LIMIT, CannotErase, erase_customer, prospect_of
from customers.models import Customer
from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import InvalidInput, StaleVersion


class EraseForm(forms.Form):
    code = forms.CharField(
        label="Type the customer's code",
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LIMIT,
        help_text="Such as the date of the request. No names, please: it is kept.",
    )

    def __init__(self, customer: Customer, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._code = customer.code

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip().upper()
        if code != self._code:
            raise forms.ValidationError(f"Type {self._code} to be sure it is the right one.")
        return code


@require_POST
@requires(Capability.EXPORT_CUSTOMER)
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer everything known about a customer as one JSON file."""
    try:
        told = dossier_of(pk, by=Actor.signed_in(request))
    except Customer.DoesNotExist:
        raise Http404 from None
    name = f"{told['records'][0]['code']}.json"
    response = JsonResponse(told, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.ERASE_CUSTOMER)
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what would go and what would stay; erase once the code is typed."""
    customer = get_object_or_404(Customer.objects.visible_to(access.of(request)), pk=pk)
    at = timezone.now()
    form = EraseForm(customer, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason, by = form.cleaned_data["reason"], Actor.signed_in(request)
        try:
            erase_customer(pk, reason=reason, at=at, by=by)
        except (CannotErase, StaleVersion) as refusal:
            form.add_error(None, str(refusal))
        except InvalidInput as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, f"{customer.code} was erased.")
            return redirect(customer)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"customer": customer, "form": form, "prospect": prospect_of(pk, at=at)}
    return render(request, "customers/erase.html", context, status=status)
