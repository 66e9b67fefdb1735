"""Remember which customers are yet to be compared with all others, until it is done."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from customers.models import PendingComparison
from hub import outbox
from hub.actors import Actor, Source

COMPARE_TASK = "customers.compare"
COMPARE_IMPORTED_TASK = "customers.compare_imported"
_REMEMBER = """
    INSERT INTO customers_pendingcomparison (customer_id, imported) SELECT unnest(%s::uuid[]), %s
    ON CONFLICT DO NOTHING
"""
# Whoever is just compared is left alone: that comparison sees the change, and begins again.
_PREFER = """
    UPDATE customers_pendingcomparison SET imported = false, since = now()
    WHERE customer_id IN (
        SELECT customer_id FROM customers_pendingcomparison
        WHERE customer_id = ANY(%s) AND imported FOR UPDATE SKIP LOCKED
    )
"""


def compare_later(customer_ids: Iterable[UUID], *, by: Actor) -> None:
    """Have these looked at for duplicates within a minute; the row is the order, not the bell.

    Who is imported is looked at after the import, which rings then.
    """
    ids, imported = list(customer_ids), by.source == Source.IMPORT
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, [ids, imported])
        if imported:
            return
        cursor.execute(_PREFER, [ids])
    outbox.ring_after_commit(COMPARE_TASK)


def imported_waiting() -> int:
    """Return how many imported customers are yet to be compared, whatever file they came from."""
    return PendingComparison.objects.filter(imported=True).count()
