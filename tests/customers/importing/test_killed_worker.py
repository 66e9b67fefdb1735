"""A worker that is killed in the middle of a file, for real."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from customers.importing.chunks import ROWS_PER_CHUNK
from customers.importing.requesting import start_check, start_import
from customers.models import ContactPoint, Customer, CustomerImport, ImportState
from hub.models import Change
from tests.customers.importing import worker
from tests.customers.importing.files import ada, checked, csv_of, people, uploaded, work
from tests.factories.people import actor

pytestmark = pytest.mark.django_db(transaction=True)
CHUNKS = 6
EVERYBODY = ROWS_PER_CHUNK * CHUNKS
ROOT = Path(__file__).resolve().parents[3]


def database_url() -> str:
    """Name the test's own database, as a program outside of it would."""
    at = connection.settings_dict
    login = ":".join(quote(str(at[part]), safe="") for part in ("USER", "PASSWORD") if at[part])
    return f"postgres://{login}@{quote(at['HOST'], safe='')}:{at['PORT']}/{at['NAME']}"


@contextmanager
def a_worker(found: CustomerImport) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker of this import in another process; it is gone afterwards in any case."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DATABASE_POOL_SIZE": "0",
        "DJANGO_SETTINGS_MODULE": "hub.settings",
        "DOCUMENTS_ROOT": storages["documents"].location,  # type: ignore[attr-defined]
        "PYTHONPATH": str(ROOT),
        "REDIS_URL": "memory://",  # its bells wake nobody
        "SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, worker.__file__, str(found.pk)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603  (our own)
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=30)


def killed_in_the_middle(found: CustomerImport) -> int:
    """Kill a worker once it has done a chunk or two; return the row it had come to."""
    with a_worker(found) as process:
        _wait_until(lambda: _position(found) > 0 or process.poll() is not None)
        process.kill()
        assert process.wait(timeout=30) < 0, "the worker was through before it could be killed"
    _wait_until(lambda: _connections() == 1)
    return _position(found)


def _position(found: CustomerImport) -> int:
    return CustomerImport.objects.values_list("position", flat=True).get(pk=found.pk)


def _connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _wait_until(condition: Callable[[], bool]) -> None:
    latest = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < latest, "it did not come to that within a minute"
        time.sleep(0.005)


def test_after_a_killed_worker_every_row_is_there_exactly_once() -> None:
    found = checked(csv_of(*people(EVERYBODY)))
    start_import(found.pk, at=timezone.now(), by=actor(ada()))

    reached = killed_in_the_middle(found)

    assert 0 < reached <= EVERYBODY
    chunks, rest = divmod(reached - 1, ROWS_PER_CHUNK)  # the headings are the first row
    assert (chunks > 0, rest) == (True, 0), "nothing of a chunk is half saved"
    assert Customer.objects.count() == found.rows.count() == reached - 1

    done = work(found)

    assert (done.state, done.counts) == (ImportState.DONE, {"created": EVERYBODY})
    assert list(done.rows.order_by("number").values_list("number", flat=True)) == list(
        range(2, EVERYBODY + 2)
    )
    assert len(set(done.rows.values_list("customer", flat=True))) == EVERYBODY
    assert Customer.objects.count() == Customer.history.count() == EVERYBODY
    assert ContactPoint.objects.count() == 2 * EVERYBODY
    assert Change.objects.filter(name="customer.created").count() == EVERYBODY


def test_after_a_check_was_killed_it_goes_on_and_foresees_every_row_once() -> None:
    by = actor(ada())
    found = uploaded(csv_of(*people(EVERYBODY)), by=by)
    start_check(found.pk, at=timezone.now(), by=by)

    reached = killed_in_the_middle(found)
    done = work(found)

    assert 0 < reached <= EVERYBODY
    assert (done.state, done.counts) == (ImportState.CHECKED, {"created": EVERYBODY})
    assert done.rows.count() == EVERYBODY
    assert not Customer.objects.exists()
