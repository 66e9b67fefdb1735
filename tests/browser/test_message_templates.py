"""Writing one's own words for messages, in a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, expect

from scheduling.models import MessageTemplate
from scheduling.setup.messages import add_template
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, person
from tests.factories.scheduling import service, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
Enter = Callable[[str], Page]


@pytest.fixture
def enter(page: Page, live_server: Any) -> Enter:
    """Open an address as a manager who has signed in."""

    def opened(path: str) -> Page:
        cookie = signed_in(person("Manager")).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        page.goto(live_server.url + path)
        return page

    return opened


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_are_accessible_quiet_and_as_wide_as_the_screen(
    enter: Enter, complaints: list[str], size: str
) -> None:
    width, height = SIZES[size]
    page = enter("/settings/messages/")
    page.set_viewport_size({"width": width, "height": height})
    home = page.url.split("/settings/")[0]
    found: list[tuple[str, ...]] = []

    def look(path: str) -> None:
        page.goto(home + path)
        if "new" in path:
            page.get_by_role("textbox", name="Text").fill("Bitte klingeln.")
            page.get_by_role("button", name="Preview").click()
            expect(page.locator("#message-preview")).to_contain_text("Bitte klingeln.")
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
            answer = Axe().run(page).response["violations"]
            found.extend(
                (path, one["id"], node["html"]) for one in answer for node in one["nodes"]
            )
        assert page.evaluate("document.documentElement.scrollWidth") == width

    look("/settings/messages/")
    staff(services=[service()])
    made = add_template("booked", "de", None, {"text": "Bitte klingeln."}, by=SETUP)
    for path in ("/settings/messages/", "/settings/messages/new/", made.get_absolute_url()):
        look(path)

    assert found == []
    assert complaints == []


def test_words_are_looked_at_mended_and_saved(enter: Enter, complaints: list[str]) -> None:
    haircut = service()
    page = enter("/settings/messages/")
    page.get_by_role("link", name="Add a text").first.click()
    page.get_by_role("combobox", name="Message").select_option("Reminder")
    page.get_by_role("combobox", name="Language").select_option("German")
    page.get_by_role("combobox", name="Service").select_option("Haircut")
    page.get_by_role("textbox", name="Text").fill("Hallo {kunde}, bis morgen!")
    page.get_by_role("button", name="Preview").click()
    shown = page.locator("#message-preview")
    expect(shown.get_by_role("alert")).to_contain_text("There is no placeholder {kunde} here.")
    assert not MessageTemplate.objects.exists()

    page.get_by_role("textbox", name="Text").fill("Hallo {customer}, bis morgen!")
    page.get_by_role("button", name="Preview").click()
    expect(shown).to_contain_text("Hallo Alex Example, bis morgen!")
    expect(shown).to_contain_text("Haircut bei Sam Example")
    expect(shown.locator(".letter").last).to_have_css("white-space", "pre-wrap")
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/settings/messages/")

    made = MessageTemplate.objects.get()
    assert (made.kind, made.language, made.service) == ("reminder", "de", haircut)
    expect(page.get_by_role("row", name="Reminder")).to_contain_text("German")
    assert complaints == []
