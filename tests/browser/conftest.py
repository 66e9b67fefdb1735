"""A browser from the system, and a server of pages that need no database."""

import os
import shutil
import threading
from collections.abc import Iterator
from copy import deepcopy
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

# Playwright's sync interface keeps an event loop in this thread; Django's guard takes it for ours.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Requests of a passing test are no news."""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found or "HUB_NO_BROWSER" in os.environ:
        pytest.skip("no Chromium on this machine")
    return {"executable_path": found, "args": QUIET}


@pytest.fixture(scope="session")
def base_url() -> None:
    """Every test names its server; the plugin's own fixture warns under this pytest."""


@pytest.fixture(scope="module")
def look_url() -> Iterator[str]:
    """Address of tests/browser/pages.py under the product's own settings and policy."""
    templates: Any = deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["context_processors"][-1] = "tests.browser.pages.shell"
    with override_settings(
        DEBUG=True,
        ROOT_URLCONF="tests.browser.pages",
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        MIDDLEWARE=[name for name in settings.MIDDLEWARE if not name.startswith("hub.")],
        TEMPLATES=templates,
    ):
        handler = StaticFilesHandler(WSGIHandler())
        server = make_server("127.0.0.1", 0, handler, server_class=Threaded, handler_class=Silent)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def complaints(context: BrowserContext) -> list[str]:
    """What the console of any page of this test said in anger."""
    heard: list[str] = []
    context.on("console", lambda said: heard.append(said.text) if _is_angry(said) else None)
    context.on("weberror", lambda raised: heard.append(str(raised.error)))
    return heard


# A request that a newer one replaces is given up on purpose; htmx tells the console of it.
GIVEN_UP = ("htmx:sendAbort", "htmx:afterRequest")


def _is_angry(said: ConsoleMessage) -> bool:
    return said.type in {"error", "warning"} and not said.text.startswith(GIVEN_UP)


@pytest.fixture
def guide(page: Page, look_url: str, complaints: list[str]) -> Iterator[Page]:
    """The style guide, opened; the test fails when its console complained."""
    page.goto(f"{look_url}/styleguide/")
    yield page
    assert complaints == []
