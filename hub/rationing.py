"""How often somebody may ask for something that is open to everybody.

Counted in the database: all web processes share one count, and a flushed Valkey resets none.
The counts of the API stay in memory (``hub.rest.throttling``): its callers are known.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import connection
from django.utils.crypto import salted_hmac


class TooManyRequests(Exception):
    """Try again in ``wait_seconds``."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"Too many requests: wait {wait_seconds} s.")
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, slots=True)
class Ration:
    """``most`` requests within ``window``, which begins with the first of them."""

    name: str
    most: int
    window: timedelta


def spend(ration: Ration, principal: str, *, at: datetime) -> None:
    """Count one request of ``principal``; to be called outside of a transaction that may fail.

    :raises TooManyRequests: the ration of this window is spent.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {"bucket": _bucket(ration, principal), "at": at, "ends_at": at + ration.window},
        )
        count, ends_at = cursor.fetchone()
    if count > ration.most:
        raise TooManyRequests(max(1, ceil((ends_at - at).total_seconds())))


def _bucket(ration: Ration, principal: str) -> str:
    """Return a keyed hash: who reads the table learns nobody's address."""
    name = f"{ration.name}:{principal}"
    return salted_hmac("hub.rationing", name, algorithm="sha256").hexdigest()


_COUNT = """
    INSERT INTO hub_requestcount AS known (bucket, count, ends_at)
    VALUES (%(bucket)s, 1, %(ends_at)s)
    ON CONFLICT (bucket) DO UPDATE SET
        count = CASE WHEN known.ends_at <= %(at)s THEN 1 ELSE known.count + 1 END,
        ends_at = CASE WHEN known.ends_at <= %(at)s THEN excluded.ends_at ELSE known.ends_at END
    RETURNING count, ends_at
"""
