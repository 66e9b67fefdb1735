"""One running hub for all journeys, and browsers for the people who use it.

The stack runs for the whole session; this process looks at its database only during a journey,
so that tests of other kinds in the same run keep their own.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from playwright.sync_api import Browser, expect
from pytest_django import DjangoDbBlocker

from hub.management.laboratory import Laboratory, pointed_at, started
from syncs.credentials import _box
from tests.browser import conftest as browser_tests
from tests.journeys.studio import Studio, open_studio
from tests.journeys.visiting import PATIENCE_MS, Doors, logged_errors

base_url = browser_tests.base_url
browser_type_launch_args = browser_tests.browser_type_launch_args
VARIABLES = {"SYNCS_POLL_SECONDS": "2", "API_REQUESTS_PER_MINUTE": "100000"}


@pytest.fixture(scope="session")
def studio(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Studio]:
    with started(tmp_path_factory.mktemp("studio"), VARIABLES) as stack:
        with looking_at(stack, django_db_blocker):
            opened = open_studio(stack)
        yield opened


@pytest.fixture(autouse=True)
def _at_the_studio(studio: Studio, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with looking_at(studio.stack, django_db_blocker):
        yield


@contextmanager
def looking_at(stack: Laboratory, blocker: DjangoDbBlocker) -> Iterator[None]:
    with blocker.unblock(), pointed_at(stack):
        _box.cache_clear()
        yield
        connections["default"].close()
    _box.cache_clear()


@pytest.fixture
def doors(browser: Browser, studio: Studio) -> Iterator[Doors]:
    """Nobody's browser may complain, and no program may fail, whatever happens here."""
    expect.set_options(timeout=PATIENCE_MS)
    logs = [program.log for program in studio.stack.programs.values()]
    before = {log: log.stat().st_size for log in logs}
    doors = Doors(browser, studio)
    yield doors
    for context in doors.opened:
        context.close()
    expect.set_options(timeout=5_000)
    assert doors.complaints == []
    assert [error for log in logs for error in logged_errors(log, since=before[log])] == []
