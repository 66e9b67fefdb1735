"""A hub connected to a real calendar server and to the CRM stand-in, driven without Celery."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from django.utils import timezone

from scheduling.models import Appointment, Staff
from syncs import dispatch, jobs, running
from syncs.connecting import add_connection
from syncs.models import Connection
from tests.factories.people import SETUP, person
from tests.factories.scheduling import booked, staff
from tests.syncs.connectors.people import HUBSPOT_TOKEN
from tests.syncs.connectors.servers import (
    Server,
    hubspot_sandbox,
    make_calendar,
    radicale,
)


@pytest.fixture(scope="session")
def calendar_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture(scope="session")
def crm_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with hubspot_sandbox(tmp_path_factory.mktemp("hubspot")) as server:
        yield server


@pytest.fixture
def dina() -> Staff:
    return staff("Dina Falk")


@pytest.fixture
def calendar(settings: pytest.FixtureRequest, calendar_server: Server, dina: Staff) -> Connection:
    """Dina's calendar, connected."""
    settings.SYNCS_ALLOWED_HOSTS = calendar_server.allowed  # type: ignore[attr-defined]
    url = make_calendar(calendar_server, f"dina-{uuid4().hex}")
    return add_connection(
        vendor="caldav",
        label="Dina's calendar",
        owner=person("Administrator"),
        config={"calendar_url": url, "staff": [str(dina.pk)]},
        secrets={"username": "ben", "password": "ben-secret"},
        by=SETUP,
    )


@pytest.fixture
def crm(settings: pytest.FixtureRequest, crm_server: Server) -> Connection:
    """A CRM account that was checked and has nothing planned against it."""
    settings.SYNCS_ALLOWED_HOSTS = crm_server.allowed  # type: ignore[attr-defined]
    httpx.delete(f"{crm_server.url}/_faults").raise_for_status()
    connection = add_connection(
        vendor="hubspot",
        label="HubSpot",
        owner=person("Administrator"),
        config={"base_url": crm_server.url},
        secrets={"access_token": HUBSPOT_TOKEN},
        by=SETUP,
    )
    work_off()
    return connection


@pytest.fixture
def sync() -> Callable[[], None]:
    """Do all due work of all connections, as workers would, until nothing is due."""
    return work_off


def work_off(rounds: int = 30) -> None:
    for _ in range(rounds):
        while dispatch.dispatch(at=timezone.now()):
            pass
        due = jobs.due()
        if not due:
            return
        for job_id, _ in due:
            running.run_job(job_id, clock=timezone.now)


class CalendarProgram:
    """What a person does in a calendar program of their own, over CalDAV."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(auth=("ben", "ben-secret"))

    def events(self) -> dict[str, str]:
        """Every event as text, by its address."""
        listing = self.http.request("PROPFIND", self.url, headers={"Depth": "1"}).text
        hrefs = [part.split("<")[0] for part in listing.split("href>")[1:] if ".ics" in part]
        root = self.url.split("/", 3)
        base = "/".join(root[:3])
        return {base + href: self.http.get(base + href).text for href in hrefs}

    def only_event(self) -> tuple[str, str]:
        ((href, text),) = self.events().items()
        return href, text

    def edit(self, href: str, change: Callable[[str], str]) -> None:
        text = self.http.get(href).text
        self.http.put(
            href, content=change(text), headers={"Content-Type": "text/calendar"}
        ).raise_for_status()

    def add(self, name: str, *lines: str, uid: str = "") -> str:
        """Put an event there with these lines, and return its address."""
        event = ["BEGIN:VEVENT", f"UID:{uid or name}", "DTSTAMP:20260101T000000Z", *lines]
        text = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:mine", *event, "END:VEVENT"]
        href = f"{self.url}{name}.ics"
        self.http.put(
            href,
            content="\r\n".join([*text, "END:VCALENDAR", ""]),
            headers={"Content-Type": "text/calendar"},
        ).raise_for_status()
        return href

    def delete(self, href: str) -> None:
        self.http.delete(href).raise_for_status()


@pytest.fixture
def program(calendar: Connection) -> Iterator[CalendarProgram]:
    program = CalendarProgram(calendar.config["calendar_url"])
    yield program
    program.http.close()


def ask_pull(connection: Connection, stream: str = "events") -> None:
    jobs.request([(connection.pk, jobs.pull_key(stream))])


@pytest.fixture
def tomorrow() -> datetime:
    return (timezone.now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture
def visit(
    calendar: Connection, dina: Staff, sync: Callable[[], None], tomorrow: datetime
) -> Appointment:
    appointment = booked(staff=dina, start=tomorrow)
    sync()
    return appointment
