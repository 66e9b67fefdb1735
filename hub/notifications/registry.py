"""What kinds of messages there are. Each app registers its own at start-up, from ``ready()``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain-text mail. Line breaks in ``subject`` become blanks."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Kind:
    """How to decide on, address and write one kind of message, all at the moment of sending.

    ``why_not`` says why it must not go out any more, ``""`` when it may; ``address`` gives the
    recipient's e-mail address, ``""`` when there is none.
    """

    name: str
    why_not: Callable[[Notification, datetime], str]
    address: Callable[[Notification], str]
    write: Callable[[Notification], Letter]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def kind_of(notification: Notification) -> Kind:
    """:raises LookupError: no app knows this kind."""
    return _kinds[notification.kind]
