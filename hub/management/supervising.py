"""Keeping the stack alive, and ending it in reverse order within its time."""

import http.client
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from hub.management.programs import Service, Watch

POLL_SECONDS = 0.1
READY_SECONDS = 90
STOP_SECONDS = 16
LONGEST_STAGE_SECONDS = 8
OK = 200


class NotReady(Exception):
    """Its text is the one sentence that the user reads."""


class Supervisor:
    """Stages start one after the other and end in reverse; a stage ends all at once."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.stages: list[list[Watch]] = []

    def start(self, *services: Service) -> None:
        stage: list[Watch] = []
        self.stages.append(stage)
        for service in services:
            watch = Watch(service, self.say)
            stage.append(watch)
            watch.start(time.monotonic())

    def tend(self) -> None:
        """:raises GaveUp: a service cannot be kept alive."""
        for stage in self.stages:
            for watch in stage:
                watch.tend(time.monotonic())

    def run(self) -> None:
        """Until a signal ends it, or a service gives up."""
        while True:
            self.tend()
            time.sleep(POLL_SECONDS)

    def wait_until_ready(self, url: str) -> None:
        """:raises NotReady: the address does not answer 200 in time."""
        limit = time.monotonic() + READY_SECONDS
        while not answers(url):
            self.tend()
            if time.monotonic() > limit:
                raise NotReady(f"{url} is not ready after {READY_SECONDS} s; see .run/logs.")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        limit = time.monotonic() + STOP_SECONDS
        for stage in reversed(self.stages):
            left = max(1.0, limit - time.monotonic())
            stop_together(
                [watch.service for watch in stage], min(left, float(LONGEST_STAGE_SECONDS))
            )


def stop_together(services: Sequence[Service], patience_seconds: float) -> None:
    if services:
        with ThreadPoolExecutor(len(services)) as pool:
            list(pool.map(lambda service: service.stop(patience_seconds), services))


def answers(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
