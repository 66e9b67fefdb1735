"""The waiting list in a browser: kept by hand, offered, taken behind the link, on every screen."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from scheduling.canceling import cancel_appointment
from scheduling.hours import Hours
from scheduling.models import Appointment, Staff, WaitingEntry, WaitingStatus
from scheduling.tasks import offer_freed_times
from scheduling.waiting.joining import join
from scheduling.waiting.letters import offer_token
from scheduling.waiting.wishes import Wished
from tests.browser.test_settings_pages import SIZES
from tests.browser.test_subscriptions import Enter, enter, look
from tests.factories.people import SETUP, person
from tests.factories.scheduling import booked, client, location, service, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["enter"]
MAIL = "ada@winter.example"


@pytest.fixture
def visit() -> Appointment:
    """What fills Dina's only hour in three days, at a place where mails are read all night."""
    day = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=3)
    place = location(quiet_hours=Hours())
    local = day.astimezone(place.time_zone)
    hours = f"{local:%H:%M}–{local + timedelta(minutes=45):%H:%M}"
    person = staff("Dina Falk", place=place, services=[service()], hours=hours)
    return booked(client("Kim Early"), staff=person, service=service(), start=day)


def waits(visit: Appointment, name: str, email: str = "") -> WaitingEntry:
    day = visit.start_at.astimezone(visit.time_zone).date()
    wished = Wished(
        client(name, email=email).pk if email else client(name).pk,
        visit.service_id,
        visit.location_id,
        day,
        day,
        note="Rings back at noon",
    )
    return join(wished, at=timezone.now(), by=SETUP)


def free(visit: Appointment) -> None:
    """Cancel it and let the list be looked at."""
    cancel_appointment(visit.pk, reason="Ill", at=timezone.now(), by=SETUP)
    offer_freed_times()


def offer_of(entry: WaitingEntry) -> str:
    return reverse("scheduling:offer", args=[offer_token(entry.pk, email=MAIL)])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_usable_by_everybody(  # noqa: PLR0917
    enter: Enter,
    visit: Appointment,
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

    page.goto(f"{live_server.url}/waiting/")
    look(page, f"1-nobody-{size}-{theme}", tmp_path)
    ada, ola = waits(visit, "Ada Winter", MAIL), waits(visit, "Ola Winter")
    waits(visit, "Bea Winter", "bea@winter.example")
    free(visit)
    paths = {
        "2-list": "/waiting/",
        "3-new": f"/waiting/new/?customer={ada.customer_id}",
        "4-offered": f"/waiting/{ada.pk}/",
        "5-passed-by": f"/waiting/{ola.pk}/",
        "6-change": f"/waiting/{ada.pk}/change/",
        "7-offer": offer_of(ada),
    }
    for name, path in paths.items():
        page.goto(live_server.url + path)
        look(page, f"{name}-{size}-{theme}", tmp_path)

    assert complaints == []


def tab_to(page: Page, target: Any) -> None:
    """Press Tab until ``target`` has the focus, as somebody without a pointer does."""
    for _ in range(60):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not reach it.")


def fill_in(page: Page, day: date) -> None:
    """From the list to its form, and send that, with the keyboard only."""
    tab_to(page, page.get_by_role("link", name="Put somebody on the list").first)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("combobox", name="Customer"))
    page.keyboard.type("Ada")
    expect(page.get_by_role("option", name="Ada Winter")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ada Winter").first).to_be_visible()
    tab_to(page, page.get_by_label("Service"))
    page.keyboard.type("Haircut")
    for label in ("First day", "Last day"):
        tab_to(page, page.get_by_label(label))
        page.keyboard.type(f"{day:%m%d%Y}")
    tab_to(page, page.get_by_label("Note for staff"))
    page.keyboard.type("Rings back")
    tab_to(page, page.get_by_role("button", name="Put on the list"))
    page.keyboard.press("Enter")


def test_somebody_is_put_on_the_list_and_takes_what_becomes_free(
    enter: Enter, visit: Appointment, complaints: list[str], live_server: Any
) -> None:
    client("Ada Winter", email=MAIL)
    day = visit.start_at.astimezone(visit.time_zone).date()
    page = enter(person("Front desk"), "/waiting/")

    fill_in(page, day)
    expect(page.get_by_text("is on the waiting list.")).to_be_visible()
    expect(page.get_by_text("Nothing that suits is free now.")).to_be_visible()

    entry = WaitingEntry.objects.get()
    free(visit)
    page.goto(live_server.url + offer_of(entry))
    tab_to(page, page.get_by_role("button", name="Yes, book it for me"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="It is yours")).to_be_visible()

    entry.refresh_from_db()
    assert (entry.status, entry.first_date) == (WaitingStatus.BOOKED, day)
    assert entry.appointment is not None
    assert entry.appointment.start_at == visit.start_at
    assert complaints == []


def test_who_is_taken_off_by_mistake_is_back_by_one_key(
    enter: Enter, visit: Appointment, complaints: list[str]
) -> None:
    entry = waits(visit, "Ada Winter", MAIL)
    page = enter(person("Front desk"), f"/waiting/{entry.pk}/")

    page.get_by_role("button", name="Take off the list").press("Enter")
    expect(page.get_by_text("Ada Winter is off the waiting list.")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Take off the list")).to_be_visible()

    entry.refresh_from_db()
    assert entry.status == WaitingStatus.WAITING
    assert Staff.objects.get().name == "Dina Falk"
    assert complaints == []
