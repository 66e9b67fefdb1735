"""Measure the product against the bare limit, on services and data of its own."""

import json
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hub.management.benchmarks import booking, calendars, documents, feeds
from hub.management.benchmarks.ground import Ground, lay_ground
from hub.management.benchmarks.measuring import Row
from hub.management.laboratory import Laboratory, running

POLL_SECONDS = 30
Measure = Callable[[Laboratory, Ground, int], list[Row]]


def _outward(stack: Laboratory, ground: Ground, rows: int) -> list[Row]:
    return calendars.outward(calendars.connect(stack, ground), ground, rows=min(rows, 150))


def _inward(stack: Laboratory, ground: Ground, _: int) -> list[Row]:
    connection = calendars.connect(stack, ground)
    return calendars.inward(connection, ground, poll_seconds=POLL_SECONDS)


MEASURES: dict[str, Measure] = {
    "booking-http": lambda stack, ground, rows: booking.measure(stack, ground, rows=rows),
    "issue-pdf": lambda _, ground, rows: documents.measure(ground, rows=rows),
    "day-feed": lambda _, ground, rows: feeds.measure(ground, rows=rows),
    "booking-to-caldav": _outward,
    "caldav-to-hub": _inward,
}


class Command(BaseCommand):
    help = "Measure against the bare limit in the same run; quote ratios, not milliseconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", nargs="+", choices=sorted(MEASURES), metavar="NAME")
        parser.add_argument("--rows", type=int, default=150, help="requests, records or tries")
        parser.add_argument("--json", action="store_true", help="print a list of objects")

    def handle(self, *_: Any, only: list[str] | None, rows: int, **options: Any) -> None:
        if rows < 1:
            raise CommandError("--rows must be at least 1.")
        logging.disable(logging.INFO)  # the table is what people want to read
        chosen = only or list(MEASURES)
        found: list[Row] = []
        with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
            variables = {
                "SYNCS_POLL_SECONDS": str(POLL_SECONDS),
                "LOG_LEVEL": "WARNING",
                "API_REQUESTS_PER_MINUTE": "1000000",
            }
            with running(Path(folder), variables) as stack:
                ground = lay_ground()
                for name in chosen:
                    self.stderr.write(f"measuring {name} …")
                    found += MEASURES[name](stack, ground, rows)
        if options["json"]:
            self.stdout.write(json.dumps([row.as_json() for row in found], indent=1))
        else:
            self.stdout.write(table(found))


def table(rows: list[Row]) -> str:
    """The figures as a person reads them."""
    lines = [f"{'operation':<24}{'figure':>10}  {'unit':<8}{'limit':>10}{'ratio':>8}{'rows':>7}"]
    lines += [
        f"{row.name:<24}{row.figure:>10.3f}  {row.unit:<8}{row.limit:>10.3f}"
        f"{row.ratio:>8.2f}{row.rows:>7}  {row.note}".rstrip()
        for row in rows
    ]
    return "\n".join(lines)
