"""The command palette: everything within reach of the keyboard."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, Route, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def palette(guide: Page) -> Page:
    guide.keyboard.press("Control+k")
    expect(guide.get_by_role("combobox", name="Search")).to_be_focused()
    return guide


def test_it_opens_with_commands_and_pages(palette: Page) -> None:
    options = palette.locator("dialog.cmd [role=option]")

    expect(options).to_have_count(6)
    expect(options.first).to_contain_text("New booking")
    expect(options.first).to_have_attribute("aria-selected", "true")


def test_records_found_by_the_server_stand_first(palette: Page) -> None:
    palette.keyboard.type("march")

    chosen = palette.locator("[role=option][aria-selected=true]")
    expect(chosen).to_contain_text("Claire Marchetti")
    box = palette.get_by_role("combobox", name="Search")
    expect(box).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    palette.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("C. Marchetti")
    palette.keyboard.press("ArrowUp")
    palette.keyboard.press("Enter")
    expect(palette).to_have_url(re.compile(r"/customers/\?found=march$"))


def test_two_letters_jump_whatever_the_server_found(palette: Page) -> None:
    answer = '<div role="option" data-href="/customers/">Gina</div>'
    palette.route(
        "**/search/**", lambda route: route.fulfill(body=answer, content_type="text/html")
    )
    palette.keyboard.type("gi")
    expect(palette.get_by_role("option", name="Gina")).to_be_visible()

    expect(palette.locator("[role=option][aria-selected=true]")).to_contain_text("Invoices")
    palette.keyboard.press("Enter")

    expect(palette).to_have_url(re.compile("/invoices/$"))


def test_it_says_when_nothing_was_found(palette: Page) -> None:
    palette.route("**/search/**", lambda route: route.fulfill(body="", content_type="text/html"))

    palette.keyboard.type("zzzz")

    expect(palette.get_by_text("Nothing found.")).to_be_visible()


def test_an_answer_that_comes_late_does_not_replace_a_newer_one(palette: Page) -> None:
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    palette.route("**/search/?q=ma", hold)
    with palette.expect_request("**/search/?q=ma"):
        palette.keyboard.type("ma")
    palette.keyboard.type("rch")
    expect(palette.get_by_role("option", name="Claire Marchetti")).to_be_visible()

    with suppress(Error):  # the browser gave up on it already, which is the point
        waiting[0].fulfill(body="<div role=option>old</div>", content_type="text/html")

    expect(palette.get_by_text("old", exact=True)).to_have_count(0)


def test_a_sign_in_page_is_never_mistaken_for_results(
    palette: Page, complaints: list[str]
) -> None:
    palette.route("**/search/**", lambda route: route.fulfill(status=403, body="<h1>Sign in</h1>"))

    with palette.expect_response("**/search/**"):
        palette.keyboard.type("zzzz")

    expect(palette.get_by_text("Nothing found.")).to_be_visible()
    expect(palette.get_by_text("Sign in")).to_have_count(0)
    complaints.clear()


def test_escape_closes_and_forgets(palette: Page) -> None:
    palette.keyboard.type("march")
    palette.keyboard.press("Escape")
    expect(palette.locator("dialog.cmd")).to_be_hidden()

    palette.get_by_role("button", name="Search").first.click()

    expect(palette.get_by_role("combobox", name="Search")).to_have_value("")
