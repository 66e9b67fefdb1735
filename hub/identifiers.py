"""Ids: time-ordered UUIDs inside, ``cus_…`` style text outside. Never a row number."""

import os
import time
from collections import deque
from uuid import UUID

from django.db import connection

from hub.errors import DomainError

RANDOM_BYTES = 10
# One system call for many ids: it costs more than the rest of an id.
IDS_PER_REFILL = 400
_random: deque[bytes] = deque()
os.register_at_fork(after_in_child=_random.clear)  # or parent and child would make the same ids


class UnknownId(DomainError):
    code = "unknown_id"


def uuid7() -> UUID:
    """Return a version 7 UUID (RFC 9562): 48 bits of Unix milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(_random_bytes())
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def _random_bytes() -> bytes:
    try:
        return _random.pop()
    except IndexError:
        many = os.urandom(RANDOM_BYTES * IDS_PER_REFILL)
        _random.extend(
            many[start : start + RANDOM_BYTES] for start in range(0, len(many), RANDOM_BYTES)
        )
        return os.urandom(RANDOM_BYTES)  # another thread may have taken all of them again


def next_of(sequence: str) -> int:
    """Take the next number of a database sequence; a rollback leaves a gap, unlike invoices."""
    return next_many_of(sequence, 1)[0]


def next_many_of(sequence: str, count: int) -> list[int]:
    """Take the next ``count`` numbers of a database sequence, lowest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count]
        )
        return sorted(int(number) for (number,) in cursor.fetchall())


def public_id(prefix: str, value: UUID) -> str:
    return f"{prefix}_{value.hex}"


def parse_public_id(prefix: str, text: str) -> UUID:
    """Turn ``prefix_<32 hex digits>`` back into its UUID.

    :raises UnknownId: another prefix, or not 32 hexadecimal digits.
    """
    head, _, digits = text.partition("_")
    if head != prefix or len(digits) != 32:  # noqa: PLR2004
        raise UnknownId(f"“{text[:60]}” is not an id that starts with {prefix}_.")
    try:
        return UUID(hex=digits)
    except ValueError:
        raise UnknownId(f"“{text[:60]}” is not an id that starts with {prefix}_.") from None
