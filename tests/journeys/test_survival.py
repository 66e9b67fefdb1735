"""The same booking when a worker, the broker or the database dies in the middle of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from django.utils import timezone

from hub.access import KEY_SCOPES
from hub.management.laboratory import wait_until
from hub.models import Change
from hub.rest.keys import create_key
from scheduling.booking import reschedule_appointment
from scheduling.models import Appointment
from syncs.models import Attempt, Job, Link
from tests.factories.customers import customer
from tests.factories.people import SETUP
from tests.factories.scheduling import booked
from tests.journeys.studio import Chair, Studio

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
# The lease ends after 15 s and the sweep comes every 2 s; the rest is for a busy machine.
LEASE_AND_SWEEP_SECONDS = 90


@pytest.fixture
def tom(studio: Studio) -> Chair:
    return studio.hire("Tom Okafor")


def hour(number: int) -> datetime:
    """A free hour of tomorrow; each story uses hours of its own."""
    tomorrow = timezone.now() + timedelta(days=1)
    return tomorrow.replace(hour=number, minute=0, second=0, microsecond=0)


def look_around(studio: Studio) -> set[int]:
    """Let many ask at once, so that every connection of the pools is used."""
    key = create_key("Looks", scopes=KEY_SCOPES, at=timezone.now(), by=SETUP)
    headers = {"Authorization": f"Bearer {key.token}"}

    def look(_: int) -> int:
        url = f"{studio.stack.url}/api/v1/customers"
        return httpx.get(url, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(16) as visitors:
        return set(visitors.map(look, range(48)))


def wait_until_in_step(visit: Appointment) -> None:
    """Wait until the visit and its customer are done with on every connection."""
    keys = [f"obj:appointment:{visit.pk}", f"obj:customer:{visit.customer_id}"]

    def is_in_step() -> bool:
        if Change.objects.filter(dispatched_at=None).exists():
            return False
        jobs = list(Job.objects.filter(key__in=keys))
        return len(jobs) == 3 and all(job.state == "idle" for job in jobs)

    wait_until(is_in_step, seconds=LEASE_AND_SWEEP_SECONDS, what="in step")


def assert_there_once(studio: Studio, chair: Chair, visit: Appointment) -> str:
    """Return the one event of the visit; one meeting and one contact stand in the CRM."""
    events = [text for text in chair.program.events().values() if str(visit.pk) in text]
    meetings = [found["hub_appointment_id"] for found in studio.in_crm("meetings")]
    contacts = [found["hub_customer_id"] for found in studio.in_crm("contacts")]
    assert len(events) == 1
    assert meetings.count(str(visit.pk)) == 1
    assert contacts.count(str(visit.customer_id)) == 1
    assert Link.objects.filter(local_id=visit.pk, kind="appointment").count() == 2
    return events[0]


def test_a_worker_killed_between_remote_write_and_local_commit_doubles_nothing(
    studio: Studio, tom: Chair, tmp_path: Path
) -> None:
    """It dies twice: right after the calendar, and then after the CRM, has acknowledged."""
    tmp_path.chmod(0o777)
    calendar, crm = (tmp_path / vendor for vendor in ("caldav", "hubspot"))
    studio.stack.restart("worker", HUB_CRASH_AT=f"after_ack_of_caldav:{calendar}")

    visit = booked(customer("Mara Winter"), staff=tom.staff, start=hour(8))
    wait_until(calendar.exists, seconds=60, what="the worker has crashed")
    studio.stack.restart("worker", HUB_CRASH_AT=f"after_ack_of_hubspot:{crm}")
    booked(customer("Ivo Petrov"), staff=tom.staff, start=hour(9))
    wait_until(crm.exists, seconds=60, what="the worker has crashed again")
    studio.stack.restart("worker")
    wait_until_in_step(visit)

    assert_there_once(studio, tom, visit)
    unfinished = Attempt.objects.filter(finished_at=None)
    wait_until(lambda: not unfinished.exists(), seconds=60, what="every try has its end")


def test_a_flushed_valkey_loses_nothing(studio: Studio, tom: Chair) -> None:
    visits = []
    for minutes in (0, 50, 100):
        start = hour(10) + timedelta(minutes=minutes)
        visits.append(booked(customer("Mara Winter"), staff=tom.staff, start=start))
        studio.stack.flush_valkey()

    for visit in visits:
        wait_until_in_step(visit)
        assert_there_once(studio, tom, visit)


def test_a_restarted_database_loses_nothing(studio: Studio, tom: Chair) -> None:
    look_around(studio)
    visit = booked(customer("Mara Winter"), staff=tom.staff, start=hour(14))
    studio.stack.restart_postgres()
    assert look_around(studio) == {200}
    moved_to = hour(15)
    reschedule_appointment(visit.pk, start_at=moved_to, at=timezone.now(), by=SETUP)

    wait_until_in_step(visit)

    event = assert_there_once(studio, tom, visit)
    local = moved_to.astimezone(visit.time_zone)
    assert f"DTSTART;TZID=Europe/Berlin:{local:%Y%m%dT%H%M%S}" in event
