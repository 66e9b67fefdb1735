"""The virtual environment and its locked packages."""

import os
import sys
from pathlib import Path

from hub.installing.pango import fetch_pango
from hub.installing.places import CACHE, PYTHON, REQUIREMENTS, VENV, digest
from hub.installing.steps import (
    SetUpFailed,
    apt_install,
    download_environment,
    may_use_apt,
    output_of,
    run_step,
    say,
)

UV_VERSION = "0.13.9"
UV = VENV / "bin/uv"
STAMP = VENV / ".stamp"


def packages_are_current(kind: str) -> bool:
    """The packages of the tests include those of ``up``."""
    if not STAMP.exists() or not PYTHON.exists():
        return False
    return STAMP.read_text() in {packages_digest(kind), packages_digest("test")}


def packages_digest(kind: str) -> str:
    return digest(REQUIREMENTS / f"{kind}.txt", salt=f"{kind} {sys.version}")


def install_packages(kind: str) -> None:
    STAMP.unlink(missing_ok=True)
    if not venv_works():
        make_venv()
    say("installing the locked Python packages")
    uv("sync", "--compile-bytecode", REQUIREMENTS / f"{kind}.txt")
    fetch_pango()
    STAMP.write_text(packages_digest(kind))


def venv_works() -> bool:
    """Is there a .venv of this very Python that has our uv?"""
    version = output_of(PYTHON, "-c", "import sys, pip; print(sys.version)")
    return version.strip() == sys.version.strip() and UV_VERSION in output_of(UV, "--version")


def make_venv() -> None:
    say("making .venv")
    command = (sys.executable, "-m", "venv", "--clear", str(VENV))
    try:
        run_step("making .venv", *command)
    except SetUpFailed:
        if not may_use_apt():
            raise SetUpFailed(
                "Python could not make a virtual environment (details: .run/setup.log). "
                "On Debian and Ubuntu its module is missing: sudo apt-get install python3-venv"
            ) from None
        apt_install("python3-venv")
        run_step("making .venv", *command)
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--no-cache-dir")
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    run_step("installing uv", *pip, f"uv=={UV_VERSION}", env=env)


def uv(verb: str, *arguments: str | Path) -> None:
    env = {
        "UV_CACHE_DIR": str(CACHE / "uv"),
        **download_environment(),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    env.pop("VIRTUAL_ENV", None)
    locked = ("--quiet", "--require-hashes", "--python", PYTHON)
    run_step("installing Python packages", UV, "pip", verb, *locked, *arguments, env=env)
