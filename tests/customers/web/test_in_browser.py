"""The pages about customers in a real browser: search while typing, phones, both themes."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, expect

from customers.models import Customer
from customers.updating import update_customer
from tests.browser.conftest import base_url, browser_type_launch_args, complaints
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import SETUP, person

__all__ = ["base_url", "browser_type_launch_args", "complaints"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Enter = Callable[[str], Page]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def enter(page: Page, live_server: Any) -> Enter:
    """Open an address as somebody of the front desk who has signed in."""
    cookie = signed_in(person("Front desk")).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    def opened(path: str) -> Page:
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        return page

    return opened


@pytest.fixture
def claire(enter: Enter) -> Customer:
    found = customer(
        email="claire@marchetti.example", phone="+33612345678", company="Marchetti Interiors"
    )
    customer("Luc Marchetti", phone="+33612345678")
    update_customer(found.pk, {"city": "Lyon", "notes": "Prefers mornings."}, by=SETUP)
    return found


def test_the_list_follows_the_typing(
    enter: Enter, claire: Customer, complaints: list[str]
) -> None:
    customer("Bruno Costa")
    page = enter("/customers/")
    expect(page.get_by_role("link", name="Bruno Costa")).to_be_visible()

    page.get_by_label("Search customers").type("zorro", delay=5)
    expect(page.get_by_text("Nobody found")).to_be_visible()
    page.get_by_label("Search customers").fill("+33 6 12 34 56 78")

    expect(page.get_by_role("link", name="Claire Marchetti")).to_be_visible()
    expect(page.get_by_role("link", name="Bruno Costa")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/customers/\?q=%2B33%206"))
    page.get_by_role("row", name=claire.code).click()
    page.wait_for_url(f"**{claire.get_absolute_url()}")
    page.go_back()
    expect(page.get_by_role("link", name="Luc Marchetti")).to_be_visible()
    assert complaints == []


def test_an_additional_address_is_removed_after_a_question(
    enter: Enter, claire: Customer, complaints: list[str]
) -> None:
    update_customer(claire.pk, {"phone": "+33712345678"}, by=SETUP)
    customer(email="claire@marchetti.example", phone="+33799999999")
    page = enter(claire.get_absolute_url())

    page.get_by_role("button", name="Remove +33 7 99 99 99 99").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()

    expect(page.get_by_text("Removed. The history keeps it.")).to_be_visible()
    assert claire.contact_points.count() == 2
    assert complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", sorted(SIZES))
def test_every_page_is_accessible_and_fits(
    enter: Enter, page: Page, claire: Customer, complaints: list[str], size: str, theme: str
) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    own = claire.get_absolute_url()

    for path in ("/customers/", "/customers/?q=zorro", "/customers/new/", own, f"{own}edit/"):
        enter(path)
        found = Axe().run(page).response["violations"]
        wide = page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert (path, [fault["id"] for fault in found], wide) == (path, [], False)
    assert complaints == []
