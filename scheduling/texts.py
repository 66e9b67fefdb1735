"""What people and tools write: within its length, without characters no database can keep."""

from hub.errors import InvalidInput

NOTES_LENGTH = 4000
CUSTOMER_NOTES_LENGTH = 1000
REASON_LENGTH = 200
OVERRIDE_LENGTH = 100


def require_text(text: str, *, field: str, longest: int) -> str:
    """Return ``text`` without surrounding blanks.

    :raises InvalidInput: too long, or with NUL characters, which PostgreSQL cannot store.
    """
    if "\x00" in text:
        raise InvalidInput("Null characters are not allowed.", field=field)
    kept = text.strip()
    if len(kept) > longest:
        raise InvalidInput(f"At most {longest} characters, please.", field=field)
    return kept


def require_reason(text: str, *, field: str = "reason") -> str:
    """Return the reason somebody gave.

    :raises InvalidInput: none was given, or a far too long one.
    """
    kept = require_text(text, field=field, longest=REASON_LENGTH)
    if not kept:
        raise InvalidInput("Say why, please.", field=field)
    return kept
