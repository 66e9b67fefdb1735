"""Ending processes: our children, and what an earlier run that was killed has left behind."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from hub.embedded.hosting import command_of

POLL_SECONDS = 0.05


def end_child(
    child: subprocess.Popen[bytes], *signals: signal.Signals, patience_seconds: float = 10
) -> None:
    """Send one signal after the other, each with its patience, then kill."""
    for number in signals:
        if child.poll() is not None:
            return
        child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience_seconds)
    if child.poll() is None:
        child.kill()
        child.wait()


def end_group(pid: int) -> None:
    """Kill what a process that led its own session may have left behind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end_orphan(pid: int, mark: str, number: signal.Signals, patience_seconds: float = 20) -> None:
    """End a process of an earlier run, told from a stranger with its old id by ``mark``."""
    if mark not in command_of(pid):
        return
    for each in (number, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, each)
        limit = time.monotonic() + patience_seconds
        while mark in command_of(pid) and time.monotonic() < limit:
            time.sleep(POLL_SECONDS)
    end_group(pid)


def noted_pid(path: Path) -> int | None:
    """Return the process id on the first line of ``path``."""
    try:
        first = path.read_text().partition("\n")[0].strip()
    except OSError:
        return None
    return int(first) if first.isdigit() else None
