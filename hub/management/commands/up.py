"""Start everything on this machine, and stop it all on Ctrl-C."""

import argparse
import shutil
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand

from hub.embedded.hosting import EmbeddedFailure
from hub.installing.places import ROOT
from hub.management import preparing, stack
from hub.management.programs import GaveUp, end_leftovers
from hub.management.stack import Place
from hub.management.stopping import ignore_signals, stop_on_signals
from hub.management.supervising import NotReady, Supervisor

STARTED = time.monotonic()
HIGHEST_PORT = 65535


def port_number(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is not a port: 1 to {HIGHEST_PORT}")
    return int(text)


class Command(BaseCommand):
    help = "Start web, workers, scheduler, PostgreSQL, Valkey and the demo; stop on Ctrl-C."
    requires_system_checks: list[str] = []  # noqa: RUF012  (there is no database yet)

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=port_number, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="127.0.0.1, or 0.0.0.0 for all")
        parser.add_argument(
            "--no-demo", action="store_true", help="start empty, without demo data or stand-ins"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        place = Place(ROOT / ".run", options["host"], options["port"])
        try:
            stop_on_signals()
            with preparing.only_one(place):
                self.serve(place, with_demo=not options["no_demo"])
        except (preparing.Refused, EmbeddedFailure, NotReady, GaveUp) as failure:
            sys.exit(str(failure))
        except OSError as error:
            sys.exit(f"It could not start: {error}")
        except KeyboardInterrupt:
            self.say("everything is stopped")

    def serve(self, place: Place, *, with_demo: bool) -> None:
        preparing.require_room(place, shutil.disk_usage(place.folder).free)
        end_leftovers(place.folder)
        preparing.require_port(place)
        supervisor = Supervisor(self.say)
        try:
            env = self.start_servers(supervisor, place, with_demo=with_demo)
            self.prepare(place, env, with_demo=with_demo)
            supervisor.start(*stack.applications(place, env))
            supervisor.wait_until_ready(f"{place.url}/readyz")
            self.greet(place, env)
            supervisor.run()
        finally:
            ignore_signals()
            supervisor.stop()

    def start_servers(
        self, supervisor: Supervisor, place: Place, *, with_demo: bool
    ) -> dict[str, str]:
        servers = stack.servers(place.folder)
        for server in servers:
            supervisor.start(server)
            self.say(f"{server.name} listens on 127.0.0.1:{server.port}")
        ports = stack.demo_ports(place) if with_demo else None
        env = stack.environment(place, demo_ports=ports) | stack.server_environment(servers)
        env.setdefault("DATABASE_OWNER_URL", env["DATABASE_URL"])
        if ports:
            supervisor.start(*stack.stand_ins(place, env, ports))
        return env

    def prepare(self, place: Place, env: dict[str, str], *, with_demo: bool) -> None:
        owner_url = env["DATABASE_OWNER_URL"]
        if preparing.migrations_are_pending(owner_url):
            preparing.manage("migrate", "-v0", env={**env, "DATABASE_URL": owner_url})
            self.say("the tables are up to date")
        if preparing.collect_static(place):
            self.say("the static files are collected")
        if with_demo and preparing.is_empty(env["DATABASE_URL"]):
            self.say("loading the demo data")
            preparing.load_demo(place, env)

    def greet(self, place: Place, env: dict[str, str]) -> None:
        self.say(f"ready: open {place.url}")
        if "DEMO" in env:
            self.stdout.write(preparing.demo_credentials(place, env))
        self.say("logs are in .run/logs; Ctrl-C stops everything")

    def say(self, text: str) -> None:
        self.stdout.write(f"[{time.monotonic() - STARTED:5.1f}s] {text}")
        self.stdout.flush()
