"""The look itself: every component, both themes, both widths, under the strict policy."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

ADDRESSES = [
    "/styleguide/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/first-run/",
    "/customers/",
    "/broken/",
]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "reduced_motion": "reduce"}


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], node["html"]) for one in found for node in one["nodes"]]


def border_color(page: Page, selector: str) -> str:
    color: str = page.eval_on_selector(selector, "found => getComputedStyle(found).borderColor")
    return color


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_accessible_quiet_and_never_wider_than_the_screen(
    page: Page, look_url: str, complaints: list[str], address: str, size: str
) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(look_url + address)

    found = []
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        found += violations(page)

    assert found == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_opens_over_the_page_is_accessible_too(guide: Page, theme: str) -> None:
    guide.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
    for dialog in ("sample-dialog", "shortcuts", "confirm"):
        guide.evaluate("id => hub.openDialog(document.getElementById(id))", dialog)
        assert violations(guide) == []
        guide.keyboard.press("Escape")

    guide.get_by_label("Your account").click()
    assert violations(guide) == []

    guide.keyboard.press("Control+k")
    assert violations(guide) == []


def test_invalid_input_is_explained_at_the_field_and_in_a_summary(guide: Page) -> None:
    guide.get_by_role("button", name="Save").click()

    summary = guide.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(guide.locator("#id_email")).to_have_attribute("aria-invalid", "true")
    expect(guide.locator("#id_email")).to_have_attribute("aria-describedby", "id_email_error")
    assert border_color(guide, "#id_email") != border_color(guide, "#id_phone")
    summary.get_by_role("link", name="Email").click()
    expect(guide.locator("#id_email")).to_be_focused()
    assert violations(guide) == []


def test_without_scripts_messages_and_forms_still_work(browser: Browser, look_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{look_url}/messages/")

    expect(page.get_by_text("Yara Haddad moved to 15:45.")).to_be_visible()
    expect(page.get_by_text("Not moved: Dina Falk")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nothing was saved")).to_be_visible()
    context.close()
