"""What tests do to the calendar with mouse and keys."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from playwright.sync_api import Locator, Page

BERLIN = ZoneInfo("Europe/Berlin")
ROW = 18  # pixels of a quarter of an hour
Enter = Callable[..., Page]


def tomorrow(hour: int, minute: int = 0) -> datetime:
    day = timezone.now().astimezone(BERLIN).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


def event(page: Page, name: str) -> Locator:
    return page.locator("#cal [data-appointment]", has_text=name)


def drag(page: Page, found: Locator, *, rows: int, columns: int = 0) -> None:
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box
    column = page.locator("#cal .ec-body .ec-day").first.bounding_box()
    assert column
    x, y = box["x"] + box["width"] / 2, box["y"] + 9
    page.mouse.move(x, y)
    page.mouse.down()
    to = x + columns * column["width"]
    page.mouse.move((x + to) / 2, y + rows * ROW / 2, steps=4)
    page.mouse.move(to, y + rows * ROW, steps=6)
    page.mouse.up()
