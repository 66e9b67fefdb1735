"""One long-running program: started with a log of its own, watched, restarted, ended."""

import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hub.embedded import ending
from hub.installing.places import ROOT

LARGEST_LOG_BYTES = 10_000_000
MOST_DEATHS = 5
STEADY_SECONDS = 60


class Service(Protocol):
    """What the supervisor keeps alive: a program of ours or an embedded server."""

    @property
    def name(self) -> str: ...
    @property
    def log(self) -> Path: ...
    def start(self) -> object: ...
    def stop(self, patience_seconds: float) -> None: ...
    def has_ended(self) -> bool: ...


class GaveUp(Exception):
    """A service that ends as soon as it is started; the text carries the end of its log."""


@dataclass
class Program:
    """A command in a session of its own, so that Ctrl-C reaches it through the supervisor only."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.folder / "logs" / f"{self.name}.log"

    @property
    def note(self) -> Path:
        return self.folder / "running" / f"{self.name}.pid"

    def start(self) -> None:
        for path in (self.log, self.note):
            path.parent.mkdir(parents=True, exist_ok=True)
        keep_short(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.note.write_text(f"{self.process.pid}\n{' '.join(self.command)}")

    def stop(self, patience_seconds: float) -> None:
        if self.process:
            ending.end_child(self.process, signal.SIGTERM, patience_seconds=patience_seconds)
            ending.end_group(self.process.pid)
            self.note.unlink(missing_ok=True)

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


def end_leftovers(folder: Path) -> None:
    """End what a supervisor that was killed has left running."""
    for note in (folder / "running").glob("*.pid"):
        pid, command = ending.noted_pid(note), note.read_text().partition("\n")[2]
        if pid is not None and command:
            ending.end_orphan(pid, command, signal.SIGTERM, patience_seconds=5)
        note.unlink()


@dataclass
class Watch:
    """The life of one service: each death is said, and waits longer for its restart."""

    service: Service
    say: Callable[[str], None]
    deaths: int = 0
    started_at: float = 0
    retry_at: float | None = None

    def start(self, at: float) -> None:
        self.service.start()
        self.started_at, self.retry_at = at, None

    def tend(self, at: float) -> None:
        """Look after it; ``at`` is in seconds of any steady clock.

        :raises GaveUp: it ended five times without a steady minute in between.
        """
        if self.retry_at is None:
            if self.service.has_ended():
                self._note_death(at)
        elif at >= self.retry_at:
            self.start(at)

    def _note_death(self, at: float) -> None:
        self.deaths = 1 if at - self.started_at > STEADY_SECONDS else self.deaths + 1
        name, log = self.service.name, self.service.log
        if self.deaths >= MOST_DEATHS:
            raise GaveUp(
                f"{name} ended {self.deaths} times in a row, so all is stopped. {tail(log)}"
            )
        pause_seconds = 2.0 ** (self.deaths - 2)
        self.retry_at = at + pause_seconds
        self.say(f"{name} ended; it starts again in {pause_seconds:g} s (see {log})")


def tail(log: Path, lines: int = 15) -> str:
    if not log.exists():
        return "It left no log."
    last = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join([f"The end of {log}:", *last])


def keep_short(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
