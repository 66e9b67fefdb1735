"""``customer-import``: a CSV through the whole import against COPY of the same rows."""

import io
import time

from django.db import connection
from django.utils import timezone

from customers.importing.requesting import start_check, start_import, upload_import
from customers.importing.states import MOVING
from customers.models import CustomerImport, ImportState
from hub.accounts.roles import grant_role
from hub.actors import Actor, ActorKind, Source
from hub.management.benchmarks.ground import BY, Ground
from hub.management.benchmarks.measuring import Row, largest_mb
from hub.management.laboratory import Laboratory

HEADINGS = ("Id", "First name", "Last name", "E-mail", "Phone", "Street", "Zip", "City", "Country")
LOOKS_AGAIN_SECONDS = 0.02
TABLE = "CREATE TEMPORARY TABLE bench_import (%s)"


def measure(stack: Laboratory, ground: Ground, *, rows: int) -> list[Row]:
    """``rows`` people that nobody knows yet, checked and then imported, matching on.

    Once while the sync worker rests, and with a fifth of the people while it runs: no tool is
    connected, but it announces each of them and looks for duplicates.
    """
    grant_role(ground.owner.pk, role="Manager", at=timezone.now(), by=BY)
    stack.programs["worker"].stop(10)
    alone = _imported(stack, ground, range(rows), "alone")
    stack.programs["worker"].start()
    fifth = range(rows, rows + max(rows // 5, 1))
    return [alone, _imported(stack, ground, fifth, "beside the sync worker")]


def _imported(stack: Laboratory, ground: Ground, numbers: range, circumstances: str) -> Row:
    lines = [_line(number) for number in numbers]
    limit = len(numbers) / _copied(lines)
    by = Actor(ActorKind.USER, str(ground.owner.pk), str(ground.owner), Source.BROWSER, "bench")
    content = "\n".join(",".join(line) for line in [HEADINGS, *lines]).encode()
    del lines
    found, _ = upload_import(io.BytesIO(content), file_name="bench.csv", at=timezone.now(), by=by)
    workers = _Workers(stack, found)
    start_check(found.pk, at=timezone.now(), by=by)
    checked = len(numbers) / workers.wait()
    start_import(found.pk, at=timezone.now(), by=by)
    rate = len(numbers) / workers.wait()
    more = workers.peak_mb - workers.first_mb
    memory = f"largest worker {workers.peak_mb:.0f} MB, {more:.0f} more than before"
    note = f"{circumstances}; check {checked:.0f}/s, {memory}; {found.counts}"
    return Row("customer-import", rate, "rows/s", limit, limit / rate, len(numbers), note)


class _Workers:
    """Watches those who work at one import."""

    def __init__(self, stack: Laboratory, found: CustomerImport) -> None:
        self._stack, self._found = stack, found
        self.first_mb = self.peak_mb = self._largest_mb()

    def wait(self) -> float:
        """Wait until there is nothing left to do, and return the seconds it took.

        :raises RuntimeError: the import failed.
        """
        began = time.perf_counter()
        moving = CustomerImport.objects.filter(pk=self._found.pk, state__in=MOVING)
        while moving.exists():
            self.peak_mb = max(self.peak_mb, self._largest_mb())
            time.sleep(LOOKS_AGAIN_SECONDS)
        seconds = time.perf_counter() - began
        self._found.refresh_from_db()
        if self._found.state == ImportState.FAILED:
            raise RuntimeError(self._found.problem)
        return seconds

    def _largest_mb(self) -> float:
        started = self._stack.programs["heavy-worker"].process
        return largest_mb(started.pid) if started else 0.0


def _line(number: int) -> tuple[str, ...]:
    return (
        f"b-{number}",
        "Ann",
        f"Number {number}",
        f"ann{number}@bench.example",
        f"+33 6 {number // 1_000_000:02d} {number % 1_000_000:06d}",
        f"{number} Main Street",
        f"{number % 90_000 + 10_000}",
        "Lyon",
        "France",
    )


def _copied(lines: list[tuple[str, ...]]) -> float:
    """Seconds of a bare COPY into a table without indexes."""
    columns = ", ".join(f"c{place} text" for place in range(len(HEADINGS)))
    with connection.cursor() as cursor:
        cursor.execute(TABLE % columns)
        began = time.perf_counter()
        with cursor.copy("COPY bench_import FROM STDIN") as copy:
            for line in lines:
                copy.write_row(line)
        spent = time.perf_counter() - began
        cursor.execute("DROP TABLE bench_import")
    return spent
