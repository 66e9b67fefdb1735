"""Take a customer to change it, locked and still a record of its own; tell that it was."""

from uuid import UUID

from customers import details
from customers.models import Customer
from hub import history, outbox
from hub.access import Access
from hub.actors import Actor
from hub.errors import DomainError
from hub.events import EventName


class MergedAway(DomainError):
    """The record was merged into another; ``survivor_id`` is whom to change instead."""

    code = "merged_away"

    def __init__(self, merged: Customer, survivor: Customer) -> None:
        self.survivor_id = survivor.pk
        super().__init__(
            f"{merged.code} was merged into {survivor.name}, {survivor.code}. Change that one.",
            details={"merged_into": survivor.code},
        )


def changeable(customer_id: UUID, *, allowed: Access) -> Customer:
    """Lock the customer's row; whoever was erased or merged away does not change any more.

    The row is read as it is once the lock is there: a merge that was faster has happened.

    :raises Customer.DoesNotExist: there is none, it was erased, or it is not to be seen.
    :raises MergedAway: it is part of another record by now.
    """
    visible = Customer.objects.visible_to(allowed).values("pk")
    known = Customer.objects.select_for_update().filter(pk__in=visible, erased_at=None)
    customer = known.get(pk=customer_id)
    require_own_record(customer)
    return customer


def note_change(customer: Customer, *names: str, by: Actor) -> None:
    """Raise the version of a customer whose rows beside the record changed, and announce it.

    ``names`` say what was changed; no value is repeated.
    """
    history.save(customer, fields=[], by=by)
    told = details.announced(dict.fromkeys(names, ("", "")))
    outbox.record(EventName.CUSTOMER_UPDATED, subject=customer, by=by, fields=told)


def require_own_record(customer: Customer) -> None:
    """:raises MergedAway: the record was merged into another."""
    if customer.canonical is not None:
        raise MergedAway(customer, customer.canonical)
