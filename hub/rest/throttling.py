"""How much one principal may ask in a minute.

Counted in the memory of each web process: losing the broker or the database changes nothing, and
no request pays for a round trip. With n processes the bound is n times the setting.
"""

import time
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left for a principal, and in how many seconds it is full again."""

    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={self.remaining};t={self.reset_seconds}',
        }


class Counter:
    """Counts per principal within a window that is the same for all, and forgets at its end."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._window = 0
        self._counts: dict[str, int] = {}

    def count(self, principal: str, *, at: float) -> int:
        window = int(at // WINDOW_SECONDS)
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, {}
            self._counts[principal] = self._counts.get(principal, 0) + 1
            return self._counts[principal]

    def seconds_to_wait(self, principal: str, *, limit: int, at: float) -> int:
        """Count, and return how long to wait for the next window; 0 within ``limit``."""
        return 0 if self.count(principal, at=at) <= limit else _seconds_left(at)


def _seconds_left(at: float) -> int:
    return WINDOW_SECONDS - int(at % WINDOW_SECONDS)


COUNTER = Counter()


class PrincipalThrottle(BaseThrottle):
    def allow_request(self, request: Request, view: Any) -> bool:
        now = time.time()
        used = COUNTER.count(principal_of(request), at=now)
        limit = settings.API_REQUESTS_PER_MINUTE
        reset = _seconds_left(now)
        self.allowance = view.allowance = Allowance(limit, max(limit - used, 0), reset)
        return bool(used <= limit)

    def wait(self) -> float:
        return self.allowance.reset_seconds


def principal_of(request: Request) -> str:
    """Name who is counted. Forwarded addresses are not looked at: anybody can write them."""
    if request.user.is_authenticated:
        return f"{type(request.user).__name__}:{request.user.pk}"
    return f"address:{request.META.get('REMOTE_ADDR', '')}"
