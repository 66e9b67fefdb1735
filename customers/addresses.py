"""Further postal addresses of a customer: where a bill goes, where people live, where we come to.

The main one is a detail of the customer itself (``customers.updating``). Each change locks
the customer, raises its version and is announced as a change of it.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from customers import details
from customers.changing import changeable, note_change
from customers.details import PLACE
from customers.models import AddressKind, Customer, PostalAddress
from customers.normalizing import clean_line
from hub import access, history
from hub.access import Capability
from hub.actors import Actor
from hub.errors import InvalidInput, require_version

LABEL_LIMIT = 60
MOST = 20
WRITTEN = ("kind", "label", *PLACE)
# What an address was, by the names in ``WRITTEN``; None where there was none.
Version = Mapping[str, str] | None


@transaction.atomic
def add_address(
    customer_id: UUID,
    values: Mapping[str, str],
    *,
    by: Actor,
    expected_version: int | None = None,
) -> PostalAddress:
    """Give a customer one more address: ``kind``, and of the rest of ``WRITTEN`` what is known.

    :raises AccessDenied: ``by`` may not change customers.
    :raises Customer.DoesNotExist: there is none, it was erased, or ``by`` may not see it.
    :raises MergedAway: it was merged into another.
    :raises InvalidInput: a value cannot be right, or the customer has this address.
    :raises StaleVersion: somebody else was faster.
    """
    written = _cleaned({"kind": ""} | dict(values))
    customer = _locked(customer_id, by=by, expected_version=expected_version)
    if customer.addresses.count() >= MOST:
        raise InvalidInput(f"A customer has at most {MOST} further addresses.", field="street")
    address = PostalAddress(customer=customer, **written)
    _require_new(address)
    history.create(address, by=by)
    note_change(customer, "addresses", by=by)
    return address


@transaction.atomic
def change_address(
    customer_id: UUID,
    address_id: UUID,
    values: Mapping[str, str],
    *,
    by: Actor,
    expected_version: int | None = None,
) -> PostalAddress:
    """Write ``values``, no others; equal ones change nothing at all. Raises what adding raises.

    :raises PostalAddress.DoesNotExist: the customer has no such address.
    """
    written = _cleaned(values)
    customer = _locked(customer_id, by=by, expected_version=expected_version)
    address = PostalAddress.objects.get(pk=address_id, customer=customer)
    address.customer = customer
    changed = [name for name, value in written.items() if getattr(address, name) != value]
    if changed:
        for name in changed:
            setattr(address, name, written[name])
        _require_new(address)
        history.save(address, fields=changed, by=by)
        note_change(customer, "addresses", by=by)
    return address


@transaction.atomic
def remove_address(
    customer_id: UUID, address_id: UUID, *, by: Actor, expected_version: int | None = None
) -> Customer:
    """Take an address away; the history keeps it.

    :raises AccessDenied: ``by`` may not change customers.
    :raises ObjectDoesNotExist: there is no such customer or address, or not for ``by``.
    :raises MergedAway: it was merged into another.
    :raises StaleVersion: somebody else was faster.
    """
    customer = _locked(customer_id, by=by, expected_version=expected_version)
    history.delete(PostalAddress.objects.get(pk=address_id, customer=customer), by=by)
    note_change(customer, "addresses", by=by)
    return customer


@transaction.atomic
def put_back_addresses(
    customer_id: UUID,
    versions: Mapping[UUID, Version],
    *,
    by: Actor,
    expected_version: int | None,
) -> Customer:
    """Let each address be what it was, under its own id; ``None`` takes it away.

    :raises AccessDenied: ``by`` may not change customers.
    :raises Customer.DoesNotExist: there is none, it was erased, or ``by`` may not see it.
    :raises MergedAway: it was merged into another.
    :raises InvalidInput: the customer got the same address in another way since.
    :raises StaleVersion: somebody else was faster.
    """
    customer = _locked(customer_id, by=by, expected_version=expected_version)
    known = {address.pk: address for address in customer.addresses.all()}
    for address_id, version in versions.items():
        if version is None:
            history.delete(known[address_id], by=by)
            continue
        address = known.get(address_id) or PostalAddress(id=address_id, customer=customer)
        address.customer = customer
        for name, value in version.items():
            setattr(address, name, value)
        _require_new(address)
        if address_id in known:
            history.save(address, fields=list(version), by=by)
        else:
            history.create(address, by=by)
    note_change(customer, "addresses", by=by)
    return customer


def _locked(customer_id: UUID, *, by: Actor, expected_version: int | None) -> Customer:
    allowed = access.require(by, Capability.EDIT_CUSTOMER)
    customer = changeable(customer_id, allowed=allowed)
    require_version(customer.version, expected_version)
    return customer


def _cleaned(values: Mapping[str, str]) -> dict[str, str]:
    """Return ``values`` as they are stored; names that are not in ``WRITTEN`` are a mistake."""
    given = dict(values)
    written = {}
    if "kind" in given:
        written["kind"] = given.pop("kind")
        if written["kind"] not in AddressKind.values:
            raise InvalidInput("Choose what the address is for.", field="kind")
    if "label" in given:
        written["label"] = clean_line(given.pop("label"), field="label", limit=LABEL_LIMIT)
    return written | details.cleaned(given)


def _require_new(address: PostalAddress) -> None:
    """:raises InvalidInput: it names no place, or one that the customer has already."""
    if not any((address.street, address.postal_code, address.city)):
        raise InvalidInput("Enter a street, a postal code or a city.", field="street")
    if _compared(address) == _compared(address.customer):
        raise InvalidInput("This is the main address already.", field="street")
    others = address.customer.addresses.exclude(pk=address.pk)
    if any(_compared(address) == _compared(other) for other in others):
        raise InvalidInput("This customer has this address already.", field="street")


def _compared(place: Customer | PostalAddress) -> list[str]:
    return [" ".join(getattr(place, name).casefold().split()) for name in PLACE]
