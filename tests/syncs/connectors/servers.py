"""Real servers for connector tests, each its own process on a free port of this machine."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from hub.management.laboratory import free_port, wait_until

START_SECONDS = 20.0
RADICALE = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/collections
max_sync_token_age = {token_age_seconds}
[logging]
level = error
"""


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    port: int
    pid: int

    @property
    def allowed(self) -> tuple[tuple[str, int], ...]:
        return (("127.0.0.1", self.port),)


@contextmanager
def running(command: list[str], *, port: int, log: Path) -> Iterator[Server]:
    """Start ``command`` and wait until its port answers; end it afterwards."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)  # noqa: S603  (our own)
    try:
        wait_until(lambda: _answers(process, port, log), seconds=START_SECONDS)
        yield Server(f"http://127.0.0.1:{port}", port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def radicale(folder: Path, *, token_age_seconds: int = 2_592_000) -> Iterator[Server]:
    port = free_port()
    config = folder / "radicale.ini"
    config.write_text(
        RADICALE.format(port=port, folder=folder, token_age_seconds=token_age_seconds)
    )
    (folder / "users").write_text("ben:ben-secret\ncleo:cleo-secret\n")
    command = [sys.executable, "-m", "radicale", "--config", str(config)]
    with running(command, port=port, log=folder / "radicale.log") as server:
        yield server


@contextmanager
def hubspot_sandbox(folder: Path, *, port: int | None = None) -> Iterator[Server]:
    port = port or free_port()
    command = [sys.executable, "-m", "syncs.sandbox", "--vendor", "hubspot"]
    command += ["--port", str(port), "--store", str(folder / "hubspot.sqlite")]
    with running(command, port=port, log=folder / "hubspot.log") as server:
        yield server


def make_calendar(server: Server, name: str, *, user: str = "ben") -> str:
    url = f"{server.url}/{user}/{name}/"
    with httpx.Client(auth=(user, f"{user}-secret"), verify=False) as client:  # noqa: S501  (http)
        client.request("MKCALENDAR", url).raise_for_status()
    return url


def _answers(process: "subprocess.Popen[bytes]", port: int, log: Path) -> bool:
    if process.poll() is not None:
        raise RuntimeError(log.read_text())
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
