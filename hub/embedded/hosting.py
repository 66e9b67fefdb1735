"""What both servers need of the machine: a port, an unprivileged account, programs it may read."""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import socket
import stat
import subprocess
from pathlib import Path
from typing import TypedDict


class EmbeddedFailure(Exception):
    """Its text is the one sentence that the user reads."""


class Account(TypedDict, total=False):
    """Arguments of ``subprocess`` that hand a program to another user; empty for a plain user."""

    user: int
    group: int
    extra_groups: list[int]


def unprivileged() -> Account:
    """PostgreSQL refuses to run as root, so root hands its servers to ``nobody``."""
    if os.geteuid():
        return Account()
    nobody = pwd.getpwnam("nobody")
    return Account(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def remembered_port(path: Path) -> int:
    """Return the port noted in ``path`` while it is free; else a new one, which is noted."""
    if path.exists():
        noted = path.read_text().strip()
        if noted.isdigit() and port_is_free(int(noted)):
            return int(noted)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    path.write_text(str(port))
    return port


def package_folder(name: str) -> Path | None:
    """Find an installed package without importing it."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def anyone_may_enter(path: Path) -> bool:
    wanted = stat.S_IROTH | stat.S_IXOTH
    return all(folder.stat().st_mode & wanted == wanted for folder in (path, *path.parents))


def shared_home(home: Path) -> Path:
    """Return ``home``, or a folder of ours under /var/lib when ``nobody`` cannot enter it.

    A checkout in /root (0700) is such a case.
    """
    home.mkdir(parents=True, exist_ok=True)
    if not unprivileged() or anyone_may_enter(home):
        return home
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    shared = Path("/var/lib") / f"hub-{name}"
    shared.mkdir(exist_ok=True)
    shared.chmod(0o755)
    return shared


def shared_package(distribution: str, siblings: tuple[str, ...], shared: Path) -> Path:
    """Return the package's folder, or that of a copy in ``shared`` when only we can read it.

    ``siblings`` are the folders that belong together, the package's own first.
    """
    package = package_folder(siblings[0])
    if package is None:
        raise EmbeddedFailure(f"The package {distribution} is not installed.")
    if not unprivileged() or anyone_may_enter(package):
        return package
    copy = shared / f"{distribution}-{importlib.metadata.version(distribution)}"
    if not copy.exists():
        unfinished = copy.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for name in siblings:
            shutil.copytree(package.parent / name, unfinished / name, symlinks=True)
        open_to_all(unfinished)
        unfinished.rename(copy)
    return copy / siblings[0]


def open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if path.is_dir() or mode & stat.S_IXUSR else 0o044))


def command_of(pid: int) -> str:
    """Return the command line of a running process; empty when there is none."""
    if Path("/proc/self/cmdline").exists():
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return raw.replace(b"\0", b" ").decode(errors="replace")
    return subprocess.run(  # noqa: S603
        ["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    ).stdout
