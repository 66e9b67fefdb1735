"""What has to be true before the stack may start: room, ports, tables, static files."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from hub.embedded.hosting import port_is_free
from hub.installing.places import REQUIREMENTS, ROOT
from hub.installing.steps import output_of
from hub.management.stack import Place

NEEDED_BYTES = 500_000_000


class Refused(Exception):
    """Its text is the one sentence that the user reads."""


@contextmanager
def only_one(place: Place) -> Iterator[None]:
    """:raises Refused: this folder is up already."""
    place.folder.mkdir(exist_ok=True)
    with (place.folder / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Refused(f"This folder is up already, at {lock.read()}.") from None
        lock.truncate(0)
        lock.write(place.url)
        lock.flush()
        yield


def require_room(place: Place, free_bytes: int) -> None:
    if free_bytes < NEEDED_BYTES:
        raise Refused(f"No disk space: it needs 500 MB free in {place.folder.parent}.")


def require_port(place: Place) -> None:
    if not port_is_free(place.port, place.host):
        raise Refused(
            f"Port {place.port} is in use: stop what uses it, or choose another one, "
            f"such as --port {place.port + 1}."
        )


def manage(*arguments: str, env: Mapping[str, str]) -> None:
    """Run another command of ours in this terminal, without the log of what it does.

    :raises Refused: it failed; it has said why.
    """
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    quiet = {**env, "LOG_LEVEL": "WARNING"}
    if subprocess.run(command, env=quiet, check=False).returncode:  # noqa: S603
        raise Refused(f"`manage.py {' '.join(arguments)}` failed, so nothing was started.")


def load_demo(place: Place, env: Mapping[str, str]) -> None:
    (place.folder / "demo.txt").unlink(missing_ok=True)
    manage("demo", "--skip-checks", env=env)


def demo_credentials(place: Place, env: Mapping[str, str]) -> str:
    """How to sign in as each role: asked once, for the demo data stays as it was loaded."""
    note = place.folder / "demo.txt"
    if not note.exists():
        command = [sys.executable, str(ROOT / "manage.py"), "demo", "--credentials"]
        text = output_of(*command, "--skip-checks", env=env)
        note.touch(mode=0o600)
        note.write_text(text)
    return note.read_text()


def migrations_are_pending(owner_url: str) -> bool:
    """Asked without Django's connection: this process started before there was a database."""
    known = set(MigrationLoader(None).disk_migrations)
    with psycopg.connect(owner_url, connect_timeout=10) as connection:
        table = connection.execute("SELECT to_regclass('django_migrations')").fetchone()
        if not table or table[0] is None:
            return True
        applied = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    return not known <= set(applied)


def is_empty(url: str) -> bool:
    """Is there nobody yet who could sign in?"""
    table = get_user_model()._meta.db_table  # noqa: SLF001
    query = psycopg.sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(
        psycopg.sql.Identifier(table)
    )
    with psycopg.connect(url, connect_timeout=10) as connection:
        found = connection.execute(query).fetchone()
    return not (found and found[0])


def collect_static(place: Place) -> bool:
    """Return whether anything had changed since the last time."""
    stamp = place.folder / "static.stamp"
    current = static_digest()
    if stamp.exists() and stamp.read_text() == current and settings.STATIC_ROOT.exists():
        return False
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(current)
    return True


def static_digest() -> str:
    """Of names, sizes and times of our own files, and of the locked packages."""
    found = hashlib.sha256((REQUIREMENTS / "run.txt").read_bytes())
    found.update(Path(__file__).read_bytes())
    for entry in settings.STATICFILES_DIRS:
        folder = Path(str(entry[1] if isinstance(entry, tuple) else entry))
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                state = path.stat()
                found.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return found.hexdigest()
