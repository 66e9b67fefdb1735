"""Time that is busy outside, in a browser: seen in both themes, said in words."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from scheduling.models import Staff
from tests.browser.calendar.acting import Enter, tomorrow
from tests.factories.scheduling import booked, client
from tests.scheduling.outside import read

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.mark.parametrize("size", SIZES)
def test_what_is_busy_elsewhere_is_drawn_and_a_stale_calendar_says_so(
    enter: Enter, dina: Staff, complaints: list[str], size: str
) -> None:
    width, height = SIZES[size]
    booked(client("Mara Winter"), staff=dina, start=tomorrow(9))
    busy = {"dentist": [(tomorrow(11), tomorrow(13))]}
    read(dina, busy=busy, at=timezone.now() - timedelta(minutes=40))
    page = enter()
    page.set_viewport_size({"width": width, "height": height})

    drawn = page.locator(".bg-ext")
    expect(drawn).to_contain_text("Busy elsewhere")
    expect(page.locator(".staff .unread")).to_contain_text("Outside calendar last read")
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        answer = Axe().run(page).response["violations"]
        assert [(one["id"], node["html"]) for one in answer for node in one["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert complaints == []
