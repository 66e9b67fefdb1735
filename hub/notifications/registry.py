"""What kinds of messages there are. Each app registers its own at start-up, from ``ready()``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain-text mail. Line breaks in ``subject`` become blanks.

    ``event`` is an iCalendar file for the recipient's own calendar, ``method`` what it asks for:
    REQUEST or CANCEL (RFC 5546).
    """

    subject: str
    body: str
    event: bytes = b""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """A message must wait; it is decided on anew at ``until``."""

    reason: str
    until: datetime


def _at_once(_: Notification, __: datetime) -> Hold | None:
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """How to decide on, address and write one kind of message, all at the moment of sending.

    ``why_not`` says why it must not go out any more, ``""`` when it may; ``hold`` says why it
    must wait, if it must; ``address`` gives the recipient's e-mail address, ``""`` when there
    is none. What ``is_held_by_others`` waits also for the holds of other apps.
    """

    name: str
    why_not: Callable[[Notification, datetime], str]
    address: Callable[[Notification], str]
    write: Callable[[Notification], Letter]
    hold: Callable[[Notification, datetime], Hold | None] = _at_once
    is_held_by_others: bool = False


_holds: list[Callable[[Notification, datetime], Hold | None]] = []
_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def register_hold(hold: Callable[[Notification, datetime], Hold | None]) -> None:
    """Let an app hold messages about records of the apps below it; at start-up."""
    if hold not in _holds:
        _holds.append(hold)


def held(kind: Kind, notification: Notification, at: datetime) -> Hold | None:
    """Return the first reason for ``notification`` to wait, if there is one."""
    others = _holds if kind.is_held_by_others else ()
    found = (hold(notification, at) for hold in (kind.hold, *others))
    return next((hold for hold in found if hold), None)


def kind_of(notification: Notification) -> Kind:
    """:raises LookupError: no app knows this kind."""
    return _kinds[notification.kind]
