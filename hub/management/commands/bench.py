"""Measure the product against the bare limit, on services and data of its own."""

import json
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hub import garbage
from hub.management.benchmarks import (
    booking,
    calendars,
    documents,
    feeds,
    finding,
    imports,
    openings,
    quality,
    slots,
)
from hub.management.benchmarks.ground import Ground, lay_ground
from hub.management.benchmarks.measuring import Row
from hub.management.laboratory import Laboratory, running

POLL_SECONDS = 30
USUAL_ROWS = 150
PEOPLE = 10_000
CROWD = 20_000
Measure = Callable[[Laboratory, Ground, int | None], list[Row]]


def _outward(stack: Laboratory, ground: Ground, rows: int | None) -> list[Row]:
    tries = min(rows or USUAL_ROWS, USUAL_ROWS)
    return calendars.outward(calendars.connect(stack, ground), ground, rows=tries)


def _inward(stack: Laboratory, ground: Ground, _: int | None) -> list[Row]:
    connection = calendars.connect(stack, ground)
    return calendars.inward(connection, ground, poll_seconds=POLL_SECONDS)


def _among_many(measure: Callable[[finding.Crowd], list[Row]]) -> Measure:
    """``measure`` among ``--rows`` customers, who are made once for all that need them."""
    return lambda _stack, _ground, rows: measure(finding.crowd_of(rows or CROWD))


MEASURES: dict[str, Measure] = {
    "booking-http": lambda stack, ground, rows: booking.measure(
        stack, ground, rows=rows or USUAL_ROWS
    ),
    "issue-pdf": lambda _, ground, rows: documents.measure(ground, rows=rows or USUAL_ROWS),
    "slot-race": lambda stack, ground, _: slots.measure(stack, ground),
    "availability": lambda _, ground, rows: openings.measure(ground, rows=rows or CROWD),
    "day-feed": lambda _, ground, rows: feeds.measure(ground, rows=rows or USUAL_ROWS),
    "booking-to-caldav": _outward,
    "caldav-to-hub": _inward,
    # Before there is a crowd, in which it would find its own people again.
    "identity-quality": lambda _stack, _ground, rows: quality.measure(rows=rows or PEOPLE),
    "customer-import": lambda stack, ground, rows: imports.measure(
        stack, ground, rows=rows or PEOPLE
    ),
    "identity-exact": _among_many(finding.by_identifier),
    "customer-search": _among_many(finding.while_typing),
    "duplicate-candidates": _among_many(finding.by_likeness),
    "customer-list": _among_many(finding.page_by_page),
}


class Command(BaseCommand):
    help = "Measure against the bare limit in the same run; quote ratios, not milliseconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", nargs="+", choices=sorted(MEASURES), metavar="NAME")
        parser.add_argument(
            "--rows",
            type=int,
            help=f"requests, records, people or customers; else {USUAL_ROWS} requests,"
            f" {PEOPLE} people, {CROWD} customers",
        )
        parser.add_argument("--json", action="store_true", help="print a list of objects")

    def handle(self, *_: Any, only: list[str] | None, rows: int | None, **options: Any) -> None:
        if rows is not None and rows < 1:
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
                garbage.freeze_loaded_code()  # as web processes and workers do
                for name in chosen:
                    self.stderr.write(f"measuring {name} …")
                    found += MEASURES[name](stack, ground, rows)
        if options["json"]:
            self.stdout.write(json.dumps([row.as_json() for row in found], indent=1))
        else:
            self.stdout.write(table(found))


def table(rows: list[Row]) -> str:
    """The figures as a person reads them."""
    lines = [f"{'operation':<24}{'figure':>10}  {'unit':<8}{'limit':>10}{'ratio':>8}{'rows':>10}"]
    lines += [
        f"{row.name:<24}{row.figure:>10.3f}  {row.unit:<8}{row.limit:>10.3f}"
        f"{row.ratio:>8.2f}{row.rows:>10}  {row.note}".rstrip()
        for row in rows
    ]
    return "\n".join(lines)
