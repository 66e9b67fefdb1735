"""Moving in with a real browser: by keyboard, at both widths, with a real worker."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from scheduling.models import Appointment, MovingIn
from tests.browser.conftest import base_url, browser_type_launch_args, complaints
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.scheduling.moving_in.files import (
    MARA_ROW,
    ada,
    calendar,
    event,
    many,
    row,
    salon,
    table,
    work,
)

__all__ = ["base_url", "browser_type_launch_args", "complaints"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
HOME = "/settings/moving-in/"
ROWS = [
    MARA_ROW,
    row("B2", "2027-03-01 10:15", name="Jo Doe", email="jo@x.example"),
    row("B3", "2027-03-02 soon"),
    row("B4", "2027-03-03 10:00", name="Ida Berg", email=""),
    row("P1", "2026-01-05 10:00", service="Herrenschnitt mit Waschen und Föhnen"),
    *many(60)[30:],
]


@pytest.fixture
def desk(page: Page, live_server: Any) -> Page:
    """A browser in which a manager has signed in."""
    salon()
    customer("Ida Berg", email="ida@berg.example")
    cookie = signed_in(ada()).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": str(live_server)}]
    )
    return page


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit(
    desk: Page, live_server: Any, complaints: list[str], tmp_path: Path, size: str, theme: Any
) -> None:
    desk.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))  # type: ignore[arg-type]
    desk.emulate_media(color_scheme=theme, reduced_motion="reduce")
    file = tmp_path / f"appointments of the {'very ' * 8}old diary.csv"
    file.write_bytes(table(*ROWS))

    desk.goto(f"{live_server}{HOME}")
    fits(desk, tmp_path, "empty")
    choose(desk, tmp_path, file)
    fits(desk, tmp_path, "progress")
    work(MovingIn.objects.get(), at=timezone.now())
    expect(desk.get_by_text("Nothing is written yet.")).to_be_visible()
    fits(desk, tmp_path, "checked")
    assert not Appointment.objects.exists()
    press(desk, desk.get_by_role("button", name="Move in 30 appointments"))
    expect(desk.get_by_role("heading", name="Moving in")).to_be_visible()
    work(MovingIn.objects.get(), at=timezone.now())
    expect(desk.get_by_text("Done", exact=True)).to_be_visible()
    fits(desk, tmp_path, "done")
    press(desk, chip(desk, "Conflict"))
    expect(desk.get_by_text("Dina Falk is booked 10:00 – 10:45.").first).to_be_visible()
    fits(desk, tmp_path, "conflicts")
    desk.goto(f"{live_server}{HOME}")
    fits(desk, tmp_path, "files")
    assert [said for said in complaints if "422" not in said] == []


def test_a_calendar_comes_in_by_keyboard_and_once(
    desk: Page, live_server: Any, complaints: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "diary.ics"
    file.write_bytes(calendar(event("u1", "SUMMARY:Trim")))
    for outcome in ("Booked", "Already here"):
        desk.goto(f"{live_server}{HOME}new/")
        desk.locator("input[type=file]").set_input_files(file)
        press(desk, desk.get_by_role("button", name="Upload"))
        desk.get_by_label("Where does the file come from?").fill("Old Diary")
        desk.get_by_role("combobox", name="Trim").focus()
        desk.keyboard.type("Haircut")
        press(desk, desk.get_by_role("button", name="Check the rows"))
        expect(desk.get_by_role("heading", name="Checking the rows")).to_be_visible()
        work(MovingIn.objects.get(state="checking"), at=timezone.now())
        expect(chip(desk, outcome)).to_have_text(f"{outcome} 1")
        if outcome == "Booked":
            press(desk, desk.get_by_role("button", name="Move in 1 appointment"))
            expect(desk.get_by_role("heading", name="Moving in")).to_be_visible()
            work(MovingIn.objects.get(), at=timezone.now())
            expect(desk.get_by_text("Done", exact=True)).to_be_visible()

    expect(desk.get_by_text("Moving them in again changes nothing.")).to_be_visible()
    with desk.expect_download() as sent:
        press(desk, desk.get_by_role("link", name="Download"))
    assert "Already here" in Path(sent.value.path()).read_text("utf-8-sig")
    assert Appointment.objects.count() == 1
    assert complaints == []


def choose(desk: Page, tmp_path: Path, file: Path) -> None:
    """Go from the list to the check, with a name forgotten on the way."""
    press(desk, desk.get_by_role("link", name="Move appointments in").first)
    fits(desk, tmp_path, "upload")
    desk.locator("input[type=file]").set_input_files(file)
    press(desk, desk.get_by_role("button", name="Upload"))
    expect(desk.get_by_role("heading", name="Which column is what?")).to_be_visible()
    fits(desk, tmp_path, "columns")
    press(desk, desk.get_by_role("button", name="Next: names"))
    expect(desk.get_by_role("heading", name="Who and what is meant?")).to_be_visible()
    press(desk, desk.get_by_role("button", name="Check the rows"))
    expect(desk.get_by_text("Name the system that the file comes from.").first).to_be_visible()
    fits(desk, tmp_path, "names")
    desk.get_by_label("Where does the file come from?").fill("Old Diary")
    press(desk, desk.get_by_role("button", name="Check the rows"))
    expect(desk.get_by_role("heading", name="Checking the rows")).to_be_visible()


def press(desk: Page, control: Locator) -> None:
    control.focus()
    desk.keyboard.press("Enter")


def chip(desk: Page, name: str) -> Locator:
    return desk.get_by_role("group", name="Which rows").get_by_role("link", name=name)


def fits(desk: Page, tmp_path: Path, where: str) -> None:
    desk.wait_for_load_state("load")
    desk.screenshot(path=tmp_path / f"{where}.png", full_page=True)
    faults = [fault["id"] for fault in Axe().run(desk).response["violations"]]
    wide = desk.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert (where, faults, wide) == (where, [], False)
