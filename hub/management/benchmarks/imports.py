"""``customer-import``: a CSV through the whole import against COPY of the same rows."""

import io
import resource
import time

from django.db import connection
from django.utils import timezone

from customers.importing.moving import moving
from customers.importing.requesting import start_check, start_import, upload_import
from customers.models import CustomerImport
from hub.accounts.roles import grant_role
from hub.actors import Actor, ActorKind, Source
from hub.management.benchmarks.ground import BY, Ground
from hub.management.benchmarks.measuring import Row
from hub.management.laboratory import Laboratory

HEADINGS = ("Id", "First name", "Last name", "E-mail", "Phone", "Street", "Zip", "City", "Country")
TABLE = "CREATE TEMPORARY TABLE bench_import (%s)"


def measure(stack: Laboratory, ground: Ground, *, rows: int) -> list[Row]:
    """``rows`` people that nobody knows yet, checked and then imported here, matching on.

    Once while the sync worker rests, and with a fifth of the people while it tells a CRM.
    """
    # It would hear the bells, and do the work in another process.
    stack.programs["heavy-worker"].stop(10)
    grant_role(ground.owner.pk, role="Manager", at=timezone.now(), by=BY)
    stack.programs["worker"].stop(10)
    alone = _imported(ground, range(rows), "alone")
    stack.programs["worker"].start()
    beside = _imported(ground, range(rows, rows + max(rows // 5, 1)), "beside the sync worker")
    stack.programs["heavy-worker"].start()
    return [alone, beside]


def _imported(ground: Ground, numbers: range, circumstances: str) -> Row:
    lines = [_line(number) for number in numbers]
    limit = len(numbers) / _copied(lines)
    by = Actor(ActorKind.USER, str(ground.owner.pk), str(ground.owner), Source.BROWSER, "bench")
    content = "\n".join(",".join(line) for line in [HEADINGS, *lines]).encode()
    del lines
    before = _peak_mb()
    found, _ = upload_import(io.BytesIO(content), file_name="bench.csv", at=timezone.now(), by=by)
    start_check(found.pk, at=timezone.now(), by=by)
    checked = len(numbers) / _worked(found)
    start_import(found.pk, at=timezone.now(), by=by)
    rate = len(numbers) / _worked(found)
    found.refresh_from_db()
    peak = _peak_mb()
    memory = f"peak {peak:.0f} MB, {peak - before:.0f} more"
    note = f"{circumstances}; check {checked:.0f}/s, {memory}; {found.counts}"
    return Row("customer-import", rate, "rows/s", limit, limit / rate, len(numbers), note)


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


def _worked(found: CustomerImport) -> float:
    """Seconds until there is nothing left to do."""
    began = time.perf_counter()
    with moving(found.pk) as mover:
        while mover and mover.step(at=timezone.now()):
            pass
    return time.perf_counter() - began


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
