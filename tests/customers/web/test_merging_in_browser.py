"""Merging and undoing in a real browser, at both widths."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, expect

from customers.asking import ask_about
from customers.models import Customer
from tests.browser.conftest import base_url, browser_type_launch_args, complaints
from tests.customers.merged import merge
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import SETUP, person
from tests.factories.scheduling import booked

__all__ = ["base_url", "browser_type_launch_args", "complaints"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def pair(page: Page, live_server: object) -> tuple[Customer, Customer]:
    """Two customers to compare, before a manager who has signed in."""
    cookie = signed_in(person("Manager")).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": str(live_server)}]
    )
    claire = customer(email="claire@marchetti.example", phone="+33612345678", city="Lyon")
    clara = customer(
        "Clara Roux", email=f"clara.{'very.' * 8}long@roux.example", company="Roux SARL"
    )
    booked(clara)
    return claire, clara


def test_two_become_one_and_two_again(
    page: Page, live_server: object, pair: tuple[Customer, Customer], complaints: list[str]
) -> None:
    claire, clara = pair
    page.goto(f"{live_server}/customers/{claire.pk}/merge/{clara.pk}/")
    page.get_by_role("group", name="Name").get_by_label("Claire Marchetti").check()

    page.get_by_role("button", name=f"Merge into {claire.code}").click()
    expect(page.get_by_text(f"{clara.code} was merged into {claire.code}.")).to_be_visible()
    expect(page.get_by_role("heading", name="Claire Marchetti")).to_be_visible()
    page.get_by_role("link", name="Undo merge").click()
    expect(page.get_by_text("1 appointment")).to_be_visible()
    page.get_by_label("No: never ask again").check()
    page.get_by_role("button", name="Undo merge").click()

    expect(page.get_by_text("are two records again")).to_be_visible()
    assert Customer.objects.current().count() == 2
    assert complaints == []


def test_the_toast_takes_a_merge_back(
    page: Page, live_server: object, pair: tuple[Customer, Customer], complaints: list[str]
) -> None:
    claire, clara = pair
    page.goto(f"{live_server}/customers/{claire.pk}/merge/{clara.pk}/")
    page.get_by_role("button", name=f"Merge into {claire.code}").click()

    with page.expect_navigation():
        page.get_by_role("button", name="Undo Ctrl Z").click()

    expect(page.get_by_text("Merged into this record")).to_have_count(0)
    assert Customer.objects.current().count() == 2
    assert complaints == []


def test_the_answers_stay_inside_their_card_on_a_phone(
    page: Page, live_server: object, pair: tuple[Customer, Customer]
) -> None:
    """A page that does not scroll sideways can still cut a button off."""
    ask_about(*pair, ["same_phone"], by=SETUP)
    page.set_viewport_size({"width": 390, "height": 844})

    for path, place in (
        ("/customers/duplicates/?all=1", ".c-f > .acts"),
        (pair[0].get_absolute_url(), ".banner > .acts"),
    ):
        page.goto(f"{live_server}{path}")
        answers = page.locator(place)
        expect(answers.get_by_text("Compare and merge")).to_be_visible()
        left = "row => Math.min(...[...row.children].map(one => one.offsetLeft)) - row.offsetLeft"
        assert (path, answers.evaluate(left) >= 0) == (path, True)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_pages_are_accessible_and_fit(
    page: Page,
    live_server: object,
    pair: tuple[Customer, Customer],
    complaints: list[str],
    size: str,
    theme: str,
) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    claire, clara = pair
    done = merge(customer("Zoe Perrin"), customer("Zoe Perrin-Roux", email="zoe@roux.example"))

    for path in (
        f"/customers/{claire.pk}/merge/{clara.pk}/",
        f"/customers/merges/{done.pk}/undo/",
        done.survivor.get_absolute_url(),
    ):
        page.goto(f"{live_server}{path}")
        page.wait_for_load_state("networkidle")
        found = Axe().run(page).response["violations"]
        wide = page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert (path, [fault["id"] for fault in found], wide) == (path, [], False)
    assert complaints == []
