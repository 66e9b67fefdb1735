"""Two hundred clients want one slot at the same moment, through the web server and its pool.

The control takes both guards away, the locks and the constraint, by SQL alone: then the same
crowd gets the slot more than once, so the test above can fail.
"""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import psycopg
import pytest
from django.utils import timezone

from hub.access import KEY_SCOPES
from hub.identifiers import public_id
from hub.management import stack as parts
from hub.management.laboratory import Laboratory, free_port, wait_until
from hub.management.programs import Program
from hub.management.supervising import answers
from hub.rest.keys import create_key
from scheduling.models import Appointment, Occupancy, Staff
from tests.factories.people import SETUP
from tests.factories.scheduling import client, service, staff
from tests.journeys.studio import Studio
from tests.scheduling.invariants import deadlocks, overlaps

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
CLIENTS = 200
BOUND_SECONDS = 60  # a quiet machine needs a tenth of it
CONSTRAINT = "occupancy_never_overlaps"
DROP = f"ALTER TABLE scheduling_occupancy DROP CONSTRAINT {CONSTRAINT}"
SHADOW = """
    CREATE SCHEMA shadow;
    CREATE FUNCTION shadow.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE sql AS 'SELECT';
    GRANT USAGE ON SCHEMA shadow TO hub_app;
    ALTER ROLE hub_app IN DATABASE hub SET search_path = shadow, pg_catalog, public;
"""
LIGHT = """
    ALTER ROLE hub_app IN DATABASE hub RESET search_path;
    DROP SCHEMA shadow CASCADE;
    SET session_replication_role = replica;
    DELETE FROM scheduling_occupancy WHERE subject = '{}';
"""


@dataclass(frozen=True)
class Outcome:
    status: int
    body: Mapping[str, object]


def in_a_month() -> datetime:
    return (timezone.now() + timedelta(days=30)).replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture
def luc() -> Staff:
    return staff("Luc Perrin")


@pytest.fixture
def token() -> str:
    made = create_key("Race", scopes=KEY_SCOPES, at=timezone.now(), by=SETUP)
    return made.token


def all_ask_at_once(url: str, luc: Staff, token: str, *, start: datetime) -> list[Outcome]:
    """Let every client connect first and ask together; return their answers."""
    body = json.dumps(
        {
            "customer": public_id("cus", client("Mara Winter").pk),
            "service": public_id("svc", service().pk),
            "staff": public_id("stf", luc.pk),
            "start_at": start.isoformat(),
        }
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    address = urlsplit(url).netloc
    outcomes: list[Outcome] = []
    barrier = threading.Barrier(CLIENTS)

    def ask() -> None:
        asking = http.client.HTTPConnection(address, timeout=2 * BOUND_SECONDS)
        asking.connect()
        barrier.wait()
        asking.request("POST", "/api/v1/appointments", body, headers)
        answer = asking.getresponse()
        outcomes.append(Outcome(answer.status, json.loads(answer.read())))
        asking.close()

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_one_of_two_hundred_clients_gets_the_slot(studio: Studio, luc: Staff, token: str) -> None:
    start = in_a_month()
    broken_before = deadlocks()
    began = time.monotonic()

    outcomes = all_ask_at_once(studio.stack.url, luc, token, start=start)

    took = time.monotonic() - began
    assert Counter(outcome.status for outcome in outcomes) == {201: 1, 409: CLIENTS - 1}
    refused = [outcome.body for outcome in outcomes if outcome.status == http.client.CONFLICT]
    local = start.astimezone(luc.location.time_zone)
    said = f"Luc Perrin is booked {local:%H}:00 – {local:%H}:45."
    assert {(body["code"], body["type"], body["detail"]) for body in refused} == {
        ("slot_taken", "urn:problem-type:hub:slot_taken", said)
    }
    assert Appointment.objects.filter(staff=luc).count() == 1
    assert Occupancy.objects.filter(subject=luc.subject).count() == 1
    assert overlaps() == []
    assert deadlocks() == broken_before
    assert took < BOUND_SECONDS


def test_control_without_locks_and_constraint_many_get_the_slot(
    studio: Studio, luc: Staff, token: str
) -> None:
    with unprotected(studio.stack, luc) as url:
        outcomes = all_ask_at_once(url, luc, token, start=in_a_month())

        winners = [outcome for outcome in outcomes if outcome.status == http.client.CREATED]
        assert len(winners) > 1
        assert overlaps() != []
    assert overlaps() == []


@contextmanager
def unprotected(stack: Laboratory, luc: Staff) -> Iterator[str]:
    """Return the address of a web server whose sessions find no guard in the database."""
    with ExitStack() as ending:
        owner = ending.enter_context(
            psycopg.connect(stack.postgres.url("postgres", "hub"), autocommit=True)
        )
        found = owner.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [CONSTRAINT]
        ).fetchone()
        assert found
        again = f"ALTER TABLE scheduling_occupancy ADD CONSTRAINT {CONSTRAINT} {found[0]}"
        owner.execute(SHADOW)
        owner.execute(DROP)
        ending.callback(owner.execute, again)
        ending.callback(owner.execute, LIGHT.format(luc.subject))
        web = another_web(stack)
        ending.callback(web.stop, 8)
        web.start()
        url = web.environment["PUBLIC_URL"]
        wait_until(lambda: answers(f"{url}/readyz"), seconds=BOUND_SECONDS, what="web is up")
        yield url


def another_web(stack: Laboratory) -> Program:
    place = parts.Place(stack.place.folder, "127.0.0.1", free_port())
    environment = stack.environment | {"PUBLIC_URL": place.url}
    (web,) = (one for one in parts.applications(place, environment) if one.name == "web")
    assert isinstance(web, Program)
    return Program("unprotected-web", web.command, environment, place.folder)
