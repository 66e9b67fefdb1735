"""Tags and colors of appointments: short words of the staff, always written the same way."""

import unicodedata
from collections.abc import Iterable

from hub.access import Access
from hub.errors import InvalidInput
from scheduling.models import Appointment, Color, Location
from scheduling.models.marks import MOST_TAGS, TAG_LENGTH, TAGGED

LOOKED_THROUGH = 500  # newest tagged appointments, for what is offered


def require_tags(words: Iterable[str]) -> list[str]:
    """Return ``words`` as they are kept: in lower case, single blanks, each once, in order.

    :raises InvalidInput: there are too many, one is too long, or no word.
    """
    tags = list(dict.fromkeys(tag for tag in map(require_tag, words) if tag))
    if len(tags) > MOST_TAGS:
        raise InvalidInput(f"At most {MOST_TAGS} tags, please.", field="tags")
    return tags


def require_tag(word: str) -> str:
    """Return one tag as it is kept; ``""`` for blanks.

    :raises InvalidInput: it is too long, or has characters that no tag has.
    """
    tag = " ".join(unicodedata.normalize("NFC", word).lower().split())
    if "," in tag or any(unicodedata.category(letter).startswith("C") for letter in tag):
        raise InvalidInput("A tag has no comma and no control characters.", field="tags")
    if len(tag) > TAG_LENGTH:
        raise InvalidInput(f"At most {TAG_LENGTH} characters for a tag, please.", field="tags")
    return tag


def is_tag(text: str) -> bool:
    """Whether ``text`` is a tag as it is kept."""
    try:
        return bool(text) and require_tag(text) == text
    except InvalidInput:
        return False


def require_color(name: str) -> str:
    """Return the name of a ``Color``, or ``""`` for that of the service.

    :raises InvalidInput: there is no such color.
    """
    if name and name not in Color.values:
        raise InvalidInput(f"One of {', '.join(Color.values)}, please.", field="color")
    return name


def known_tags(place: Location, access: Access) -> list[str]:
    """Return the tags that were used at ``place`` of late, as far as ``access`` sees them."""
    tagged = Appointment.objects.visible_to(access).filter(TAGGED, location=place)
    newest = tagged.order_by("-start_at", "-pk").values_list("tags", flat=True)
    return sorted({tag for tags in newest[:LOOKED_THROUGH] for tag in tags})
