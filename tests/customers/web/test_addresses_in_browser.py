"""Further postal addresses in a real browser: by keyboard, and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, expect

from customers.addresses import add_address
from customers.models import Customer, PostalAddress
from tests.browser.conftest import base_url, browser_type_launch_args, complaints
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import SETUP, person

__all__ = ["base_url", "browser_type_launch_args", "complaints"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def claire(page: Page, live_server: object) -> Customer:
    """A customer, before somebody of the front desk who has signed in."""
    cookie = signed_in(person("Front desk")).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": str(live_server)}]
    )
    return customer(email="claire@marchetti.example", city="Lyon", country="FR")


@pytest.mark.parametrize("size", sorted(SIZES))
def test_an_address_is_added_by_keyboard_changed_and_removed(
    page: Page, live_server: object, claire: Customer, complaints: list[str], size: str
) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{live_server}{claire.get_absolute_url()}")
    page.get_by_role("link", name="Address", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("What it is for").focus()
    page.keyboard.press("w")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert").get_by_text("Enter a street")).to_be_visible()
    page.get_by_label("Street").focus()
    page.keyboard.type("1 rue Royale")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Work address", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Change 1 rue Royale, France").click()
    page.get_by_label("City").fill("Nice")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Remove 1 rue Royale, Nice, France").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()

    expect(page.get_by_text("Removed. The history keeps it.")).to_be_visible()
    assert not PostalAddress.objects.exists()
    # The refusal is an answer with 422, which the browser itself writes down.
    assert [text for text in complaints if "422" not in text] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_pages_are_accessible_and_fit(
    page: Page,
    live_server: object,
    claire: Customer,
    complaints: list[str],
    size: str,
    theme: str,
) -> None:
    values = {"label": "Ask for Luc at the back door", "street": "8 quai Saint-Antoine " * 5}
    address = add_address(claire.pk, values | {"kind": "visit", "city": "Lyon"}, by=SETUP)
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    own = claire.get_absolute_url()

    for path in (own, f"{own}addresses/new/", f"{own}addresses/{address.pk}/"):
        page.goto(f"{live_server}{path}")
        page.wait_for_load_state("networkidle")
        found = Axe().run(page).response["violations"]
        wide = page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert (path, [fault["id"] for fault in found], wide) == (path, [], False)
    assert complaints == []
