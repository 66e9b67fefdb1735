"""The calendar in a browser that stands on the other side of the world."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from scheduling.models import Appointment, Staff
from tests.factories.clients import signed_in
from tests.factories.people import person
from tests.factories.scheduling import booked, client, service, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BERLIN = ZoneInfo("Europe/Berlin")
ROW = 18  # pixels of a quarter of an hour
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
Enter = Callable[..., Page]


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    there = {"timezone_id": "Pacific/Auckland", "locale": "en-US", "reduced_motion": "reduce"}
    return {**browser_context_args, **there, "viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def enter(page: Page, live_server: Any) -> Enter:
    """Open an address as somebody who has signed in."""

    def opened(path: str = "", *, role: str = "Front desk") -> Page:
        cookie = signed_in(person(role)).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        page.goto(live_server.url + (path or f"/calendar/?date={tomorrow(0):%Y-%m-%d}"))
        return page

    return opened


def tomorrow(hour: int, minute: int = 0) -> datetime:
    day = timezone.now().astimezone(BERLIN).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


def event(page: Page, name: str) -> Locator:
    return page.locator("#cal [data-appointment]", has_text=name)


def drag(page: Page, found: Locator, *, rows: int, columns: int = 0) -> None:
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box
    column = page.locator("#cal .ec-body .ec-day").first.bounding_box()
    assert column
    x, y = box["x"] + box["width"] / 2, box["y"] + 9
    page.mouse.move(x, y)
    page.mouse.down()
    to = x + columns * column["width"]
    page.mouse.move((x + to) / 2, y + rows * ROW / 2, steps=4)
    page.mouse.move(to, y + rows * ROW, steps=6)
    page.mouse.up()


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], node["html"]) for one in found for node in one["nodes"]]


@pytest.fixture
def dina() -> Staff:
    return staff("Dina Falk", services=[service()])


def test_a_booking_needs_no_mouse(enter: Enter, dina: Staff, complaints: list[str]) -> None:
    client("Mara Winter")
    page = enter()

    page.keyboard.press("n")
    page.keyboard.type("mara")
    expect(page.get_by_role("option", name="Mara Winter")).to_have_attribute(
        "aria-selected", "true"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_label("Service")).to_be_focused()
    page.keyboard.type("Hair")
    first = page.get_by_role("radio", name="08:00")
    expect(first).to_be_visible()
    first.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("08:00 – 08:45 is free.")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("08:15 – 09:00 is free.")).to_be_visible()
    page.keyboard.press("Control+Enter")

    expect(event(page, "Mara Winter")).to_be_focused()
    expect(event(page, "Mara Winter")).to_contain_text("08:15 – 09:00")
    assert Appointment.objects.get().start_at == tomorrow(8, 15)
    assert complaints == []


def test_a_drag_moves_and_undo_moves_back(
    enter: Enter, dina: Staff, complaints: list[str]
) -> None:
    made = booked(client("Mara Winter"), staff=dina, start=tomorrow(10))
    page = enter()

    drag(page, event(page, "Mara Winter"), rows=4)
    expect(page.get_by_text("Mara Winter moved to")).to_be_visible()
    expect(event(page, "Mara Winter")).to_contain_text("11:00 – 11:45")
    made.refresh_from_db()
    assert made.start_at == tomorrow(11)

    page.keyboard.press("Control+z")
    expect(page.get_by_text("Moved back.")).to_be_visible()
    expect(event(page, "Mara Winter")).to_contain_text("10:00 – 10:45")
    made.refresh_from_db()
    assert made.start_at == tomorrow(10)
    assert complaints == []


def test_a_drag_to_a_colleague_gives_it_to_them(enter: Enter, dina: Staff) -> None:
    made = booked(client("Mara Winter"), staff=dina, start=tomorrow(10))
    luc = staff("Luc Perrin", services=[service()], position=1)
    page = enter()

    drag(page, event(page, "Mara Winter"), rows=0, columns=1)

    expect(page.get_by_text("Mara Winter moved to")).to_be_visible()
    made.refresh_from_db()
    assert (made.staff, made.start_at) == (luc, tomorrow(10))


def test_a_veto_puts_it_back_and_says_why(enter: Enter, dina: Staff) -> None:
    made = booked(client("Mara Winter"), staff=dina, start=tomorrow(10))
    booked(client("Ivo Petrov"), staff=dina, start=tomorrow(12))
    page = enter()

    drag(page, event(page, "Mara Winter"), rows=7)

    expect(page.get_by_text("Not moved: Dina Falk is booked 12:00 – 12:45.")).to_be_visible()
    expect(event(page, "Mara Winter")).to_contain_text("10:00 – 10:45")
    made.refresh_from_db()
    assert (made.start_at, made.version) == (tomorrow(10), 1)


def test_a_drop_that_never_arrives_is_put_back(enter: Enter, dina: Staff) -> None:
    booked(client("Mara Winter"), staff=dina, start=tomorrow(10))
    page = enter()
    page.route("**/reschedule/", lambda route: route.abort())

    drag(page, event(page, "Mara Winter"), rows=4)

    expect(page.get_by_text("Not moved: The hub cannot be reached")).to_be_visible()
    expect(event(page, "Mara Winter")).to_contain_text("10:00 – 10:45")


def test_the_keyboard_moves_what_has_the_focus(enter: Enter, dina: Staff) -> None:
    made = booked(client("Mara Winter"), staff=dina, start=tomorrow(10))
    page = enter()

    event(page, "Mara Winter").focus()
    page.keyboard.press("m")
    dialog = page.locator("#appointment-dialog")
    expect(dialog.get_by_role("heading", name="Move Mara Winter")).to_be_visible()
    dialog.get_by_label("Start").fill("14:30")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Mara Winter moved to")).to_be_visible()
    expect(event(page, "Mara Winter")).to_contain_text("14:30 – 15:15")
    made.refresh_from_db()
    assert made.start_at == tomorrow(14, 30)


def test_a_colleagues_booking_appears_by_itself(
    enter: Enter, dina: Staff, complaints: list[str]
) -> None:
    page = enter()
    expect(page.get_by_text("Nothing is booked.")).to_be_visible()

    booked(client("Ivo Petrov"), staff=dina, start=tomorrow(12))

    expect(event(page, "Ivo Petrov")).to_contain_text("12:00 – 12:45", timeout=15_000)
    assert complaints == []


def test_a_click_into_free_time_starts_a_booking_there(enter: Enter, dina: Staff) -> None:
    client("Mara Winter")
    page = enter()
    row = page.locator("#cal time", has_text="15:00").bounding_box()
    column = page.locator("#cal .ec-body .ec-day").first.bounding_box()
    assert row
    assert column

    page.mouse.click(column["x"] + 40, row["y"] + row["height"] / 2 + 4)
    page.get_by_label("Service").select_option("Haircut · 45 min")

    panel = page.locator("#booking")
    expect(panel.get_by_label("With")).to_contain_text("Dina Falk")
    expect(panel.get_by_role("radio", name="15:00")).to_be_checked()
    expect(panel.get_by_text("15:00 – 15:45 is free.")).to_be_visible()


def test_what_is_missing_is_said_at_its_field(enter: Enter, dina: Staff) -> None:
    page = enter()
    # A slow question about open times must not swallow the booking.
    page.route("**/open-times/**", lambda _: None)
    page.get_by_role("button", name="New booking").click()
    page.locator("[data-book]").click()

    expect(page.get_by_text("Choose a customer.")).to_be_visible()
    expect(page.get_by_text("Choose a service.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Customer")).to_be_focused()


def test_a_new_customer_is_added_without_leaving_the_panel(enter: Enter, dina: Staff) -> None:
    page = enter()
    page.keyboard.press("n")
    page.keyboard.type("Nora Lind")
    page.get_by_role("option", name="Add “Nora Lind” as a new customer").click()
    page.get_by_label("Phone", exact=True).fill("+49 30 901820")
    page.get_by_role("button", name="Add customer").click()

    expect(page.locator("#booking [data-combo-name]")).to_have_text("Nora Lind")


def test_days_turn_without_loading_the_page(
    enter: Enter, dina: Staff, complaints: list[str]
) -> None:
    booked(client("Ivo Petrov"), staff=dina, start=tomorrow(12) + timedelta(days=1))
    page = enter()
    page.evaluate("window.same = true")

    page.keyboard.press("j")
    expect(event(page, "Ivo Petrov")).to_be_visible()
    page.keyboard.press("k")
    expect(event(page, "Ivo Petrov")).to_have_count(0)
    page.go_back()
    expect(event(page, "Ivo Petrov")).to_be_visible()

    assert page.evaluate("window.same")
    assert complaints == []


def test_a_phone_shows_one_person_at_a_time(enter: Enter, dina: Staff) -> None:
    staff("Luc Perrin", services=[service()], position=1)
    booked(client("Mara Winter"), staff=dina, start=tomorrow(10))
    page = enter()
    page.set_viewport_size({"width": 390, "height": 844})

    expect(page.locator("#cal .staff")).to_have_count(1)
    expect(event(page, "Mara Winter")).to_be_visible()
    page.get_by_role("button", name="Luc").click()
    expect(event(page, "Mara Winter")).to_have_count(0)
    expect(page.locator("#cal .staff")).to_contain_text("Luc Perrin")


@pytest.mark.parametrize("size", SIZES)
def test_calendar_panel_card_and_page_are_accessible_and_quiet(
    enter: Enter, dina: Staff, complaints: list[str], size: str
) -> None:
    width, height = SIZES[size]
    made = booked(client("Mara Winter"), staff=dina, start=tomorrow(10))
    page = enter()
    page.set_viewport_size({"width": width, "height": height})
    expect(event(page, "Mara Winter")).to_be_visible()
    found = []
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        found += violations(page)
        event(page, "Mara Winter").click()
        expect(page.locator("#appointment-dialog h2")).to_be_visible()
        found += violations(page)
        page.keyboard.press("Escape")
        page.keyboard.press("n")
        expect(page.get_by_role("combobox", name="Customer")).to_be_focused()
        found += violations(page)
        page.keyboard.press("Escape")
    page.goto(page.url.split("/calendar/")[0] + f"/appointments/{made.pk}/")
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        found += violations(page)

    assert found == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
