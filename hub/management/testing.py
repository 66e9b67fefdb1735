"""One run of the tests: servers of its own, a browser where there is one, static checks."""

import contextlib
import fcntl
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from hub.embedded.postgres import Postgres
from hub.embedded.valkey import Valkey
from hub.installing.places import ROOT, RUN
from hub.management import browsers, checking, stack
from hub.management.checking import Check, Result

MOST_RUNS = 16
PASSED, NONE_CHOSEN = 0, 5  # as pytest ends
SPREAD = ("-n", "2", "--dist", "loadgroup")
# Who is who and what is in which state come before reminders and the look of documents (ID-8):
# while one of these fails, no other test is run.
FIRST = (
    "tests/customers",
    "tests/scheduling/test_attendance.py",
    "tests/scheduling/test_canceling.py",
    "tests/scheduling/test_rescheduling.py",
    "tests/billing/test_issuing.py",
    "tests/billing/test_payments.py",
    "tests/syncs/test_dispatch.py",
    "tests/syncs/test_jobs.py",
    "tests/syncs/test_merge.py",
    "tests/syncs/test_merged_customers.py",
    "tests/syncs/test_weekly_review.py",
)


class TooManyRuns(Exception):
    """Every folder for test servers is taken."""


def run_tests(arguments: Sequence[str], say: Callable[[str], None]) -> bool:
    """Return whether all passed. Named files or folders are run without the static checks."""
    with test_environment(say) as env:
        if names_tests(arguments):
            results = [run_pytest("pytest", arguments, env)]
        else:
            results = run_with_checks(checking.quick_commands(), arguments, env, say)
    conclude(results, env, say)
    return all(result.passed for result in results)


def run_everything(arguments: Sequence[str], say: Callable[[str], None]) -> bool:
    """Return whether all passed, after a list of every part with its result."""
    with test_environment(say) as env:
        commands = checking.quick_commands() | checking.release_commands()
        results = run_with_checks(commands, arguments, env, say)
    say("\n".join(map(str, results)))
    conclude(results, env, say)
    return all(result.passed for result in results)


def run_with_checks(
    commands: Mapping[str, Sequence[str]],
    arguments: Sequence[str],
    env: Mapping[str, str],
    say: Callable[[str], None],
) -> list[Result]:
    with Check("mypy", checking.mypy_command(), env) as mypy:
        results = checking.run_each(commands, env, say)
        return [*results, *run_in_order(arguments, env, say), mypy.finish(say)]


def run_in_order(
    arguments: Sequence[str], env: Mapping[str, str], say: Callable[[str], None]
) -> list[Result]:
    """Run the tests of ``FIRST``, and all others once these have passed.

    Arguments may choose none of the first ones, such as ``-k totals``.
    """
    fine = (PASSED, NONE_CHOSEN) if arguments else (PASSED,)
    first = run_pytest("identity and status", [*SPREAD, *arguments, *FIRST], env, fine=fine)
    if not first.passed:
        say("NOT RUN: all other tests, for identity and status come before them")
        return [first]
    others = [f"--ignore={path}" for path in FIRST]
    return [first, run_pytest("pytest", [*SPREAD, *arguments, *others], env)]


def conclude(
    results: Sequence[Result], env: Mapping[str, str], say: Callable[[str], None]
) -> None:
    failed = [result.name for result in results if not result.passed]
    if len(results) > 1:
        say(f"FAILED: {', '.join(failed)}" if failed else f"all {len(results)} parts passed")
    if "HUB_NO_BROWSER" in env:
        say(f"NOT RUN: the browser tests, for there is no Chromium here ({browsers.HOW_TO})")


def names_tests(arguments: Sequence[str]) -> bool:
    return any((ROOT / argument.partition("::")[0]).exists() for argument in arguments)


def run_pytest(
    name: str,
    arguments: Sequence[str],
    env: Mapping[str, str],
    *,
    fine: Sequence[int] = (PASSED,),
) -> Result:
    command = [sys.executable, "-m", "pytest", *arguments]
    started = time.monotonic()
    ended = subprocess.run(command, cwd=ROOT, env=env, check=False)  # noqa: S603
    return Result(name, ended.returncode in fine, time.monotonic() - started)


@contextlib.contextmanager
def test_environment(say: Callable[[str], None]) -> Iterator[dict[str, str]]:
    """Fast, forgetful servers unless the environment names some; gone afterwards."""
    with own_folder() as folder, contextlib.ExitStack() as stopping:
        servers = stack.servers(folder, durable=False)
        stopping.callback(discard, servers, folder)
        for server in servers:
            server.start()
        place = stack.Place(folder, "127.0.0.1", 8000)
        env = stack.environment(place, demo_ports=None) | stack.server_environment(servers)
        env.setdefault("DATABASE_OWNER_URL", env["DATABASE_URL"])
        yield env | {"DOCUMENTS_ROOT": str(folder / "documents")} | browser_environment(say)


def discard(servers: Sequence[Postgres | Valkey], folder: Path) -> None:
    for server in servers:
        server.discard()
    shutil.rmtree(folder, ignore_errors=True)


def browser_environment(say: Callable[[str], None]) -> dict[str, str]:
    found = browsers.ensure_chromium(say)
    return {"CHROMIUM": found} if found else {"HUB_NO_BROWSER": "1"}


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """The first of .run/test-1, -2 … that no other run holds."""
    RUN.mkdir(exist_ok=True)
    for number in range(1, MOST_RUNS + 1):
        with (RUN / f"test-{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            folder = RUN / f"test-{number}"
            if folder.exists():
                discard(stack.servers(folder), folder)  # of a run that was killed
            folder.mkdir()
            yield folder
            return
    raise TooManyRuns(f"{MOST_RUNS} test runs are going on in this folder.")
