"""Several services in a row in a browser: from the panel to the calendar, on every screen."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.test_settings_pages import SIZES
from tests.browser.test_subscriptions import Enter, enter, look
from tests.factories.people import person
from tests.factories.scheduling import client, location, service, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["enter"]


@pytest.fixture
def salon() -> None:
    services = [service("Wash", duration_minutes=15), service("Cut", duration_minutes=45)]
    staff("Kim", services=services)
    staff("Jo", services=services)
    client("Mara Winter")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.usefixtures("salon")
def test_the_page_is_usable_by_everybody(
    enter: Enter,
    complaints: list[str],
    size: str,
    theme: Any,
    tmp_path: Path,
    live_server: Any,
) -> None:
    mara, day = client("Bo Lind"), (timezone.now() + timedelta(days=2)).date()
    page = enter(person("Manager"), "/")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    own = f"/calendar/in-a-row/?location={location().pk}&customer={mara.pk}&date={day}"

    page.goto(live_server.url + own)
    look(page, f"1-empty-{size}-{theme}", tmp_path)
    page.get_by_label("First").select_option(label="Wash · 15 min")
    page.get_by_label("Then").first.select_option(label="Cut · 45 min")
    expect(page.get_by_role("radio").first).to_be_visible()
    look(page, f"2-times-{size}-{theme}", tmp_path)
    page.get_by_role("button", name="Book together").click()
    expect(page.get_by_text("Choose a time.").first).to_be_visible()
    look(page, f"3-refused-{size}-{theme}", tmp_path)

    assert [said for said in complaints if "422" not in said] == []


@pytest.mark.usefixtures("salon")
def test_a_row_is_booked_from_the_panel_with_the_keyboard(
    enter: Enter, complaints: list[str]
) -> None:
    day = (timezone.now() + timedelta(days=2)).date()
    page = enter(person("Front desk"), f"/calendar/?date={day}")

    page.keyboard.press("n")
    page.get_by_role("combobox", name="Customer").fill("Mara")
    page.get_by_role("option", name="Mara Winter").click()
    page.get_by_label("Service").first.select_option(label="Wash · 15 min")
    page.get_by_role("button", name="Several…").press("Enter")
    expect(page.get_by_role("heading", name="Several services in a row")).to_be_visible()
    page.get_by_label("Then").first.select_option(label="Cut · 45 min")
    page.get_by_role("radio").first.press("Space")
    page.get_by_role("button", name="Book together").press("Enter")

    expect(page.get_by_text("2 visits are booked for Mara Winter")).to_be_visible()
    expect(page.get_by_role("button", name="Mara Winter").first).to_be_visible()
    assert complaints == []
