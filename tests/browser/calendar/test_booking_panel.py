"""The booking panel beside the calendar."""

import pytest
from playwright.sync_api import Page, Route, expect

from scheduling.models import Appointment, Staff
from tests.browser.calendar.acting import Enter, event, tomorrow
from tests.factories.scheduling import client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_booking_needs_no_mouse(enter: Enter, dina: Staff, complaints: list[str]) -> None:
    page = enter()
    ask_for_times(page)
    expect(page.get_by_text("08:00 – 08:45 is free.")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("08:15 – 09:00 is free.")).to_be_visible()
    page.keyboard.press("Control+Enter")

    expect(event(page, "Mara Winter")).to_be_focused()
    expect(event(page, "Mara Winter")).to_contain_text("08:15 – 09:00")
    assert Appointment.objects.get().start_at == tomorrow(8, 15)
    assert complaints == []


def test_a_time_chosen_while_the_last_one_is_asked_about_stays_chosen(
    enter: Enter, dina: Staff
) -> None:
    page = enter()
    waiting: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if waiting:
            route.continue_()
        waiting.append(route)

    page.route("**/open-times/**time=08*", hold_the_first)
    with page.expect_request("**/open-times/**time=08*"):
        ask_for_times(page)

    page.keyboard.press("ArrowRight")
    waiting[0].continue_()

    expect(page.get_by_text("08:15 – 09:00 is free.")).to_be_visible()
    expect(page.get_by_role("radio", name="08:15")).to_be_focused()


def test_a_booking_that_is_faster_than_its_day_still_brings_the_calendar_there(
    enter: Enter, dina: Staff
) -> None:
    """The feed of the chosen day is held until the booking was answered and asked again."""
    page = enter("/calendar/")
    held: list[Route] = []
    page.route(f"**/feed/?date={tomorrow(0):%Y-%m-%d}*", lambda route: hold(route, held))
    ask_for_times(page, day=f"{tomorrow(0):%Y-%m-%d}")
    expect(page.get_by_text("08:00 – 08:45 is free.")).to_be_visible()

    with page.expect_response("**/appointments/"):
        page.keyboard.press("Control+Enter")

    expect(event(page, "Mara Winter")).to_contain_text("08:00 – 08:45")
    held[0].abort()
    expect(event(page, "Mara Winter")).to_be_visible()


def hold(route: Route, held: list[Route]) -> None:
    """Let every request go on but the first."""
    if held:
        route.continue_()
    held.append(route)


def ask_for_times(page: Page, *, day: str = "") -> None:
    """Choose a customer, a service and eight o'clock with the keyboard alone."""
    client("Mara Winter")
    page.keyboard.press("n")
    page.keyboard.type("mara")
    expect(page.get_by_role("option", name="Mara Winter")).to_have_attribute(
        "aria-selected", "true"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_label("Service")).to_be_focused()
    page.keyboard.type("Hair")
    if day:
        page.get_by_label("Date").last.fill(day)
    first = page.get_by_role("radio", name="08:00")
    expect(first).to_be_visible()
    first.focus()
    page.keyboard.press("Space")


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
