"""Remember which customers are yet to be compared with all others, until it is done."""

import json
from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from customers.models import PendingComparison
from hub import outbox
from hub.actors import Actor, Source

COMPARE_TASK = "customers.compare"
COMPARE_IMPORTED_TASK = "customers.compare_imported"
_REMEMBER = """
    INSERT INTO customers_pendingcomparison (customer_id, imported)
    SELECT json_array_elements_text(%s::json)::uuid, %s ON CONFLICT DO NOTHING
"""
# Whoever changes a customer has it locked, and so nobody else this row.
_PREFER = """
    UPDATE customers_pendingcomparison SET imported = false, since = now()
    WHERE customer_id = ANY(%s) AND imported
"""


def compare_later(customer_ids: Iterable[UUID], *, by: Actor) -> None:
    """Note that these are to be compared with all others within a minute, bell or no bell.

    If ``by`` is an import they are compared when no import runs: its end rings, else the schedule
    does. Whom a person changes meanwhile no longer waits for that. The customers are locked.
    """
    ids, imported = list(customer_ids), by.source == Source.IMPORT
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, [json.dumps(list(map(str, ids))), imported])
        if imported:
            return
        cursor.execute(_PREFER, [ids])
    outbox.ring_after_commit(COMPARE_TASK)


def count_pending_imported() -> int:
    """Return how many imported customers are yet to be compared, of whatever file."""
    return PendingComparison.objects.filter(imported=True).count()
