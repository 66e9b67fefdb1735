"""From completed work to money received, in a browser, wide and on a phone."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Dialog, Page, expect

from billing.models import Invoice
from billing.rendering import render_pending
from hub.actors import Actor
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.people import person
from tests.factories.scheduling import booked
from tests.factories.scheduling import client as customer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning"),
]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
NOW = timezone.now().replace(second=0, microsecond=0)
Enter = Callable[..., Page]


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "en-US", "reduced_motion": "reduce"}


@pytest.fixture
def enter(page: Page, live_server: Any) -> Enter:
    """Open an address as somebody who has signed in; the first call for a role makes them."""

    def opened(path: str, *, role: str = "Billing", size: str = "wide") -> Page:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        cookie = signed_in(person(role)).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        page.goto(live_server.url + path)
        return page

    return opened


def make_documents() -> None:
    render_pending(by=Actor.job("render documents"))


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], node["html"]) for one in found for node in one["nodes"]]


def edit_and_issue(page: Page) -> None:
    """On the page of a draft over 49.00: add a line, look at what will be frozen, issue."""
    page.get_by_role("button", name="Add a line").click()
    page.keyboard.type("Shampoo")
    page.get_by_label("Unit price").last.fill("8.50")
    expect(page.locator("#totals")).to_contain_text("€57.50")
    page.get_by_role("button", name="Issue…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("€57.50")
    dialog.get_by_role("button", name="Issue", exact=True).click()
    expect(page.get_by_text("The PDF is being made")).to_be_visible()


def pay(page: Page, amount: str) -> None:
    page.get_by_role("link", name="Record payment").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Amount")).to_have_value("57.50")
    dialog.get_by_label("Amount").fill(amount)
    dialog.get_by_role("button", name="Record").click()


@pytest.mark.parametrize("size", SIZES)
def test_from_a_completed_visit_to_a_part_payment(
    enter: Enter, complaints: list[str], size: str
) -> None:
    make.billing()
    yesterday = (NOW - timedelta(days=1)).replace(hour=11, minute=0)
    visit = booked(customer("Claire Marchetti"), start=yesterday)
    page = enter(visit.get_absolute_url(), role="Manager", size=size)

    page.get_by_role("button", name="Complete").click()
    page.get_by_role("link", name=re.compile("^DRAFT-")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Draft")
    edit_and_issue(page)
    make_documents()
    expect(page.get_by_role("img", name=re.compile("^Page 1 of 1"))).to_be_visible()
    invoice = Invoice.objects.get()
    expect(page.locator("#fingerprint")).to_contain_text(str(invoice.pdf_id)[:16])

    page = enter(invoice.get_absolute_url(), size=size)
    pay(page, "7.50")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Partly paid")
    expect(page.get_by_text("€7.50 by card")).to_be_visible()
    with page.expect_download() as loading:
        page.get_by_role("link", name="PDF").click()
    assert loading.value.suggested_filename == f"{invoice.number}.pdf"
    assert complaints == []


def test_rows_come_and_go_without_a_mouse(enter: Enter, complaints: list[str]) -> None:
    draft = make.draft("10.00", "20.00")
    page = enter(draft.get_absolute_url())
    rows = page.locator("[data-line]")

    page.get_by_label("Remove this line").first.focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Description")).to_be_focused()
    expect(page.locator("#totals")).to_contain_text("€20.00")
    page.get_by_label("Remove this line").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("No lines yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Add a line")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Tea")
    page.get_by_label("Unit price").fill("1e9")
    expect(page.locator("#totals")).to_contain_text("when every figure can be read")
    page.get_by_label("Unit price").fill("4.50")
    page.get_by_text("Discount", exact=True).click()
    page.get_by_label("Discount, %").fill("10")
    page.get_by_label("Reason for the discount").fill("Regular")
    expect(page.locator("#totals")).to_contain_text("€4.05")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    line = draft.lines.get()
    assert (line.description, str(line.amount)) == ("Tea", "4.050")
    assert complaints == []


def test_a_fault_is_one_click_away_from_its_field(enter: Enter, complaints: list[str]) -> None:
    page = enter(make.draft("10.00").get_absolute_url())

    page.get_by_label("Unit price").fill("-1")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Line 1, unit price").click()

    expect(page.get_by_label("Unit price")).to_be_focused()
    page.get_by_role("button", name="Add a line").click()
    names = page.locator("[data-line] [name$=-description]").evaluate_all(
        "inputs => inputs.map(input => input.name)"
    )
    assert names == ["lines-0-description", "lines-1-description"]
    assert [said for said in complaints if "422" not in said] == []


def test_leaving_with_unsaved_lines_asks_first(enter: Enter) -> None:
    page = enter(make.draft("10.00").get_absolute_url())
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)

    page.get_by_label("Description").press_sequentially("Tea and ")
    expect(page.locator("#totals")).to_contain_text("€10.00")
    page.get_by_role("link", name="Invoices").first.click()

    expect(page.get_by_label("Description")).to_have_value("Tea and Work 1")
    assert asked == ["beforeunload"]


def test_a_wrong_payment_stays_in_its_dialog(enter: Enter) -> None:
    page = enter(make.issued("100.00", at=NOW).get_absolute_url())

    page.keyboard.press("p")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount").fill("100.01")
    dialog.get_by_role("button", name="Record").click()

    expect(dialog.get_by_text("Only 100.00 EUR is open.")).to_be_visible()
    expect(dialog.get_by_label("Amount")).to_be_focused()


def test_typing_narrows_the_list_and_keeps_the_choice(enter: Enter) -> None:
    make.issued("10.00", at=NOW, customer=customer("Claire Marchetti"))
    make.draft(customer=customer("Claire Roux"))
    page = enter("/invoices/?show=open")

    page.get_by_label("Search invoices").press_sequentially("claire")

    expect(page).to_have_url(re.compile(r"q=claire&show=open"))
    expect(page.get_by_role("cell", name="Claire Marchetti")).to_be_visible()
    expect(page.get_by_role("cell", name="Claire Roux")).to_have_count(0)
    page.get_by_role("link", name="Drafts").click()
    expect(page).to_have_url(re.compile(r"q=claire&show=drafts"))
    expect(page.get_by_role("cell", name="Claire Roux")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(
    enter: Enter, complaints: list[str], size: str, theme: str
) -> None:
    draft, issued = make.draft("10.00"), make.issued("49.00", at=NOW - timedelta(days=20))
    make_documents()
    page = enter("/invoices/", size=size)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    address = page.url.removesuffix("/invoices/")

    for path, click in (
        ("/invoices/", ""),
        ("/invoices/?show=paid", ""),
        ("/invoices/new/", ""),
        (draft.get_absolute_url(), "Discount"),
        (f"{draft.get_absolute_url()}?issue=1", ""),
        (issued.get_absolute_url(), ""),
        (issued.get_absolute_url(), "Record payment"),
        (f"{issued.get_absolute_url()}?view=lines", "Check the arithmetic"),
    ):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        if click:
            page.get_by_text(click).first.click()
            page.wait_for_load_state("networkidle")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert complaints == []
