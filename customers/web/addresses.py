"""Add, change and take away a further postal address of a customer."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from customers import details
from customers.addresses import (
    LABEL_LIMIT,
    WRITTEN,
    add_address,
    change_address,
    remove_address,
)
from customers.changing import MergedAway
from customers.models import AddressKind, Customer, PostalAddress
from customers.web.editing import newest_edit, to_survivor
from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import InvalidInput, StaleVersion

PLAIN = {"autocomplete": "off"}


class AddressForm(forms.Form):
    """``version`` is that of the customer as it was read."""

    kind = forms.ChoiceField(label="What it is for", choices=AddressKind.choices)
    label = forms.CharField(
        label="Note",
        max_length=LABEL_LIMIT,
        required=False,
        help_text="Such as a floor, or whom to ask for.",
        widget=forms.TextInput(PLAIN),
    )
    street = forms.CharField(
        max_length=details.LIMITS["street"], required=False, widget=forms.TextInput(PLAIN)
    )
    postal_code = forms.CharField(
        max_length=details.LIMITS["postal_code"], required=False, widget=forms.TextInput(PLAIN)
    )
    city = forms.CharField(
        max_length=details.LIMITS["city"], required=False, widget=forms.TextInput(PLAIN)
    )
    country = forms.ChoiceField(required=False)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)  # noqa: S101
        country.choices = [("", "Not known"), *details.countries().items()]

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in WRITTEN}

    def refuse(self, error: InvalidInput) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))

    def differences(self, saved: PostalAddress) -> list[dict[str, Any]]:
        """Compare what is saved now with what was typed, field by field."""
        theirs = _values(saved)
        return [
            {
                "label": str(self[name].label),
                "theirs": theirs[name],
                "mine": mine,
                "differs": theirs[name] != mine,
            }
            for name, mine in self.values().items()
            if theirs[name] or mine
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EDIT_CUSTOMER)
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    customer = _customer(request, pk)
    if customer.canonical:
        return to_survivor(request, MergedAway(customer, customer.canonical))
    if request.method != "POST":
        form = AddressForm(initial={"country": customer.country or details.home_region()})
        return _page(request, customer, form)
    return _save(request, customer, AddressForm(request.POST))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EDIT_CUSTOMER)
def edit(request: HttpRequest, pk: UUID, address: UUID) -> HttpResponse:
    customer = _customer(request, pk)
    if customer.canonical:
        return to_survivor(request, MergedAway(customer, customer.canonical))
    saved = get_object_or_404(PostalAddress, pk=address, customer=customer)
    if request.method != "POST":
        form = AddressForm(initial=_values(saved) | {"version": customer.version})
        return _page(request, customer, form, address=saved)
    return _save(request, customer, AddressForm(request.POST), address=saved)


@require_POST
@requires(Capability.EDIT_CUSTOMER)
def remove(request: HttpRequest, pk: UUID, address: UUID) -> HttpResponse:
    try:
        customer = remove_address(pk, address, by=Actor.signed_in(request))
    except ObjectDoesNotExist:
        raise Http404 from None
    except MergedAway as refusal:
        return to_survivor(request, refusal)
    messages.success(request, "Removed. The history keeps it.")
    return redirect(customer)


def _customer(request: HttpRequest, pk: UUID) -> Customer:
    visible = Customer.objects.visible_to(access.of(request)).filter(erased_at=None)
    return get_object_or_404(visible, pk=pk)


def _values(address: PostalAddress) -> dict[str, str]:
    return {name: getattr(address, name) for name in WRITTEN}


def _save(
    request: HttpRequest,
    customer: Customer,
    form: AddressForm,
    *,
    address: PostalAddress | None = None,
) -> HttpResponse:
    if form.is_valid():
        try:
            _write(customer, form, address, by=Actor.signed_in(request))
        except ObjectDoesNotExist:
            raise Http404 from None
        except MergedAway as refusal:
            return to_survivor(request, refusal)
        except StaleVersion:
            return _stale_page(request, customer, form, address=address)
        except InvalidInput as error:
            form.refuse(error)
        else:
            messages.success(request, "The address was saved.")
            return redirect(customer)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(request, customer, form, address=address, status=status)


def _write(
    customer: Customer, form: AddressForm, address: PostalAddress | None, *, by: Actor
) -> None:
    if address is None:
        add_address(customer.pk, form.values(), by=by)
    else:
        version = form.cleaned_data["version"] or 0
        change_address(customer.pk, address.pk, form.values(), by=by, expected_version=version)


def _page(
    request: HttpRequest,
    customer: Customer,
    form: AddressForm,
    *,
    address: PostalAddress | None = None,
    stale: dict[str, Any] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"customer": customer, "form": form, "address": address, "stale": stale}
    return render(request, "customers/address.html", context, status=status)


def _stale_page(
    request: HttpRequest,
    customer: Customer,
    form: AddressForm,
    *,
    address: PostalAddress | None,
) -> HttpResponse:
    """Show both versions; saving once more is then a decision made on the newest one."""
    return _page(
        request,
        customer,
        AddressForm(initial=form.values() | {"version": customer.version}),
        address=address,
        stale=newest_edit(customer, form.differences(address) if address else []),
        status=HTTPStatus.PRECONDITION_FAILED,
    )
