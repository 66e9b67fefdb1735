"""Remember which customers are yet to be compared with all others, until it is done."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from hub import outbox

COMPARE_TASK = "customers.compare"
_REMEMBER = """
    INSERT INTO customers_pendingcomparison (customer_id) SELECT unnest(%s::uuid[])
    ON CONFLICT DO NOTHING
"""


def compare_later(customer_ids: Iterable[UUID]) -> None:
    """Have these looked at for duplicates within a minute; the row is the order, not the bell."""
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, [list(customer_ids)])
    outbox.ring_after_commit(COMPARE_TASK)
