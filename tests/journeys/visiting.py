"""Browsers of the studio's people, and everything that must not happen in them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from hub.accounts.models import User
from tests.factories.people import PASSWORD
from tests.journeys.studio import Studio

# Everything waits for a condition; this is for a machine that is busy with other things.
PATIENCE_MS = 45_000
SERVER_ERROR = 500
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@dataclass
class Doors:
    """Opens a browser for each person; remembers what any of them complained about."""

    browser: Browser
    studio: Studio
    complaints: list[str] = field(default_factory=list)
    opened: list[BrowserContext] = field(default_factory=list)

    def enter(self, role: str, *, size: str = "wide", **settings: Any) -> Page:
        """Sign in by the page for it, as the person who has ``role``."""
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            locale="en-US",
            reduced_motion="reduce",
            base_url=self.studio.stack.url,
            **settings,
        )
        context.set_default_timeout(PATIENCE_MS)
        self.opened.append(context)
        self._listen(context)
        page = context.new_page()
        self._sign_in(page, self.studio.people[role])
        return page

    def _listen(self, context: BrowserContext) -> None:
        """A broken content security policy is said in the console too."""
        context.on("console", self._hear)
        context.on("weberror", lambda raised: self.complaints.append(str(raised.error)))
        context.on("response", self._judge)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(said.text)

    def _judge(self, response: Response) -> None:
        if response.status >= SERVER_ERROR:
            self.complaints.append(f"{response.status} {response.url}")

    def _sign_in(self, page: Page, user: User) -> None:
        page.goto("/")
        page.get_by_label("Email").fill(user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("main")).to_be_visible()


def logged_errors(log: Path, *, since: int) -> list[str]:
    """Return what a program logged as an error after the first ``since`` bytes."""
    with log.open("rb") as lines:
        lines.seek(since)
        rows = [json.loads(line) for line in lines if line.startswith(b"{")]
    return [
        f"{log.name}: {row}"
        for row in rows
        if row["level"] in {"error", "critical"} or row.get("code", 0) >= SERVER_ERROR
    ]
