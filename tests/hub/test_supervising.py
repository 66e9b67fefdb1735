"""Programs that die, and ends that must leave nothing running."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.embedded.hosting import command_of
from hub.management.programs import GaveUp, Program, Watch, end_leftovers
from hub.management.supervising import Supervisor

WAITING = "import time\nprint('up', flush=True)\ntime.sleep(60)"
DEAF = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{WAITING}"
FAILING = "print('no such table', flush=True); raise SystemExit(3)"
WITH_CHILD = (
    f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {WAITING!r}])\n{DEAF}"
)


def program(folder: Path, name: str, script: str) -> Program:
    return Program(name, [sys.executable, "-c", script], dict(os.environ), folder)


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def has_said(found: Program, text: str) -> bool:
    return found.log.exists() and text in found.log.read_text()


def test_a_program_that_dies_is_started_again_after_a_pause_and_said(tmp_path: Path) -> None:
    said: list[str] = []
    found = program(tmp_path, "web", WAITING)
    watch = Watch(found, said.append)
    watch.start(at=0)
    assert found.process
    found.process.kill()
    found.process.wait()

    watch.tend(at=10)
    watch.tend(at=10.4)
    resting = found.has_ended()
    watch.tend(at=10.6)

    assert resting
    assert not found.has_ended()
    assert said == [f"web ended; it starts again in 0.5 s (see {found.log})"]
    found.stop(5)


def test_a_program_that_dies_five_times_in_a_row_ends_it_all_with_its_log(tmp_path: Path) -> None:
    said: list[str] = []
    found = program(tmp_path, "web", FAILING)
    watch = Watch(found, said.append)
    watch.start(at=0)

    with pytest.raises(GaveUp, match=r"web ended 5 times in a row(.|\n)*no such table"):
        tend_for_a_minute(watch)

    assert [line.partition(" in ")[2][:5] for line in said] == ["0.5 s", "1 s (", "2 s (", "4 s ("]


def tend_for_a_minute(watch: Watch) -> None:
    for second in range(60):
        assert until(watch.service.has_ended)
        watch.tend(at=second)


def test_deaths_are_forgotten_after_a_steady_minute(tmp_path: Path) -> None:
    said: list[str] = []
    found = program(tmp_path, "web", FAILING)
    watch = Watch(found, said.append)
    watch.start(at=0)

    for minute in range(1, 12):
        assert until(found.has_ended)
        watch.tend(at=minute * 100)
        watch.tend(at=minute * 100 + 1)

    assert watch.deaths == 1
    found.stop(5)


def test_stages_end_in_reverse_and_what_is_deaf_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda _: None)
    server, deaf = program(tmp_path, "server", WAITING), program(tmp_path, "deaf", DEAF)
    for each in (server, deaf):
        supervisor.start(each)
        assert until(lambda each=each: has_said(each, "up"))  # type: ignore[misc]

    began = time.monotonic()
    supervisor.stop()

    assert time.monotonic() - began < 15
    assert server.process
    assert deaf.process
    assert (server.process.returncode, deaf.process.returncode) == (
        -signal.SIGTERM,
        -signal.SIGKILL,
    )


def test_children_of_an_ended_program_end_with_it(tmp_path: Path) -> None:
    found = program(tmp_path, "worker", WITH_CHILD)
    found.start()
    assert until(lambda: found.log.exists() and found.log.read_text().count("up") == 2)
    assert found.process
    group = found.process.pid

    found.stop(0.2)

    assert until(lambda: not members(group))


def test_what_a_killed_supervisor_left_running_is_ended_at_the_next_start(tmp_path: Path) -> None:
    before = program(tmp_path, "web", WAITING)
    before.start()
    assert until(lambda: has_said(before, "up"))
    assert before.process

    end_leftovers(tmp_path)

    assert before.process.wait(5) == -signal.SIGTERM
    assert not before.note.exists()


def test_a_stranger_with_a_noted_id_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        found = program(tmp_path, "web", WAITING)
        found.note.parent.mkdir()
        found.note.write_text(f"{stranger.pid}\n{' '.join(found.command)}")

        end_leftovers(tmp_path)

        assert stranger.poll() is None
        stranger.communicate(b"\n")


def members(group: int) -> list[int]:
    """Return the living processes of a group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            if os.getpgid(pid) == group and command_of(pid):
                found.append(pid)
        except ProcessLookupError:
            continue
    return found
