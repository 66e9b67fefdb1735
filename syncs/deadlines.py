"""The time one run may spend on calls, so that it lets go before its lease can be taken over."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from syncs.failures import Transient


@dataclass(frozen=True, slots=True)
class Deadline:
    """An end on the monotonic clock, with the limits of a single call inside it."""

    ends_at_monotonic: float
    connect_timeout_seconds: float
    read_timeout_seconds: float
    monotonic: Callable[[], float] = field(default=time.monotonic, repr=False, compare=False)

    @classmethod
    def hot(cls, *, budget_seconds: float = 10.0) -> "Deadline":
        """For appointments and invoice status; stays below the 15 s lease."""
        return cls(time.monotonic() + budget_seconds, 2.0, 6.0)

    @classmethod
    def long(cls, *, budget_seconds: float = 40.0) -> "Deadline":
        """For pulls, full runs and reconciling; stays below the 60 s lease."""
        return cls(time.monotonic() + budget_seconds, 3.0, 15.0)

    def remaining_seconds(self) -> float:
        return self.ends_at_monotonic - self.monotonic()

    def require_time(self) -> float:
        """Return the seconds left.

        :raises Transient: none is left; nothing has been sent.
        """
        left = self.remaining_seconds()
        if left <= 0:
            raise Transient("The run has used up its time.", code="deadline")
        return left
