"""Names in braces that stand for what a message is about: “Hello {customer}”.

What is put in is never read again, so a customer called “{link}” stays one. Messages are plain
text: nothing in it is markup, and a subject stays one line.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from hub.errors import InvalidInput
from scheduling.models.messages import SUBJECT_LENGTH, TEXT_LENGTH, MessageKind
from scheduling.texts import require_text

MEANINGS = {
    "customer": "the name of the customer",
    "service": "the service",
    "when": "date and time, on the clock of the location",
    "staff": "who does it",
    "location": "the name of the location",
    "number": "the number of the appointment",
    "business": "the name of the business",
    "before": "the earlier date and time, of a message about a new time",
    "link": "the address to confirm, change or cancel it; it is below the text anyway",
}
_NAMED = re.compile(r"\{([^{}]*)\}")
_MOVED_ONLY = {"before"}
_NOT_IN_SUBJECT = {"link"}  # whoever has it can act for the customer


def require_wording(text: str, *, field: str, kind: str) -> str:
    """Return ``text`` of a template, for ``field`` “subject” or “text”, as it is kept.

    :raises InvalidInput: it is too long, has characters of control, more than one line in the
        subject, or a placeholder that there is not.
    """
    is_subject = field == "subject"
    longest = SUBJECT_LENGTH if is_subject else TEXT_LENGTH
    kept = require_text(text.replace("\r\n", "\n"), field=field, longest=longest)
    if is_subject and len(kept.splitlines()) > 1:
        raise InvalidInput("The subject is one line.", field=field)
    if any(unicodedata.category(one) in ("Cc", "Cs") for one in kept.replace("\n", "")):
        raise InvalidInput("Control characters are not allowed.", field=field)
    known = names_for(kind, is_subject=is_subject)
    for name in _NAMED.findall(kept):
        if name not in known:
            raise InvalidInput(
                f"There is no placeholder {{{name[:40]}}} here. There are {_listed(known)}.",
                field=field,
            )
    return kept


def names_for(kind: str, *, is_subject: bool = False) -> list[str]:
    """Return the names that a message of ``kind`` knows, in the order they are explained in."""
    left_out = set() if kind == MessageKind.MOVED else _MOVED_ONLY
    left_out = left_out | (_NOT_IN_SUBJECT if is_subject else set())
    return [name for name in MEANINGS if name not in left_out]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put ``values`` in for their names; what has none stays as it is."""
    return _NAMED.sub(lambda found: values.get(found[1], found[0]), text)


def fill_subject(text: str, values: Mapping[str, str]) -> str:
    """Do what ``fill`` does, in one line whatever the values hold."""
    return " ".join(fill(text, values).split())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
