"""Take one edit of a customer back, where nobody changed the same again since."""

from typing import Any
from uuid import UUID

from django.db import transaction

from customers.addresses import WRITTEN, Version, put_back_addresses
from customers.changing import require_own_record
from customers.details import DETAILS
from customers.edits import ONE_ACT
from customers.models import ContactKind, ContactPoint, Customer, PostalAddress
from customers.updating import update_customer
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, require_version

Row = Any  # a historical record; its class is made at run time


class CannotUndo(DomainError):
    """The edit was the first one, changed nothing that can be put back, or was overtaken."""

    code = "cannot_undo"


@transaction.atomic
def undo_edit(customer_id: UUID, key: int, *, by: Actor, expected_version: int | None) -> Customer:
    """Put back what the edit ``key`` changed (``customers.edits.Edit.key``); itself an edit.

    Details, the main address and number, and further postal addresses go back to what they were.

    :raises CannotUndo: a part of it was changed again since, it was part of a merge, there is
        nothing to put back, or what was right then is not any more: nobody would be named.
    :raises MergedAway: the customer was merged into another.
    :raises Customer.DoesNotExist: there is no such customer or edit, or not for ``by``.
    :raises AccessDenied: ``by`` may not change customers.
    :raises StaleVersion: somebody else was faster.
    """
    row = Customer.history.filter(id=customer_id, history_id=key).first()
    if row is None:
        raise Customer.DoesNotExist
    before = Customer.history.filter(id=customer_id, history_id__lt=key).order_by("-history_id")
    old = before.first()
    if old is None:
        raise CannotUndo("This is how the customer was added; it cannot be taken back.")
    customer = Customer.objects.get(pk=customer_id)
    require_own_record(customer)
    if row.history_change_reason:
        raise CannotUndo(f"{row.history_change_reason}: that is undone as a whole.")
    require_version(customer.version, expected_version)
    values = _details(customer, old, row) | _contacts(customer, row)
    addresses = _addresses(customer, old, row)
    if not values and not addresses:
        raise CannotUndo("Nothing of this can be put back.")
    # Locks come in the order of an edit; whoever was faster makes it stale.
    try:
        if values:
            version = customer.version
            customer = update_customer(customer_id, values, by=by, expected_version=version)
        if addresses:
            version = customer.version
            customer = put_back_addresses(customer_id, addresses, by=by, expected_version=version)
    except InvalidInput as refusal:
        raise CannotUndo(str(refusal)) from None
    return customer


def _details(customer: Customer, old: Row, row: Row) -> dict[str, Any]:
    values = {
        name: getattr(old, name) for name in DETAILS if getattr(old, name) != getattr(row, name)
    }
    overtaken = [name for name in values if getattr(customer, name) != getattr(row, name)]
    if overtaken:
        raise _overtaken(", ".join(name.replace("_", " ") for name in overtaken))
    return values


def _contacts(customer: Customer, row: Row) -> dict[str, str]:
    """Return the main address and number as they were before the act that ``row`` is part of."""
    rows = ContactPoint.history.filter(
        customer_id=customer.pk,
        request_id=row.request_id,
        history_date__gte=row.history_date - ONE_ACT,
        history_date__lte=row.history_date + ONE_ACT,
    )
    kinds = sorted(set(rows.values_list("kind", flat=True)))
    return {kind: _before(customer, kind, rows.filter(kind=kind)) for kind in kinds}


def _before(customer: Customer, kind: str, rows: Any) -> str:
    ids = list(rows.order_by("history_id").values_list("history_id", flat=True))
    known = ContactPoint.history.filter(customer_id=customer.pk, kind=kind)
    if _main(known.filter(history_id__lte=ids[-1])) != _main(known):
        raise _overtaken(ContactKind(kind).label.lower())
    return _main(known.filter(history_id__lt=ids[0]))


def _addresses(customer: Customer, old: Row, row: Row) -> dict[UUID, Version]:
    """Return the further addresses that ``row`` was saved with, as they were before it."""
    written = PostalAddress.history.filter(
        customer_id=customer.pk,
        request_id=row.request_id,
        history_date__gt=old.history_date,
        history_date__lte=row.history_date,
    )
    found = {}
    for after in written.order_by("history_id"):
        own = PostalAddress.history.filter(id=after.id).order_by("-history_id")
        before = own.filter(history_id__lt=after.history_id).first()
        # One that came by a merge goes back with the merge.
        if before is None or before.customer_id == customer.pk:
            if own.first() != after:
                raise _overtaken("address")
            found[after.id] = _version(before)
    return found


def _version(row: Row | None) -> Version:
    if row is None or row.history_type == "-":
        return None
    return {name: getattr(row, name) for name in WRITTEN}


def _overtaken(what: str) -> CannotUndo:
    return CannotUndo(f"Changed again since: {what}. Take the newer change back first.")


def _main(rows: Any) -> str:
    """Return the main value after the last of ``rows``, the history of all points of a kind."""
    last = {row.id: row for row in rows.order_by("history_id")}
    main = (row for row in last.values() if row.is_primary and row.history_type != "-")
    return next((_typed(row) for row in main), "")


def _typed(row: Row) -> str:
    if row.kind == ContactKind.PHONE:
        return f"{row.normalized};ext={row.extension}" if row.extension else str(row.normalized)
    return str(row.value)
