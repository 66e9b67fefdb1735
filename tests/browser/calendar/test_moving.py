"""The calendar in a browser: moving, turning days, phones, what others do meanwhile."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from scheduling.models import Staff
from tests.browser.calendar.acting import Enter, drag, event, tomorrow
from tests.factories.scheduling import booked, client, service, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], node["html"]) for one in found for node in one["nodes"]]


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
