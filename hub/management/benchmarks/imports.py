"""``customer-import``: a CSV through the whole import against COPY of the same rows."""

import io
import time
from dataclasses import replace

from django.db import connection
from django.utils import timezone

from customers.importing.requesting import start_check, start_import, upload_import
from customers.importing.states import MOVING
from customers.models import CustomerImport, ImportState
from customers.pending import count_pending_imported
from hub.accounts.roles import grant_role
from hub.actors import Actor, ActorKind, Source
from hub.identifiers import uuid7
from hub.management.benchmarks.ground import BY, Ground
from hub.management.benchmarks.measuring import Row, largest_mb
from hub.management.benchmarks.people import Person, Population
from hub.management.laboratory import Laboratory

HEADINGS = ("Id", "First name", "Last name", "E-mail", "Phone", "Street", "Zip", "City", "Country")
# Often enough for minutes; every 0.02 seconds it took a fifteenth of the machine.
LOOKS_AGAIN_SECONDS = 0.2
WEIGHS_AGAIN_SECONDS = 1.0
WATCHED_SECONDS = 20.0
TABLE = "CREATE TEMPORARY TABLE bench_import (%s)"


def measure(stack: Laboratory, ground: Ground, *, rows: int) -> list[Row]:
    """``rows`` people that nobody knows yet, checked and then imported, matching on.

    Everything else of the stack runs. First nobody shares a phone; then others, among whom
    families do, so that people have to be asked.
    """
    grant_role(ground.owner.pk, role="Manager", at=timezone.now(), by=BY)
    some = Population(1).people(rows)
    unshared = [_line(replace(one, phone="") if one.shares_phone else one) for one in some]
    families = [_line(one) for one in Population(2).people(rows)]
    return [
        _imported(stack, ground, unshared, "no phone shared"),
        _imported(stack, ground, families, "families share a phone"),
    ]


def _imported(stack: Laboratory, ground: Ground, lines: list[tuple[str, ...]], who: str) -> Row:
    count = len(lines)
    limit = count / _copied(lines)
    by = Actor(ActorKind.USER, str(ground.owner.pk), str(ground.owner), Source.BROWSER, "bench")
    content = "\n".join(",".join(line) for line in [HEADINGS, *lines]).encode()
    found, _ = upload_import(io.BytesIO(content), file_name="bench.csv", at=timezone.now(), by=by)
    workers = _Workers(stack, found)
    start_check(found.pk, at=timezone.now(), by=by)
    checked = count / workers.wait()
    start_import(found.pk, at=timezone.now(), by=by)
    rate = count / workers.wait()
    more = workers.peak_mb - workers.first_mb
    memory = f"largest worker {workers.peak_mb:.0f} MB, {more:.0f} more than before"
    afterwards = f"then compared {_compared_per_second():.0f}/s"
    note = f"{who}; check {checked:.0f}/s, {memory}; {found.counts}; {afterwards}"
    return Row("customer-import", rate, "rows/s", limit, limit / rate, count, note)


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
        weighed = began
        while moving.exists():
            if time.perf_counter() - weighed >= WEIGHS_AGAIN_SECONDS:
                self.peak_mb = max(self.peak_mb, self._largest_mb())
                weighed = time.perf_counter()
            time.sleep(LOOKS_AGAIN_SECONDS)
        seconds = time.perf_counter() - began
        self._found.refresh_from_db()
        if self._found.state == ImportState.FAILED:
            raise RuntimeError(self._found.problem)
        return seconds

    def _largest_mb(self) -> float:
        started = self._stack.programs["heavy-worker"].process
        return largest_mb(started.pid) if started else 0.0


def _compared_per_second() -> float:
    """Return how fast customers are compared in the 20 seconds after an import."""
    began, before = time.perf_counter(), count_pending_imported()
    until = began + WATCHED_SECONDS
    while (left := count_pending_imported()) and time.perf_counter() < until:
        time.sleep(LOOKS_AGAIN_SECONDS)
    return (before - left) / (time.perf_counter() - began)


def _line(person: Person) -> tuple[str, ...]:
    return (
        f"b-{uuid7()}",
        person.given,
        person.family,
        person.email,
        person.phone,
        person.street,
        person.postal_code,
        person.city,
        person.region,
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
