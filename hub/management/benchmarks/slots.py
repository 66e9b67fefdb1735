"""``slot-race``: two hundred clients ask for one slot over HTTP, and one of them gets it."""

import http.client
import json
import threading
import time
from collections import Counter

from django.db import connection
from django.utils import timezone

from hub.access import Capability
from hub.management.benchmarks.booking import booking_of_next_slot
from hub.management.benchmarks.ground import BY, Ground
from hub.management.benchmarks.measuring import Row
from hub.management.laboratory import Laboratory
from hub.rest.keys import create_key

CLIENTS = 200
LONGEST_MS = 2000.0
SECONDS_TO_CONNECT = 60
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def measure(stack: Laboratory, ground: Ground) -> list[Row]:
    """The slowest of 200 requests against the two seconds that nobody may wait longer than."""
    key = create_key(
        "Race",
        scopes=[Capability.BOOK_APPOINTMENT, Capability.VIEW_CUSTOMER],
        at=timezone.now(),
        by=BY,
    )
    headers = {"Authorization": f"Bearer {key.token}", "Content-Type": "application/json"}
    body = json.dumps(booking_of_next_slot(ground))
    start = threading.Barrier(CLIENTS)
    answers: list[tuple[int, float]] = []

    def ask() -> None:
        client = http.client.HTTPConnection(
            "127.0.0.1", stack.place.port, timeout=SECONDS_TO_CONNECT
        )
        client.connect()
        start.wait(SECONDS_TO_CONNECT)
        began = time.perf_counter()
        client.request("POST", "/api/v1/appointments", body, headers)
        answer = client.getresponse()
        answer.read()
        answers.append((answer.status, (time.perf_counter() - began) * 1000))
        client.close()

    before = _deadlocks()
    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slowest = max(spent for _, spent in answers)
    counts = dict(sorted(Counter(status for status, _ in answers).items()))
    note = f"{counts}, {_deadlocks() - before} deadlocks"
    return [Row("slot-race", slowest, "ms max", LONGEST_MS, slowest / LONGEST_MS, CLIENTS, note)]


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(_DEADLOCKS)
        row = cursor.fetchone()
    return int(row[0]) if row else 0
