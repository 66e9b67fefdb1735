"""The week, the month and the list in a browser, wide and on a phone."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from hub import history
from scheduling.models import Appointment, Closure, Staff, TimeOff
from tests.browser.calendar.acting import Enter, tomorrow
from tests.factories.people import SETUP
from tests.factories.scheduling import booked, client, location, service, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
VIEWS = ("week", "month", "list")


def shown(page: Page, name: str) -> Locator:
    return page.locator("#calview [data-card]", has_text=name)


def address(view: str, **asked: object) -> str:
    query = "".join(f"&{name}={value}" for name, value in asked.items())
    return f"/calendar/{view}/?date={tomorrow(0):%Y-%m-%d}{query}"


@pytest.mark.parametrize("size", SIZES)
def test_every_view_is_accessible_quiet_and_as_wide_as_the_screen(
    enter: Enter, dina: Staff, complaints: list[str], size: str
) -> None:
    width, height = SIZES[size]
    day = tomorrow(0).date()
    booked(client("Mara Winter"), staff=dina, start=tomorrow(10))
    staff("Luc Perrin", services=[service()], position=1)
    away = TimeOff(staff=dina, start_at=tomorrow(14), end_at=tomorrow(15))
    history.create(away, by=SETUP)
    closure = Closure(location=location(), first_date=day, last_date=day, name="Stocktaking")
    history.create(closure, by=SETUP)
    page = enter(address("week"))
    page.set_viewport_size({"width": width, "height": height})
    home, found = page.url.split("/calendar/")[0], []
    for path in [*map(address, VIEWS), *(address(view, status="canceled") for view in VIEWS)]:
        page.goto(home + path)
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
            answer = Axe().run(page).response["violations"]
            found += [(path, one["id"], node["html"]) for one in answer for node in one["nodes"]]
        assert page.evaluate("document.documentElement.scrollWidth") == width

    assert found == []
    assert complaints == []


def test_keys_lead_from_view_to_view_and_keep_day_and_filters(
    enter: Enter, dina: Staff, complaints: list[str]
) -> None:
    page = enter(address("week", staff=dina.pk))
    for keys, path in (("gm", "month"), ("gl", "list"), ("gd", ""), ("gw", "week")):
        page.keyboard.type(keys)
        page.wait_for_url(f"**/calendar/{path}{'/' if path else ''}?date={tomorrow(0):%Y-%m-%d}*")
        assert f"staff={dina.pk}" in page.url

    page.keyboard.press("j")
    page.wait_for_url(f"**/week/?date={tomorrow(0) + timedelta(days=7):%Y-%m-%d}*")
    page.keyboard.press("k")
    page.wait_for_url(f"**/week/?date={tomorrow(0):%Y-%m-%d}*")
    page.keyboard.press("?")
    for words in ("Show the month", "Show the list", "Previous week", "Next week"):
        expect(page.locator("#shortcuts").get_by_text(words)).to_be_visible()
    assert complaints == []


def test_the_day_leads_to_the_week_of_the_day_it_was_turned_to(enter: Enter, dina: Staff) -> None:
    page = enter()
    page.keyboard.press("j")
    after = tomorrow(0) + timedelta(days=1)
    expect(page.locator("#cal-date")).to_have_value(f"{after:%Y-%m-%d}")

    page.get_by_role("link", name="Week", exact=True).click()

    page.wait_for_url(f"**/calendar/week/?date={after:%Y-%m-%d}*")


@pytest.mark.parametrize("view", VIEWS)
def test_an_appointment_opens_its_card_and_what_is_done_there_shows(
    enter: Enter, dina: Staff, complaints: list[str], view: str
) -> None:
    made = booked(client("Mara Winter"), staff=dina, start=tomorrow(10))
    page = enter(address(view))

    shown(page, "Mara Winter").click()
    dialog = page.locator("#appointment-dialog")
    expect(dialog.get_by_role("heading", name="Mara Winter")).to_be_visible()
    dialog.get_by_role("link", name="Cancel…").click()
    dialog.get_by_label("Reason").fill("Ill")
    dialog.get_by_role("button", name="Cancel the appointment").click()

    expect(shown(page, "Mara Winter")).to_have_count(0)
    made.refresh_from_db()
    assert made.status == "canceled"
    assert complaints == []


def test_a_filter_is_sent_as_soon_as_it_is_chosen(enter: Enter, dina: Staff) -> None:
    luc = staff("Luc Perrin", services=[service()], position=1)
    booked(client("Mara Winter"), staff=dina, start=tomorrow(10))
    booked(client("Ivo Petrov"), staff=luc, start=tomorrow(10))
    page = enter(address("list"))

    page.get_by_label("Person").select_option("Luc Perrin")

    expect(shown(page, "Ivo Petrov")).to_be_visible()
    expect(shown(page, "Mara Winter")).to_have_count(0)
    page.get_by_role("link", name="Clear").click()
    expect(shown(page, "Mara Winter")).to_be_visible()


def test_an_empty_day_of_the_month_is_a_way_to_that_day(enter: Enter, dina: Staff) -> None:
    page = enter(address("month"))
    cell = page.locator(".calmonth td", has_text=f"{tomorrow(0):%A, %B} {tomorrow(0).day}")

    cell.click()

    page.wait_for_url(f"**/calendar/?date={tomorrow(0):%Y-%m-%d}*")


def test_the_plus_of_a_day_books_on_it(enter: Enter, dina: Staff) -> None:
    page = enter(address("week"))

    page.get_by_role("link", name=f"Book on {tomorrow(0):%A, %B} {tomorrow(0).day}").click()

    expect(page.get_by_role("combobox", name="Customer")).to_be_focused()
    assert page.locator("#booking").get_by_label("Date").input_value() == f"{tomorrow(0):%Y-%m-%d}"


def test_what_a_colleague_books_is_there_when_one_comes_back(enter: Enter, dina: Staff) -> None:
    page = enter(address("list"))
    expect(page.get_by_text("Nothing is booked on these days")).to_be_visible()
    booked(client("Ivo Petrov"), staff=dina, start=tomorrow(12))

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(shown(page, "Ivo Petrov")).to_be_visible()
    assert Appointment.objects.count() == 1


def test_the_views_read_without_scripts(enter: Enter, dina: Staff) -> None:
    made = booked(client("Mara Winter"), staff=dina, start=tomorrow(10))
    page = enter(address("week"))
    home = page.url.split("/calendar/")[0]
    page.route("**/*.js", lambda route: route.abort())

    for view in VIEWS:
        page.goto(home + address(view))
        shown(page, "Mara Winter").click()
        page.wait_for_url(f"**/appointments/{made.pk}/")
