"""Settings, search, the API's description and refusals, in a browser under the strict policy."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from hub.access import Capability
from hub.rest.keys import create_key
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, person
from tests.factories.scheduling import client, location

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
PAGES = (
    "/settings/people/",
    "/settings/people/new/",
    "/settings/roles/",
    "/settings/keys/",
    "/settings/keys/new/",
    "/nowhere/",
)
Enter = Callable[..., Page]


@pytest.fixture
def enter(page: Page, live_server: Any) -> Enter:
    """Open an address as somebody who has signed in."""

    def opened(path: str, *, role: str | None = "Administrator") -> Page:
        cookie = signed_in(person(role)).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        page.goto(live_server.url + path)
        return page

    return opened


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], node["html"]) for one in found for node in one["nodes"]]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_usable_by_everybody(
    enter: Enter, complaints: list[str], size: str, theme: Any, tmp_path: Path
) -> None:
    ben = person("Front desk")
    create_key("Web shop", scopes=[Capability.VIEW_CUSTOMER], at=timezone.now(), by=SETUP)
    page = enter("/")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    root = page.url.split("/calendar")[0]

    for path in (*PAGES, f"/settings/people/{ben.pk}/"):
        page.goto(root + path)
        name = re.sub(r"\W+", "-", path).strip("-")
        page.screenshot(path=tmp_path / f"{name}-{size}-{theme}.png", full_page=True)
        assert violations(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"{path} scrolls sideways"

    assert [said for said in complaints if "404" not in said] == []


def test_a_person_is_added_and_deactivated_by_hand(enter: Enter, complaints: list[str]) -> None:
    location()
    page = enter("/settings/people/")

    page.get_by_role("link", name="Add a person").click()
    page.get_by_label(re.compile("^Name")).fill("Cleo Outside")
    page.get_by_label("Email address").fill("cleo@hub.example")
    page.get_by_label("Role").select_option("Front desk")
    page.get_by_label("First password").fill("correct horse battery")
    page.get_by_role("button", name="Add the person").click()
    expect(page.get_by_role("heading", name="Cleo Outside")).to_be_visible()
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("cannot sign in any more")).to_be_visible()

    assert complaints == []


def test_a_key_is_made_and_seen_once(enter: Enter, complaints: list[str]) -> None:
    page = enter("/settings/keys/new/")

    page.get_by_label(re.compile("^Name")).fill("Web shop")
    page.get_by_label("See all customers").check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("#token")).to_have_text(re.compile(r"^hub_live_"))
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("Web shop")).to_be_visible()
    expect(page.get_by_text(re.compile(r"hub_live_[0-9a-z]{8}_[^…]"))).to_have_count(0)

    assert complaints == []


def test_the_palette_finds_and_opens_a_customer(enter: Enter, complaints: list[str]) -> None:
    mara = client("Mara Winter")
    page = enter("/settings/people/", role="Administrator")

    page.keyboard.press("Control+k")
    page.keyboard.type("mara")
    expect(page.get_by_role("option", name=re.compile("Mara Winter"))).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/customers/{mara.pk}/")

    assert complaints == []


def test_the_description_of_the_api_opens_under_the_strict_policy(
    enter: Enter, complaints: list[str]
) -> None:
    page = enter("/api/docs/", role=None)

    # The whole description is read and drawn at once, which takes a busy machine a while.
    expect(page.get_by_text("Hub API").first).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Book an appointment.")).to_be_visible()

    assert complaints == []


def test_who_has_no_role_sees_where_to_turn(enter: Enter, complaints: list[str]) -> None:
    page = enter("/", role=None)

    expect(page.get_by_text("You have no role yet")).to_be_visible()
    assert violations(page) == []
    assert complaints == []
