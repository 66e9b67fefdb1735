"""The link in a customer's mail, opened in a browser that never signed in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import Appointment
from tests.browser.test_settings_pages import SIZES
from tests.browser.test_subscriptions import look
from tests.factories.people import person
from tests.factories.scheduling import service
from tests.scheduling.selfservice.links import path, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[[str], Page]


@pytest.fixture
def soon() -> datetime:
    """In three days at eleven; nobody waits for it."""
    day = datetime.now().astimezone() + timedelta(days=3)
    return day.replace(hour=11, minute=0, second=0, microsecond=0)


@pytest.fixture
def appointment(soon: datetime) -> Appointment:
    person("Administrator")
    service(
        cancellation_window_minutes=24 * 60,
        late_fee_kind="flat",
        late_fee=Decimal("20.00"),
        instructions="Please come with washed hair.",
    )
    return visit(start=soon)


@pytest.fixture
def opened(page: Page, live_server: Any) -> Open:
    def go(address: str) -> Page:
        page.goto(live_server.url + address)
        return page

    return go


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_usable_by_everybody(
    page: Page, opened: Open, appointment: Appointment, size: str, theme: Any, tmp_path: Path
) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    addresses = {name: path(appointment, name) for name in ("visit", "visit_move", "visit_cancel")}

    for name, address in (addresses | {"unknown": f"/visits/{'A' * 43}/"}).items():
        opened(address)
        look(page, f"{name}-{size}-{theme}", tmp_path)


def test_a_customer_finds_another_time_by_keyboard(
    opened: Open, appointment: Appointment, complaints: list[str]
) -> None:
    page = opened(path(appointment))

    page.get_by_role("link", name="Change the time").press("Enter")
    page.get_by_role("link", name="A week later").press("Enter")
    page.get_by_role("radio", name="10:15").press("Space")
    page.get_by_role("button", name="Move it there").press("Enter")

    expect(page.get_by_role("status")).to_contain_text("It is moved.")
    expect(page.get_by_text("10:15 – 11:00")).to_be_visible()
    assert complaints == []


def test_a_customer_comes_after_all_and_then_cannot_by_keyboard(
    opened: Open, appointment: Appointment, complaints: list[str]
) -> None:
    Appointment.objects.update(cancellation_window_minutes=4 * 24 * 60)
    page = opened(path(appointment))

    page.get_by_role("button", name="Yes, I will come").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("we look forward to seeing you")
    page.get_by_role("link", name="Cancel it").press("Enter")
    expect(page.get_by_text("This costs €20.00.")).to_be_visible()
    page.get_by_label("Why?").fill("A cold")
    page.get_by_role("button", name="Cancel it for €20.00").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It is canceled")

    appointment.refresh_from_db()
    assert (appointment.status, appointment.cancel_reason) == ("canceled", "A cold")
    assert complaints == []


def test_it_needs_no_script(browser: Any, appointment: Appointment, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + path(appointment))

    page.get_by_role("button", name="Yes, I will come").click()
    expect(page.get_by_role("status")).to_contain_text("we look forward to seeing you")
    page.get_by_role("link", name="Cancel it").click()
    page.get_by_role("button", name="Cancel it").click()

    expect(page.get_by_role("status")).to_contain_text("It is canceled")
    context.close()
