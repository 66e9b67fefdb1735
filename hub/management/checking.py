"""The static checks: each tool with its result, mypy beside the tests because it takes longest."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.installing.places import ROOT, RUN

PROGRAMS = Path(sys.executable).parent
TEMPLATES = ROOT / "templates"
LOGS = RUN / "checks"
# Line breaks are the formatter's; components open a link or a button by a condition, which looks
# like an orphan, and declare their empty defaults in an element.
MISTAKEN = "--ignore=H015,H025,H026"


@dataclass(frozen=True)
class Result:
    name: str
    passed: bool
    seconds: float

    def __str__(self) -> str:
        return f"{self.name:<20} {'passed' if self.passed else 'FAILED'} {self.seconds:6.1f} s"


class Check:
    """One tool, running in the background; its output is shown when it failed."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.name = name
        self.started = time.monotonic()
        self.output = LOGS / f"{name.replace(' ', '-')}.log"
        LOGS.mkdir(parents=True, exist_ok=True)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(  # noqa: S603
                command,
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> "Check":
        return self

    def __exit__(self, *_: object) -> None:
        """An interrupted run takes its checks along."""
        self.process.kill()
        self.process.wait()

    def finish(self, say: Callable[[str], None]) -> Result:
        passed = self.process.wait() == 0
        result = Result(self.name, passed, time.monotonic() - self.started)
        say(str(result))
        if not passed:
            say(self.output.read_text(errors="replace"))
        return result


def quick_commands() -> dict[str, list[str]]:
    """What takes seconds, by the name of the tool."""
    pages = sorted(str(path.relative_to(ROOT)) for path in TEMPLATES.rglob("*.html"))
    djade = [tool("djade"), "--check", "--target-version", "5.2", *pages]
    djlint = [tool("djlint"), "templates", "--lint", "--profile=django", "--quiet", MISTAKEN]
    manage = [sys.executable, str(ROOT / "manage.py")]
    return {
        "ruff check": [tool("ruff"), "check", "--quiet"],
        "ruff format": [tool("ruff"), "format", "--check", "--quiet"],
        "import contracts": [tool("lint-imports"), "--no-cache"],
        "djade": djade,
        "djlint": djlint,
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
    }


def release_commands() -> dict[str, list[str]]:
    """What else must hold before a release: safe settings, and an API that says what it does."""
    manage = ["env", "PUBLIC_URL=https://hub.example", sys.executable, str(ROOT / "manage.py")]
    schema = ["spectacular", "--validate", "--fail-on-warn", "--file", os.devnull]
    return {
        "deployment": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        "OpenAPI": [*manage, *schema],
    }


def mypy_command() -> list[str]:
    return [tool("mypy"), "--no-error-summary", "."]


def tool(name: str) -> str:
    return str(PROGRAMS / name)


def run_each(
    commands: Mapping[str, Sequence[str]], env: Mapping[str, str], say: Callable[[str], None]
) -> list[Result]:
    return [Check(name, command, env).finish(say) for name, command in commands.items()]
