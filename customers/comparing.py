"""Remember which customers are yet to be compared with all others, until it is done."""

from collections.abc import Iterable
from uuid import UUID

from customers.models import PendingComparison
from hub import outbox

COMPARE_TASK = "customers.compare"


def compare_later(customer_ids: Iterable[UUID]) -> None:
    """Have these looked at for duplicates within a minute; the row is the order, not the bell."""
    PendingComparison.objects.bulk_create(
        (PendingComparison(customer_id=customer_id) for customer_id in customer_ids),
        ignore_conflicts=True,
    )
    outbox.ring_after_commit(COMPARE_TASK)
