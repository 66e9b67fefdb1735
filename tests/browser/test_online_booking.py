"""The public booking page in a browser: by hand, by keyboard, without scripts, on every screen."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import Appointment, Location, Staff
from tests.browser.test_settings_pages import SIZES
from tests.browser.test_subscriptions import look
from tests.factories.people import person
from tests.factories.scheduling import service, staff
from tests.scheduling.selfservice.links import place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def salon() -> Location:
    person("Administrator")
    salon = place()
    Location.objects.update(books_online=True, booking_slug="harbor")
    cut = service(books_online=True, late_fee_kind="flat", late_fee=20)
    color = service("Color and cut", books_online=True, duration_minutes=105)
    for name in ("Dina Falk", "Emil Osei"):
        staff(name, place=salon, services=[cut, color], hours="09:00–18:00")
    return salon


def fill(page: Page) -> None:
    page.get_by_label("Given name").fill("Ada")
    page.get_by_label("Family name").fill("Winter")
    page.get_by_label("E-mail").fill("ada@winter.example")
    page.get_by_label("Phone").fill("040 5550100")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_usable_by_everybody(
    page: Page, salon: Location, live_server: Any, size: str, theme: Any, tmp_path: Path
) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})

    page.goto(f"{live_server.url}/book/")
    look(page, f"1-services-{size}-{theme}", tmp_path)
    page.get_by_role("link", name="Haircut").click()
    page.get_by_role("link", name="A week later").click()
    look(page, f"2-times-{size}-{theme}", tmp_path)
    page.get_by_role("link", name="10:15").click()
    expect(page.get_by_text("We keep this time for you until")).to_be_visible()
    page.get_by_role("button", name="Book it").click()
    look(page, f"3-you-{size}-{theme}", tmp_path)
    fill(page)
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_role("status").first).to_contain_text("It is booked.")
    look(page, f"4-booked-{size}-{theme}", tmp_path)


def test_somebody_books_without_scripts(browser: Any, salon: Location, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/book/harbor/")

    page.get_by_role("link", name="Color and cut").press("Enter")
    page.get_by_label("With").select_option(label="Emil Osei")
    page.get_by_role("button", name="Show").press("Enter")
    page.get_by_role("link", name="A week later").press("Enter")
    page.get_by_role("link", name="11:00").press("Enter")
    fill(page)
    page.get_by_label("Phone").press("Enter")

    expect(page.get_by_text("It is booked.")).to_be_visible()
    assert Appointment.objects.get().staff == Staff.objects.get(name="Emil Osei")
    context.close()


def test_another_visitor_hears_at_once_that_the_time_is_being_booked(
    page: Page, browser: Any, salon: Location, live_server: Any
) -> None:
    def choose(page: Page) -> None:
        page.goto(f"{live_server.url}/book/harbor/")
        page.get_by_role("link", name="Haircut").click()
        page.get_by_label("With").select_option(label="Emil Osei")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("link", name="A week later").click()

    context = browser.new_context()
    other = context.new_page()
    choose(page)
    choose(other)
    page.get_by_role("link", name="10:15").click()
    expect(page.get_by_text("We keep this time for you until")).to_be_visible()
    other.get_by_role("link", name="10:15").click()

    expect(other.get_by_text("This time is not free any more.")).to_be_visible()
    page.get_by_role("link", name="Choose another time").click()
    expect(page.get_by_role("link", name="10:15")).to_be_visible()
    context.close()
