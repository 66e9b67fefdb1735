"""``booking-http``: CPU of a booking through the whole API against the lean view."""

import http.client
import json
import sys
import threading
from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
from django.utils import timezone

from hub.access import Capability
from hub.identifiers import public_id
from hub.management.benchmarks import lean
from hub.management.benchmarks.ground import BY, MINUTES, Ground
from hub.management.benchmarks.measuring import Row, cpu_seconds, in_turns, paired_ratio
from hub.management.laboratory import Laboratory, free_port, wait_until
from hub.management.programs import Program
from hub.rest.keys import create_key

CLIENTS = 4
CREATED = 201
Body = dict[str, object]


def measure(stack: Laboratory, ground: Ground, *, rows: int) -> list[Row]:
    """``rows`` bookings per contender and round, five rounds, by four clients at once."""
    server = _serve_lean(stack)
    key = create_key(
        "Benchmark",
        scopes=[Capability.BOOK_APPOINTMENT, Capability.VIEW_CALENDAR, Capability.VIEW_CUSTOMER],
        at=timezone.now(),
        by=BY,
    )
    headers = {"Authorization": f"Bearer {key.token}", "Content-Type": "application/json"}
    postgres = stack.postgres.process
    web = stack.programs["web"].process
    shared = [process.pid for process in (postgres,) if process]
    full_pids = [process.pid for process in (web,) if process] + shared
    lean_pids = [server.process.pid for _ in (1,) if server.process] + shared
    port = urlsplit(server.environment["PUBLIC_URL"]).port or 0

    def full() -> float:
        bodies = [booking_of_next_slot(ground) for _ in range(rows)]
        return _cpu_ms(full_pids, stack.place.port, "/api/v1/appointments", bodies, headers)

    def bare() -> float:
        bodies = [_slot(ground) for _ in range(rows)]
        return _cpu_ms(lean_pids, port, "/slots", bodies, headers)

    try:
        figures = in_turns({"full": full, "lean": bare}, rounds=5)
    finally:
        server.stop(5)
    ratio = paired_ratio(figures["full"], figures["lean"])
    return [
        Row(
            "booking-http",
            _median(figures["full"]),
            "CPU ms",
            _median(figures["lean"]),
            ratio,
            rows * 5,
            "web and database together",
        )
    ]


def _serve_lean(stack: Laboratory) -> Program:
    with psycopg.connect(stack.postgres.urls.owner, autocommit=True) as owner:
        owner.execute(lean.TABLE)
    port = free_port()
    environment = stack.environment | {"PUBLIC_URL": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi"]
    command += ["hub.management.benchmarks.lean:application", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "4"]
    server = Program("lean", command, environment, stack.place.folder)
    server.start()
    wait_until(lambda: _is_up(port), seconds=60, what="the lean view is up")
    return server


def _is_up(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/slots")
        return connection.getresponse().status == http.client.METHOD_NOT_ALLOWED
    except OSError:
        return False
    finally:
        connection.close()


def booking_of_next_slot(ground: Ground) -> Body:
    person, start = ground.next_slot()
    return {
        "customer": public_id("cus", ground.customer.pk),
        "service": public_id("svc", ground.service.pk),
        "staff": public_id("stf", person.pk),
        "start_at": start.isoformat(),
    }


def _slot(ground: Ground) -> Body:
    person, start = ground.next_slot()
    end = start + timedelta(minutes=MINUTES)
    return {
        "subject": person.subject,
        "start_at": start.isoformat(),
        "end_at": end.isoformat(),
    }


def _cpu_ms(
    pids: list[int], port: int, path: str, bodies: list[Body], headers: dict[str, str]
) -> float:
    before = cpu_seconds(*pids)
    parts = [bodies[number::CLIENTS] for number in range(CLIENTS)]
    threads = [
        threading.Thread(target=_post_all, args=(port, path, part, headers)) for part in parts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (cpu_seconds(*pids) - before) * 1000 / len(bodies)


def _post_all(port: int, path: str, bodies: list[Body], headers: dict[str, str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for body in bodies:
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != CREATED:
            raise RuntimeError(f"{path} answered {answer.status}: {content[:300]!r}")
    connection.close()


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
