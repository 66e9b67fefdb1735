"""What shall go wrong, told over HTTP: a plan of faults, taken in order, each some times."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

ALWAYS = 1_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule. Without ``apply_then_fail`` the request never reaches the vendor's state.

    ``status`` 0 answers as usual (after the delay). ``drop_connection`` closes without a word.
    """

    method: str = ""
    path: str = "/"
    status: int = 0
    delay_s: float = 0.0
    times: int = 1
    apply_then_fail: bool = False
    drop_connection: bool = False
    retry_after: str = ""
    body: Mapping[str, object] | None = None

    @classmethod
    def from_json(cls, given: Mapping[str, object]) -> Self:
        """:raises ValueError: an unknown key, or a value of the wrong kind."""
        unknown = given.keys() - cls.__slots__
        if unknown:
            raise ValueError(f"unknown keys: {', '.join(sorted(map(str, unknown)))}")
        body = given.get("body")
        return cls(
            method=str(given.get("method") or "").upper(),
            path=str(given.get("path") or "/"),
            status=_integer(given.get("status"), 0),
            delay_s=float(str(given.get("delay_s") or 0)),
            times=_integer(given.get("times"), 1),
            apply_then_fail=given.get("apply_then_fail") is True,
            drop_connection=given.get("drop_connection") is True,
            retry_after=str(given.get("retry_after") or ""),
            body=body if isinstance(body, dict) else None,
        )

    def meets(self, method: str, path: str) -> bool:
        return self.method in {"", method} and path.startswith(self.path)

    @property
    def fails(self) -> bool:
        return self.drop_connection or self.status != 0


@dataclass(frozen=True, slots=True)
class Conditions:
    """How the vendor is as a whole: its clock, its search's lag, its largest page."""

    clock_offset_s: float = 0.0
    search_lag_s: float = 0.0
    page_size: int = 200

    def changed(self, given: Mapping[str, object]) -> "Conditions":
        return Conditions(
            clock_offset_s=float(str(given.get("clock_offset_s", self.clock_offset_s))),
            search_lag_s=float(str(given.get("search_lag_s", self.search_lag_s))),
            page_size=_integer(given.get("page_size"), self.page_size),
        )


class FaultPlan:
    """Shared by all request threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self.conditions = Conditions()

    def add(self, given: Mapping[str, object]) -> None:
        """Add a fault, or set conditions where one of their names is given.

        :raises ValueError: it cannot be read.
        """
        general = {name: given[name] for name in Conditions.__slots__ if name in given}
        rest = {name: value for name, value in given.items() if name not in general}
        fault = Fault.from_json(rest) if rest else None
        with self._lock:
            self.conditions = self.conditions.changed(general)
            if fault is not None:
                self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self.conditions = Conditions()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the first fault this request meets, and count it down."""
        with self._lock:
            for number, fault in enumerate(self._faults):
                if fault.meets(method, path):
                    if fault.times <= 1:
                        del self._faults[number]
                    elif fault.times < ALWAYS:
                        self._faults[number] = replace(fault, times=fault.times - 1)
                    return fault
        return None

    def as_json(self) -> dict[str, object]:
        with self._lock:
            faults = [{name: getattr(f, name) for name in Fault.__slots__} for f in self._faults]
            conditions = {n: getattr(self.conditions, n) for n in Conditions.__slots__}
        return {"faults": faults, **conditions}


def _integer(value: object, default: int) -> int:
    return default if value is None else int(str(value))
