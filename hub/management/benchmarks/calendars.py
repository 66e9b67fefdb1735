"""``booking-to-caldav`` and ``caldav-to-hub``: seconds between one side and the other."""

import re
import time
from http import HTTPStatus
from urllib.error import HTTPError
from uuid import uuid4

from hub.management import calendar_server
from hub.management.benchmarks.ground import BY, Ground
from hub.management.benchmarks.measuring import Row, percentile
from hub.management.laboratory import Laboratory, wait_until
from scheduling.models import Appointment
from syncs.connecting import add_connection
from syncs.connectors.base import idem_key
from syncs.models import Connection, Job

PER_SECOND = 5.0
POLL_SECONDS = 0.02
PATIENCE_SECONDS = 60.0
MOVES = 5


def connect(stack: Laboratory, ground: Ground) -> Connection:
    """One calendar for everybody, checked and ready."""
    connection = add_connection(
        vendor="caldav",
        label="Bench calendar",
        owner=ground.owner,
        config={
            "calendar_url": calendar_server.make_calendar(stack.calendar_url, uuid4().hex),
            "staff": [str(person.pk) for person in ground.staff],
        },
        secrets={"username": calendar_server.USER, "password": calendar_server.PASSWORD},
        by=BY,
    )
    jobs = Job.objects.filter(connection=connection)
    wait_until(
        lambda: not jobs.exclude(state="idle").exists(), seconds=60, what="the calendar is ready"
    )
    return connection


def outward(connection: Connection, ground: Ground, *, rows: int) -> list[Row]:
    """Commit → readable in the calendar, at five bookings a second."""
    limits = [_bare_put(connection, number) for number in range(20)]
    delays = []
    for _ in range(rows):
        began = time.perf_counter()
        visit = ground.book()
        delays.append(_until_readable(_href(connection, visit)))
        time.sleep(max(0.0, 1 / PER_SECOND - (time.perf_counter() - began)))
    limit = percentile(limits, 50)
    return [
        _seconds(f"booking-to-caldav p{percent}", percentile(delays, percent), limit, rows)
        for percent in (50, 99)
    ]


def inward(connection: Connection, ground: Ground, *, poll_seconds: float) -> list[Row]:
    """Moved in the calendar → moved in the hub, by polling alone."""
    delays = []
    for _ in range(MOVES):
        visit = ground.book()
        href = _href(connection, visit)
        _until_readable(href)
        _shift(href)
        began = time.perf_counter()
        wait_until(
            lambda visit=visit: Appointment.objects.get(pk=visit.pk).start_at != visit.start_at,  # type: ignore[misc]
            seconds=PATIENCE_SECONDS,
            what="the move has arrived",
        )
        delays.append(time.perf_counter() - began)
    return [_seconds("caldav-to-hub max", max(delays), poll_seconds, MOVES, "limit: the interval")]


def _seconds(name: str, figure: float, limit: float, rows: int, note: str = "") -> Row:
    return Row(name, figure, "s", limit, figure / limit, rows, note or "limit: a bare PUT and GET")


def _href(connection: Connection, visit: Appointment) -> str:
    name = idem_key(connection.pk, "appointment", visit.pk)
    return f"{connection.config['calendar_url']}hub-{name}.ics"


def _until_readable(href: str) -> float:
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE_SECONDS:
        try:
            calendar_server.ask("GET", href)
            return time.perf_counter() - began
        except HTTPError as error:
            if error.code != HTTPStatus.NOT_FOUND:
                raise
        time.sleep(POLL_SECONDS)
    raise TimeoutError(href)


def _bare_put(connection: Connection, number: int) -> float:
    href = f"{connection.config['calendar_url']}bare-{number}.ics"
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//\r\nBEGIN:VEVENT\r\n"
        f"UID:bare-{number}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20200101T090000Z\r\n"
        "DTEND:20200101T100000Z\r\nSUMMARY:Bare\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    began = time.perf_counter()
    calendar_server.ask("PUT", href, event)
    calendar_server.ask("GET", href)
    return time.perf_counter() - began


def _shift(href: str) -> None:
    """Move an event to the same day, a year later: surely free."""
    zone, event = calendar_server.ask("GET", href).split("BEGIN:VEVENT")
    event = re.sub(
        r"(DT(?:START|END)[^:]*:)(\d{4})(\d{4}T)",
        lambda found: f"{found.group(1)}{int(found.group(2)) + 1}{found.group(3)}",
        event,
    )
    calendar_server.ask("PUT", href, f"{zone}BEGIN:VEVENT{event}")
