"""Two workers at one import, one of them slow or failing at a moment that a test chooses."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from customers.importing import chunks as chunks_module
from customers.importing.chunks import ReservedChunk
from customers.importing.moving import Mover, moving
from customers.importing.requesting import start_import
from customers.models import CustomerImport
from tests.customers.importing.files import ada, checked, csv_of, told, work
from tests.factories.people import actor
from tests.factories.threads import at_once

LONG = 10.0
FIRST_ROW = 2  # the headings are the first line
CLAIRE_TWICE = [
    ("Claire", "Marchetti", "claire@x.example", ""),
    ("Ann", "Number 1", "ann1@x.example", ""),
    ("C.", "Marchetti", "claire@x.example", ""),
    ("Ann", "Number 2", "ann2@x.example", ""),
]


def started(*rows: tuple[str, ...]) -> CustomerImport:
    found = checked(csv_of(*rows))
    return start_import(found.pk, at=timezone.now(), by=actor(ada()))


def both_work(found: CustomerImport) -> list[object]:
    """Let two workers open one import, then do it to its end side by side."""
    both_opened = threading.Barrier(2)

    def act(_place: int) -> int:
        with moving(found.pk) as mover:
            assert mover
            both_opened.wait(timeout=LONG)
            steps = 0
            while mover.step(at=timezone.now()):
                steps += 1
        return steps

    return at_once(2, act)


def each_did_something(steps: list[object]) -> bool:
    return all(isinstance(count, int) and count > 0 for count in steps)


def without_a_look(mover: Mover, _position: int) -> CustomerImport:
    return CustomerImport.objects.select_for_update().get(pk=mover._id)


class SlowFirst:
    """Two workers: the one at the first chunk looks for nobody before ``go`` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *rows: tuple[str, ...]) -> None:
        self.go, self.has_reserved = threading.Event(), threading.Event()
        monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 2)
        monkeypatch.setattr(Mover, "_write", self._slowly(Mover._write))
        self.found = started(*rows)

    def _slowly(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def written(mover: Mover, rows: Any, chunk: ReservedChunk, **more: Any) -> Any:
            if chunk.after < FIRST_ROW:
                self.has_reserved.set()
                assert self.go.wait(LONG), "the second one neither waited nor went on"
            return write(mover, rows, chunk, **more)

        return written

    def step_both(self) -> list[object]:
        """Let one worker do the first chunk, and the other one the second chunk meanwhile."""

        def act(place: int) -> bool:
            with moving(self.found.pk) as mover:
                assert mover
                if place:
                    assert self.has_reserved.wait(LONG)
                return mover.step(at=timezone.now())

        return at_once(2, act)

    def outcomes(self) -> list[str]:
        return [row[1] for row in told(work(self.found))]


def setting(event: threading.Event, act: Callable[..., Any]) -> Callable[..., Any]:
    def call(*values: Any, **more: Any) -> Any:
        event.set()
        return act(*values, **more)

    return call
