"""The same booking when a worker, the broker or the database dies in the middle of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from hub.management.laboratory import wait_until
from hub.models import Change
from scheduling.booking import reschedule_appointment
from scheduling.models import Appointment
from syncs.models import Attempt, Job, Link
from tests.factories.customers import customer
from tests.factories.people import SETUP
from tests.factories.scheduling import booked
from tests.journeys.conftest import Studio
from tests.syncs.conftest import CalendarProgram

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("survival")]
# The lease ends after 15 s and the sweep comes every 2 s; the rest is for a busy machine.
LEASE_AND_SWEEP_SECONDS = 60


@pytest.fixture
def program(studio: Studio) -> Iterator[CalendarProgram]:
    program = CalendarProgram(studio.calendar_url)
    program.http.auth = ("studio", "x")
    yield program
    for href in program.events():
        program.delete(href)
    program.http.close()


@pytest.fixture(autouse=True)
def _unblocked(studio: Studio, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


def hour(number: int) -> datetime:
    """A free hour of tomorrow; each story uses hours of its own."""
    tomorrow = timezone.now() + timedelta(days=1)
    return tomorrow.replace(hour=number, minute=0, second=0, microsecond=0)


def in_step(visit: Appointment) -> bool:
    jobs = Job.objects.filter(key=f"obj:appointment:{visit.pk}")
    return bool(jobs) and all(job.state == "idle" for job in jobs)


def own_events(program: CalendarProgram, visit: Appointment) -> list[str]:
    return [text for text in program.events().values() if str(visit.pk) in text]


def test_a_worker_killed_between_remote_write_and_local_commit_leaves_one_event(
    studio: Studio, program: CalendarProgram, tmp_path: Path
) -> None:
    marker = tmp_path / "crashed"
    tmp_path.chmod(0o777)
    studio.stack.restart("worker", HUB_CRASH_AT=f"after_remote_ack:{marker}")

    visit = booked(customer("Mara Winter"), staff=studio.dina, start=hour(8))
    wait_until(marker.exists, seconds=20, what="the worker has crashed")
    studio.stack.restart("worker")
    wait_until(lambda: in_step(visit), seconds=LEASE_AND_SWEEP_SECONDS, what="in step again")

    assert len(own_events(program, visit)) == 1
    assert Link.objects.filter(local_id=visit.pk, kind="appointment").count() == 2
    assert not Attempt.objects.filter(finished_at=None).exists()


def test_a_flushed_valkey_loses_nothing(studio: Studio, program: CalendarProgram) -> None:
    visits = []
    for minutes in (0, 50, 100):
        start = hour(10) + timedelta(minutes=minutes)
        visits.append(booked(customer("Mara Winter"), staff=studio.dina, start=start))
        studio.stack.flush_valkey()

    for visit in visits:
        wait_until(lambda visit=visit: in_step(visit), seconds=20, what="in step")  # type: ignore[misc]
        assert len(own_events(program, visit)) == 1


def test_a_restarted_database_loses_nothing(studio: Studio, program: CalendarProgram) -> None:
    visit = booked(customer("Mara Winter"), staff=studio.dina, start=hour(14))
    studio.stack.restart_postgres()
    moved_to = hour(15)
    reschedule_appointment(visit.pk, start_at=moved_to, at=timezone.now(), by=SETUP)

    wait_until(lambda: in_step(visit), seconds=LEASE_AND_SWEEP_SECONDS, what="in step")

    (event,) = own_events(program, visit)
    assert f"T{moved_to.hour + 1:02d}0000" in event or f"T{moved_to.hour + 2:02d}0000" in event
    assert not Change.objects.filter(dispatched_at=None).exists()
