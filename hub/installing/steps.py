"""Running one step of the set-up: quietly, logged, and with one sentence when it fails."""

import errno
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from hub.installing.places import RUN

NO_NETWORK = re.compile(
    r"name resolution|resolve host|dns error|error sending request|NewConnectionError|ENOTFOUND"
    r"|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|[Nn]etwork is unreachable|Connection refused|timed out"
)
STARTED = time.monotonic()


class SetUpFailed(Exception):
    """Its text is the one sentence that the user reads."""


def run_step(
    what: str, *command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """Return the output, which also goes to .run/setup.log.

    :raises SetUpFailed: it ended with an error; ``what`` completes "stopped while".
    """
    RUN.mkdir(exist_ok=True)
    ended = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        check=False,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    with (RUN / "setup.log").open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(map(str, command))}\n{ended.stdout}\n")
    if ended.returncode:
        raise SetUpFailed(explain(what, ended.stdout))
    return ended.stdout


def download_environment() -> dict[str, str]:
    """Ours, and the system's trusted certificates: neither uv nor npm looks for them."""
    bundle = ssl.get_default_verify_paths().cafile
    found = {"SSL_CERT_FILE": bundle, "NODE_EXTRA_CA_CERTS": bundle} if bundle else {}
    return {**found, **os.environ}


def output_of(*command: str | Path, env: Mapping[str, str] | None = None) -> str:
    """Return what it prints; nothing when it is missing or fails to start."""
    try:
        ended = subprocess.run(  # noqa: S603
            command, env=env, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return ended.stdout


def explain(what: str, output: str) -> str:
    if re.search(r"certificate", output, re.IGNORECASE):
        return (
            f"Set-up stopped while {what}: the download server's certificate is not trusted here. "
            "Set SSL_CERT_FILE to the bundle of your network and run the command again."
        )
    if "No space left on device" in output or "ENOSPC" in output:
        return f"The disk is full: set-up stopped while {what}. The next start goes on from there."
    if NO_NETWORK.search(output):
        return (
            f"No network: {what} needs to download and could not. "
            "Connect and run the command again; what is done is kept."
        )
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "no message")
    return f"Set-up stopped while {what}: {last.strip()} (all of it: .run/setup.log)"


def explain_os_error(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "The disk is full: set-up stopped. The next start goes on from there."
    return f"Set-up stopped: {error.strerror or error} ({error.filename})"


def say(text: str) -> None:
    sys.stderr.write(f"[{time.monotonic() - STARTED:5.1f}s] {text}\n")
    sys.stderr.flush()


def may_use_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*names: str) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")
    run_step("reading the package lists", *apt, "update", env=env)
    install = (*apt, "install", "-y", "--no-install-recommends")
    run_step(f"installing {names[0]}", *install, *names, env=env)
