"""Calendar subscriptions in a browser: made, copied, made anew and revoked by hand."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from hub.accounts.models import User
from scheduling.models import CalendarFeed, Staff
from tests.browser.test_settings_pages import SIZES, violations
from tests.factories.clients import signed_in
from tests.factories.people import person
from tests.factories.scheduling import feed, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OWN = "/calendar/subscriptions/"
Enter = Callable[[User, str], Page]


@pytest.fixture
def enter(page: Page, live_server: Any) -> Enter:
    """Open an address as somebody who has signed in."""

    def opened(user: User, path: str) -> Page:
        cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        page.goto(live_server.url + path)
        return page

    return opened


def look(page: Page, name: str, folder: Path) -> None:
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    assert violations(page) == [], name
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide, f"{name} scrolls sideways"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_usable_by_everybody(
    enter: Enter, complaints: list[str], size: str, theme: Any, tmp_path: Path, live_server: Any
) -> None:
    ada = person("Manager")
    dina = staff("Dina Falk", user=ada)
    feed(dina, maker=ada), feed(dina.location, maker=ada)
    page = enter(ada, "/")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})

    settings_pages = (f"/settings/staff/{dina.pk}/", f"/settings/locations/{dina.location_id}/")
    for number, path in enumerate((*settings_pages, OWN)):
        page.goto(live_server.url + path)
        look(page, f"{number}-{size}-{theme}", tmp_path)
    page.get_by_role("button", name="Make an address").click()
    expect(page.locator("#address")).to_be_visible()
    look(page, f"made-{size}-{theme}", tmp_path)

    assert complaints == []


def test_an_address_is_made_copied_renewed_and_revoked(
    enter: Enter, complaints: list[str]
) -> None:
    paula = person("Practitioner")
    staff("Paula Practice", user=paula)
    page = enter(paula, "/calendar/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_label("Your account").click()
    page.get_by_role("link", name="Calendar subscription").click()
    page.get_by_label("Busy only").check()
    page.get_by_label(re.compile("^Where it is read")).fill("My phone")
    page.keyboard.press("Enter")
    first = copied(page)
    page.get_by_role("link", name="Done").click()
    confirm(page, "Make the address of My phone anew", "Make anew")
    second = copied(page)
    statuses = [read(first), read(second)]
    page.get_by_role("link", name="Done").click()
    confirm(page, "Revoke My phone", "Revoke")
    expect(page.get_by_text("can be read no more")).to_be_visible()

    assert statuses == [404, 200]
    assert read(second) == 404
    assert complaints == []


def copied(page: Page) -> str:
    """Press the button of the address, and return what it put into the clipboard."""
    page.get_by_role("button", name="Copy the address").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    address = str(page.evaluate("navigator.clipboard.readText()"))
    expect(page.locator("#address")).to_have_text(address)
    return address


def confirm(page: Page, button: str, answer: str) -> None:
    page.get_by_role("button", name=button).click()
    page.get_by_role("alertdialog").get_by_role("button", name=answer).click()


def read(address: str) -> int:
    return int(Client().get(urlsplit(address).path).status_code)


def test_a_manager_makes_one_of_a_location_and_comes_back_to_it(
    enter: Enter, complaints: list[str]
) -> None:
    dina = staff("Dina Falk")
    page = enter(person("Manager"), f"/settings/locations/{dina.location_id}/")

    page.get_by_role("button", name="Make an address").click()
    page.get_by_role("link", name="Done").click()

    expect(page.get_by_role("heading", name=dina.location.name)).to_be_visible()
    expect(page.get_by_role("region", name="Calendar subscription")).to_contain_text("Not named")
    assert CalendarFeed.objects.get().location == Staff.objects.get().location
    assert complaints == []
