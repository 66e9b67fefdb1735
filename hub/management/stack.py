"""What ``up`` runs, in order: servers, stand-ins of the vendors, web, workers, scheduler."""

import base64
import json
import os
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from hub.embedded.hosting import remembered_port
from hub.embedded.postgres import Postgres
from hub.embedded.valkey import Valkey
from hub.installing.places import ROOT
from hub.management.programs import Program, Service

RADICALE = """\
[server]
hosts = 127.0.0.1:{port}
[auth]
type = none
[storage]
filesystem_folder = {folder}/collections
[logging]
level = warning
"""


@dataclass(frozen=True)
class Place:
    """Where this run keeps its files and is reached."""

    folder: Path
    host: str
    port: int

    @property
    def url(self) -> str:
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://{shown}:{self.port}"


def servers(folder: Path, *, durable: bool = True) -> list[Postgres | Valkey]:
    """Those that the environment does not name."""
    needed: list[Postgres | Valkey] = []
    if not os.environ.get("DATABASE_URL"):
        needed.append(Postgres(folder / "postgres", durable=durable))
    if not os.environ.get("REDIS_URL"):
        needed.append(Valkey(folder / "valkey"))
    return needed


def server_environment(started: list[Postgres | Valkey]) -> dict[str, str]:
    found: dict[str, str] = {}
    for server in started:
        if isinstance(server, Postgres):
            found |= {"DATABASE_URL": server.urls.app, "DATABASE_OWNER_URL": server.urls.owner}
        else:
            found["REDIS_URL"] = server.url
    return found


def environment(place: Place, *, demo_ports: tuple[int, int] | None) -> dict[str, str]:
    """What every program of the stack is told; variables that are set already win."""
    names = {"127.0.0.1", "localhost", "[::1]", place.host, socket.gethostname()}
    found = {
        **kept_secrets(place.folder / "secrets.json"),
        "PUBLIC_URL": place.url,
        "ALLOWED_HOSTS": ",".join(sorted(names)),
        "PYTHONUNBUFFERED": "1",
    }
    if demo_ports:
        calendar, crm = (f"127.0.0.1:{port}" for port in demo_ports)
        found |= {
            "DEMO": "1",
            "DEMO_CALENDAR_URL": f"http://{calendar}/",
            "DEMO_CRM_URL": f"http://{crm}/",
            "INTERNAL_ALLOW": f"{calendar},{crm}",
        }
    return found | dict(os.environ)


def kept_secrets(path: Path) -> dict[str, str]:
    """Made at the first start and readable by us alone: without them no stored secret opens."""
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        unfinished = path.with_suffix(".unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(made))
        unfinished.replace(path)
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def demo_ports(place: Place) -> tuple[int, int]:
    """Of the calendar and the CRM; kept over starts, for the demo's connections name them."""
    return (
        remembered_port(place.folder / "radicale.port"),
        remembered_port(place.folder / "sandbox.port"),
    )


def stand_ins(place: Place, env: dict[str, str], ports: tuple[int, int]) -> list[Service]:
    """The calendar server and the CRM of the demo, each a process of its own."""
    calendar, crm = ports
    folder = place.folder / "radicale"
    folder.mkdir(exist_ok=True)
    settings = folder / "config"
    settings.write_text(RADICALE.format(port=calendar, folder=folder))
    store = place.folder / "sandbox.sqlite3"
    sandbox = ("syncs.sandbox", "--vendor", "hubspot", "--port", str(crm), "--store", str(store))
    return [
        python("calendar", "radicale", "--config", str(settings), place=place, env=env),
        python("crm", *sandbox, place=place, env=env),
    ]


def applications(place: Place, env: dict[str, str]) -> list[Service]:
    worker = (
        "celery",
        "-A",
        "hub",
        "worker",
        "--without-gossip",
        "--without-mingle",
        "-l",
        "INFO",
    )
    threads = ("-P", "threads", "-c", "8", "-Q", "sync_hot,sync", "-n", "threads@%h")
    heavy = ("-P", "prefork", "-c", "2", "-Q", "bulk,pdf", "-n", "heavy@%h")
    schedule = str(place.folder / "beat-schedule")
    beat = ("celery", "-A", "hub", "beat", "-l", "INFO", "--schedule", schedule, "--pidfile=")
    web = (
        *("granian", "--interface", "wsgi", "hub.wsgi:application"),
        *("--host", place.host, "--port", str(place.port)),
        *("--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers"),
    )
    commands = {
        "web": web,
        "worker": (*worker, *threads),
        "heavy-worker": (*worker, *heavy),
        "scheduler": beat,
    }
    sweeper = [sys.executable, str(ROOT / "manage.py"), "sync_sweeper"]
    return [
        *(python(name, *part, place=place, env=env) for name, part in commands.items()),
        Program("sweeper", sweeper, env, place.folder),
    ]


def python(name: str, *module: str, place: Place, env: dict[str, str]) -> Program:
    return Program(name, [sys.executable, "-m", *module], env, place.folder)
