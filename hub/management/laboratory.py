"""A throwaway copy of the whole stack, for measurements and for stories of many processes."""

import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from celery import current_app
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import connections

from hub.embedded.postgres import Postgres
from hub.embedded.valkey import Valkey
from hub.installing.places import ROOT
from hub.management import stack as parts
from hub.management.programs import Program
from hub.management.supervising import answers

READY_SECONDS = 120.0
LOWEST_PORT, PORTS = 20_000, 12_000


@dataclass
class Laboratory:
    """Web, workers, sweeper, PostgreSQL, Valkey, a calendar server and the CRM stand-in."""

    place: parts.Place
    postgres: Postgres
    valkey: Valkey
    environment: dict[str, str]
    programs: dict[str, Program]

    @property
    def url(self) -> str:
        return self.place.url

    @property
    def calendar_url(self) -> str:
        return self.environment["DEMO_CALENDAR_URL"]

    @property
    def crm_url(self) -> str:
        return self.environment["DEMO_CRM_URL"].rstrip("/")

    def kill(self, name: str) -> None:
        """End a program at once, as a power cut would."""
        process = self.programs[name].process
        if process is not None:
            process.send_signal(signal.SIGKILL)
            process.wait(10)

    def restart(self, name: str, **environment: str) -> None:
        """Start a program again, with a different environment if given."""
        program = self.programs[name]
        program.stop(10)
        program.environment = {**self.environment, **environment}
        program.start()

    def flush_valkey(self) -> None:
        redis.Redis.from_url(self.valkey.url).flushall()

    def restart_postgres(self) -> None:
        self.postgres.kill()
        connections["default"].close()
        self.postgres.start()

    def stop(self) -> None:
        with ThreadPoolExecutor() as at_once:
            list(at_once.map(lambda program: program.stop(8), self.programs.values()))


@contextmanager
def running(folder: Path, variables: Mapping[str, str]) -> Iterator[Laboratory]:
    """Start everything in ``folder`` and point this process at it; end it afterwards."""
    with started(folder, variables) as stack, pointed_at(stack):
        yield stack


@contextmanager
def started(folder: Path, variables: Mapping[str, str]) -> Iterator[Laboratory]:
    """Start everything in ``folder`` and wait until it answers; end it afterwards.

    What the servers stored is deleted, wherever it lies; the logs in ``folder`` stay.
    """
    folder.chmod(0o755)
    place = parts.Place(folder, "127.0.0.1", free_port())
    postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
    with ExitStack() as ending:
        ending.callback(postgres.discard)
        ending.callback(valkey.discard)
        postgres.start()
        valkey.start()
        stack = _stack(place, postgres, valkey, variables)
        ending.callback(stack.stop)
        for program in stack.programs.values():
            program.start()
        wait_until(lambda: answers(f"{place.url}/readyz"), seconds=READY_SECONDS)
        yield stack


def _stack(
    place: parts.Place, postgres: Postgres, valkey: Valkey, variables: Mapping[str, str]
) -> Laboratory:
    """Make the tables and name the programs; ``variables`` win over what they are told."""
    folder, ports = place.folder, (free_port(), free_port())
    environment = {
        **parts.environment(place, demo_ports=ports),
        "DATABASE_URL": postgres.urls.app,
        "DATABASE_OWNER_URL": postgres.urls.owner,
        "REDIS_URL": valkey.url,
        "STATIC_ROOT": str(folder / "static"),
        "DOCUMENTS_ROOT": str(folder / "documents"),
        "EMAIL_URL": f"filemail:///{folder}/mail",
        "LOG_LEVEL": "INFO",
        "HUB_TEST": "1",
        "HUB_READY": "1",
        **variables,
    }
    _prepare(environment, owner_url=postgres.urls.owner)
    services = [
        *parts.stand_ins(place, environment, ports),
        *parts.applications(place, environment),
    ]
    programs = {service.name: service for service in services if isinstance(service, Program)}
    return Laboratory(place, postgres, valkey, environment, programs)


@contextmanager
def pointed_at(stack: Laboratory) -> Iterator[None]:
    """Let Django in this process use the stack's database, bell and documents."""
    default = connections["default"]
    before = dict(default.settings_dict)
    broker, allowed = current_app.conf.broker_url, settings.SYNCS_ALLOWED_HOSTS
    keys, public = settings.FIELD_ENCRYPTION_KEYS, settings.PUBLIC_URL
    url = urlsplit(stack.postgres.urls.app)
    default.close()
    default.settings_dict.update(
        {
            "NAME": url.path.lstrip("/"),
            "HOST": url.hostname,
            "PORT": str(url.port),
            "USER": url.username,
            "PASSWORD": url.password,
        }
    )
    current_app.conf.update(broker_url=stack.valkey.url)
    settings.SYNCS_ALLOWED_HOSTS = [
        ("127.0.0.1", int(urlsplit(address).port or 0))
        for address in (stack.calendar_url, stack.crm_url)
    ]
    settings.FIELD_ENCRYPTION_KEYS = stack.environment["FIELD_ENCRYPTION_KEYS"].split(",")
    settings.PUBLIC_URL = stack.url
    opened = vars(storages)["_storages"]  # Django has no public way to replace one that is open
    documents = storages["documents"]
    opened["documents"] = FileSystemStorage(stack.environment["DOCUMENTS_ROOT"])
    try:
        yield
    finally:
        default.close()
        opened["documents"] = documents
        default.settings_dict.update(before)
        current_app.conf.update(broker_url=broker)
        settings.SYNCS_ALLOWED_HOSTS, settings.PUBLIC_URL = allowed, public
        settings.FIELD_ENCRYPTION_KEYS = keys


def wait_until(is_true: Callable[[], object], *, seconds: float, what: str = "") -> None:
    """Poll until it holds.

    :raises TimeoutError: it did not hold in time; ``what`` says what was waited for.
    """
    ends_at = time.monotonic() + seconds
    while True:
        try:
            if is_true():
                return
        except (psycopg.OperationalError, ConnectionError):
            connections["default"].close()
        if time.monotonic() > ends_at:
            raise TimeoutError(what or "it did not happen")
        time.sleep(0.05)


def free_port() -> int:
    """Return a port on which nobody listens, still free when its program has been prepared.

    It lies below the ports that systems lend to outgoing connections, of which there are many.
    """
    while True:
        port = LOWEST_PORT + secrets.randbelow(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _prepare(environment: Mapping[str, str], *, owner_url: str) -> None:
    """Make the tables and collect the static files, both at the same time.

    :raises CalledProcessError: one of them failed; what it said stands above.
    """
    commands = {
        ("migrate", "-v0"): {**environment, "DATABASE_URL": owner_url},
        ("collectstatic", "--noinput", "-v0"): dict(environment),
    }
    under_way = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, str(ROOT / "manage.py"), *command], env=variables, cwd=ROOT
        )
        for command, variables in commands.items()
    ]
    for failed in [process for process in under_way if process.wait()]:
        raise subprocess.CalledProcessError(failed.returncode, failed.args)
