"""Set-up by the standard library alone, then over to .venv's Python.

It writes to .venv, .run and hub/static/vendor only. Each part is stamped once it is whole: an
interrupted set-up goes on where it stopped, a finished one costs a few milliseconds.
"""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from hub.installing import pango
from hub.installing.frontend import assets_are_current, install_assets
from hub.installing.packages import STAMP, install_packages, packages_are_current
from hub.installing.places import CACHE, PYTHON, ROOT, RUN, VENV
from hub.installing.steps import SetUpFailed, explain_os_error, say

TEST_COMMANDS = {"test", "check_all", "bench"}
NEEDED_BYTES = 1_500_000_000


def ensure(argv: list[str]) -> None:
    """Set up what is missing and go on as .venv's Python. ``HUB_READY=1`` skips it all."""
    if os.environ.get("HUB_READY"):
        return
    os.umask(0o022)  # the database server runs as another user and reads its programs here
    try:
        set_up("test" if set(argv[1:2]) & TEST_COMMANDS else "up")
        os.environ.update(environment())
    except SetUpFailed as failure:
        sys.exit(str(failure))
    except OSError as error:
        sys.exit(explain_os_error(error))
    except KeyboardInterrupt:
        sys.exit("Set-up was interrupted. The next start goes on from here.")
    os.execv(PYTHON, [str(PYTHON), *argv])  # noqa: S606


def set_up(kind: str) -> None:
    if packages_are_current(kind) and assets_are_current():
        return
    with only_one():
        require_space(shutil.disk_usage(ROOT).free)
        if not packages_are_current(kind):
            install_packages(kind)
        if not assets_are_current():
            install_assets()
        shutil.rmtree(CACHE, ignore_errors=True)
        say("the set-up is complete")


@contextmanager
def only_one() -> Iterator[None]:
    RUN.mkdir(exist_ok=True)
    with (RUN / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up runs in this folder: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def require_space(free_bytes: int) -> None:
    if not STAMP.exists() and free_bytes < NEEDED_BYTES:
        raise SetUpFailed(f"No disk space: the set-up needs 1.5 GB free in {ROOT}.")


def environment() -> dict[str, str]:
    """What the programs we start must know: our programs first, Pango, a home to write to."""
    found = {"HUB_READY": "1", "PATH": f"{VENV / 'bin'}:{os.environ.get('PATH', os.defpath)}"}
    home = os.environ.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        (RUN / "home").mkdir(parents=True, exist_ok=True)
        found["HOME"] = str(RUN / "home")
    return found | pango.environment()
