"""Check a status change against a table of allowed transitions."""

from collections.abc import Mapping, Set
from typing import TypeVar

from hub.errors import DomainError

Status = TypeVar("Status", bound=str)


class IllegalTransition(DomainError):
    code = "illegal_transition"


def require_transition(
    allowed: Mapping[Status, Set[Status]], *, current: Status, target: Status
) -> None:
    """Allow ``current`` → ``target``, or raise.

    :raises IllegalTransition: the table has no such edge.
    """
    if target not in allowed[current]:
        raise IllegalTransition(
            f"This is {_words(current)} and cannot become {_words(target)}.",
            details={"current": str(current), "target": str(target)},
        )


def _words(status: str) -> str:
    return str(getattr(status, "label", status)).replace("_", " ").lower()
