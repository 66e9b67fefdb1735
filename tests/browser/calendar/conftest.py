"""A browser on the other side of the world, and somebody to book."""

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page

from scheduling.models import Staff
from tests.browser.calendar.acting import Enter, tomorrow
from tests.factories.clients import signed_in
from tests.factories.people import person
from tests.factories.scheduling import service, staff


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    there = {"timezone_id": "Pacific/Auckland", "locale": "en-US", "reduced_motion": "reduce"}
    return {**browser_context_args, **there, "viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def enter(page: Page, live_server: Any) -> Enter:
    """Open an address as somebody who has signed in."""

    def opened(path: str = "", *, role: str = "Front desk") -> Page:
        cookie = signed_in(person(role)).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        page.goto(live_server.url + (path or f"/calendar/?date={tomorrow(0):%Y-%m-%d}"))
        return page

    return opened


@pytest.fixture
def dina() -> Staff:
    return staff("Dina Falk", services=[service()])
