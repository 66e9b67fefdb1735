"""Tags and colors in a browser: legible in both themes, and never said by a color alone."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from scheduling.models import Appointment, Color, Staff
from tests.browser.calendar.acting import Enter, event, tomorrow
from tests.factories.scheduling import booked, client, service, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.mark.parametrize("size", SIZES)
def test_tags_and_colors_are_accessible_in_every_view(
    enter: Enter, dina: Staff, complaints: list[str], size: str
) -> None:
    width, height = SIZES[size]
    long = service("Coloring", duration_minutes=90)
    booked(client("Mara Winter"), staff=dina, start=tomorrow(9), tags=("vip", "late"))
    for color in Color:
        who = staff(color.label, services=[long])
        asked: dict[str, Any] = {"staff": who, "service": long, "color": color, "tags": ("vip",)}
        made = booked(client(f"Ana {color.label}"), start=tomorrow(10), **asked)
    page = enter()
    page.set_viewport_size({"width": width, "height": height})
    home, found = page.url.split("/calendar/")[0], []
    views = [f"/calendar/{view}?date={tomorrow(0):%Y-%m-%d}" for view in ("", "week/", "list/")]
    for path in (*views, made.get_absolute_url()):
        page.goto(home + path)
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
            answer = Axe().run(page).response["violations"]
            found += [(path, one["id"], node["html"]) for one in answer for node in one["nodes"]]
        assert page.evaluate("document.documentElement.scrollWidth") == width

    assert found == []
    assert complaints == []


def test_what_was_used_before_completes_the_last_tag_that_is_typed(
    enter: Enter, dina: Staff, complaints: list[str]
) -> None:
    made = booked(client("Mara Winter"), staff=dina, start=tomorrow(9), tags=("late", "vip"))
    page = enter(made.get_absolute_url())
    tags = page.get_by_role("combobox", name="Tags")
    tags.fill("vip, ")

    offered = page.locator("#known-tags option").evaluate_all("all => all.map(one => one.value)")
    assert offered == ["vip, late"]
    tags.fill("VIP, first visit")
    page.get_by_label("Color").select_option("Teal")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".kv").first).to_contain_text("first visit")

    made.refresh_from_db()
    assert (made.tags, made.color) == (["vip", "first visit"], "teal")
    page.goto(page.url.split("/appointments/")[0] + f"/calendar/?date={tomorrow(0):%Y-%m-%d}")
    shown = event(page, "Mara Winter")
    expect(shown).to_have_attribute("title", "tags: vip, first visit; color: teal")
    expect(shown).to_have_accessible_name(
        "Mara Winter, 09:00 – 09:45, Haircut, tags: vip, first visit; color: teal"
    )
    assert Appointment.objects.get() == made
    assert complaints == []
