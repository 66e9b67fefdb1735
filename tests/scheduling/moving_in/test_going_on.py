"""Workers that are killed, meet each other, or meet people who book; and files in any order."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from customers.models import Customer, ImportState
from hub import locks
from scheduling.models import Appointment, MovedIn, MovingIn, Staff
from scheduling.moving_in import tasks
from scheduling.moving_in.moving import standing_still
from scheduling.moving_in.requesting import start
from tests.factories.people import actor
from tests.factories.threads import at_once
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.moving_in import worker
from tests.scheduling.moving_in.files import (
    MARA_ROW,
    NOW,
    ada,
    calendar,
    checked,
    event,
    many,
    moved_in,
    outcomes,
    row,
    table,
    work,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]
ROWS = 200


def database_url() -> str:
    """Name the test's own database, as a program outside of it would."""
    at = connection.settings_dict
    login = ":".join(quote(str(at[part]), safe="") for part in ("USER", "PASSWORD") if at[part])
    return f"postgres://{login}@{quote(at['HOST'], safe='')}:{at['PORT']}/{at['NAME']}"


def killed_in_the_middle(found: MovingIn) -> int:
    """Kill a worker once it has done some rows; return the row it had come to."""
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
        wait_until(lambda: position(found) > 5 or process.poll() is not None)
        process.kill()
        assert process.wait(timeout=30) < 0, "the worker was through before it could be killed"
    finally:
        process.kill()
        process.wait(timeout=30)
    wait_until(lambda: connections() == 1)
    return position(found)


def position(found: MovingIn) -> int:
    return MovingIn.objects.values_list("position", flat=True).get(pk=found.pk)


def connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def wait_until(condition: Callable[[], bool]) -> None:
    latest = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < latest, "it did not come to that within a minute"
        time.sleep(0.005)


def test_after_a_killed_worker_every_row_is_there_exactly_once() -> None:
    found = checked(table(*many(ROWS)))
    start(found.pk, at=NOW, by=actor(ada()))

    reached = killed_in_the_middle(found)

    assert 5 < reached < ROWS
    assert Appointment.objects.count() == found.rows.count() == reached - 1

    done = work(found)

    assert (done.state, done.counts) == (ImportState.DONE, {"booked": ROWS})
    assert Appointment.objects.count() == MovedIn.objects.count() == ROWS
    assert Appointment.history.count() == ROWS
    assert Customer.objects.count() == 1


def test_a_check_that_was_interrupted_remembers_what_earlier_rows_would_take() -> None:
    rows = [*many(150), row("X1", "2027-03-01 08:15", name="Jo Doe", email="jo@x.example")]
    whole = outcomes(checked(table(*rows)))
    found = MovingIn.objects.get()
    MovingIn.objects.update(state=ImportState.CHECKING, position=101, counts={"booked": 100})
    found.rows.filter(number__gt=101).delete()

    again = work(found)

    assert outcomes(again) == whole == ["booked"] * 150 + ["conflict"]


def test_two_workers_at_one_file_do_each_row_once() -> None:
    found = checked(table(*many(60)))
    start(found.pk, at=NOW, by=actor(ada()))

    at_once(2, lambda _: work(MovingIn.objects.get(pk=found.pk)))

    done = work(found)
    assert (done.state, done.counts) == (ImportState.DONE, {"booked": 60})
    assert Appointment.objects.count() == 60


def test_two_files_with_the_same_appointments_make_each_once() -> None:
    rows = many(30)
    files = [checked(table(*rows)), checked(table(*reversed(rows)))]
    for found in files:
        start(found.pk, at=NOW, by=actor(ada()))

    at_once(2, lambda place: work(MovingIn.objects.get(pk=files[place].pk)))

    assert [work(found).state for found in files] == [ImportState.DONE] * 2
    assert Appointment.objects.count() == MovedIn.objects.count() == 30
    assert overlaps() == inconsistencies() == []


@pytest.mark.parametrize("seed", range(3))
def test_twice_in_any_order_is_as_once(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (not for secrets)
    rows = [*many(12), row("P1", "2027-01-04 10:00"), row("", "2027-03-20 16:00")]
    moved_in(table(*rows))
    before = set(Appointment.objects.values_list("pk", "version"))

    for _ in range(2):
        mixed = chance.sample(rows, len(rows))
        assert outcomes(moved_in(table(*mixed))) == ["known"] * len(rows)

    assert set(Appointment.objects.values_list("pk", "version")) == before
    assert Customer.objects.count() == 1


def test_events_of_a_calendar_come_in_once_in_any_order() -> None:
    events = [event(f"u{n}", start=f"DTSTART:202703{n:02d}T090000Z") for n in range(1, 8)]
    moved_in(calendar(*events[:4]))

    moved_in(calendar(*reversed(events)))
    done = moved_in(calendar(*events))

    assert outcomes(done) == ["known"] * 7
    assert Appointment.objects.count() == 7


def test_the_task_does_a_file_to_its_end() -> None:
    found = checked(table(MARA_ROW))
    start(found.pk, at=timezone.now(), by=actor(ada()))

    tasks.move_in(str(found.pk))
    tasks.move_in(str(found.pk))

    found.refresh_from_db()
    assert (found.state, Appointment.objects.count()) == (ImportState.DONE, 1)


def test_a_calendar_that_is_held_makes_a_file_wait_and_not_fail() -> None:
    found = checked(table(MARA_ROW))
    start(found.pk, at=NOW, by=actor(ada()))
    held, tried = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            locks.exclusively(one.subject for one in Staff.objects.all())
            held.set()
            tried.wait(timeout=30)

    def go_on() -> None:
        held.wait(timeout=30)
        try:
            work(MovingIn.objects.get(pk=found.pk))
        finally:
            tried.set()

    results = at_once(2, lambda place: [hold, go_on][place]())

    assert isinstance(results[1], OperationalError)
    assert work(found).counts == {"booked": 1}


def test_what_stands_still_is_found_by_the_sweeper() -> None:
    found = checked(table(MARA_ROW))
    start(found.pk, at=NOW, by=actor(ada()))

    assert standing_still(at=NOW) == []
    assert standing_still(at=timezone.now().replace(year=2030)) == [found]
