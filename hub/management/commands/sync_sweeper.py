"""The loop that makes lost bells harmless; a process of its own beside the beat."""

import signal
import threading
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, close_old_connections
from django.utils import timezone

from syncs.sweeping import sweep

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Ring due sync jobs and poll feeds, every two seconds, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=2.0, help="seconds between sweeps")

    def handle(self, *_: Any, interval: float, **__: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        while not stopping.is_set():
            try:
                sweep(at=timezone.now())
            except Error as error:  # the database is away; the loop outlives it
                log.warning("sweep_failed", error=type(error).__name__)
            close_old_connections()
            stopping.wait(interval)
