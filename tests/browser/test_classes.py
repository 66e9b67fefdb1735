"""Classes in a browser: planned, filled, drawn in the calendar, moved, on every screen."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from scheduling.booking import Booking, book_appointment
from scheduling.models import GroupSession, Staff
from tests.browser.test_settings_pages import SIZES
from tests.browser.test_subscriptions import Enter, enter, look
from tests.factories.people import SETUP, person
from tests.factories.scheduling import client, room, service, staff
from tests.scheduling.planned import planned

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["enter"]


@pytest.fixture
def session() -> GroupSession:
    """A class tomorrow at ten, with two of three seats taken."""
    tomorrow = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0)
    made = planned(tomorrow + timedelta(days=1))
    for name in ("Mara Winter", "Bo Lind"):
        asked = Booking(client(name).pk, made.service_id, made.staff_id, made.start_at)
        book_appointment(asked, at=timezone.now(), by=SETUP)
    return made


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_usable_by_everybody(  # noqa: PLR0917
    enter: Enter,
    session: GroupSession,
    complaints: list[str],
    size: str,
    theme: Any,
    tmp_path: Path,
    live_server: Any,
) -> None:
    page = enter(person("Manager"), "/")
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    own = f"/classes/{session.pk}/"
    day = session.start_at.date().isoformat()

    paths = {"1-list": "/classes/", "2-new": "/classes/new/", "3-class": own}
    paths |= {f"4-{name}": f"{own}{name}/" for name in ("move", "seats", "cancel")}
    paths |= {"5-none": "/classes/?show=canceled", "6-day": f"/calendar/?date={day}"}
    for name, path in paths.items():
        page.goto(live_server.url + path)
        if name == "6-day":
            expect(page.get_by_role("link", name="Yoga").first).to_be_visible()
        look(page, f"{name}-{size}-{theme}", tmp_path)

    assert complaints == []


def test_a_class_is_planned_and_filled_by_hand(enter: Enter, complaints: list[str]) -> None:
    room("Hall")
    yoga = service("Yoga", seats=2, rooms_needed=1, duration_minutes=60)
    staff("Kim", services=[yoga])
    client("Mara Winter")
    page = enter(person("Front desk"), "/classes/")

    page.get_by_role("link", name="Plan a class").first.click()
    page.get_by_label("Service").select_option(label="Yoga · 2 seats")
    tomorrow = (timezone.now() + timedelta(days=2)).date()
    page.get_by_label("First day").fill(tomorrow.isoformat())
    page.get_by_label("Start").fill("18:00")
    page.get_by_label("Start").press("Enter")
    expect(page.get_by_text("Yoga is planned.")).to_be_visible()
    page.get_by_role("link", name="Add somebody").click()
    expect(page.get_by_text("18:00 – 19:00 is free")).to_be_visible()
    page.get_by_role("combobox", name="Customer").fill("Mara")
    page.get_by_role("option", name="Mara Winter").click()
    page.get_by_role("button", name="Book", exact=False).last.click()
    expect(page.get_by_role("link", name="Yoga, 18:00")).to_contain_text("1 of 2 seats taken")
    page.get_by_role("link", name="Yoga, 18:00").press("Enter")

    expect(page.get_by_role("link", name="Mara Winter")).to_be_visible()
    assert Staff.objects.get().name == "Kim"
    assert complaints == []
