"""One booking, from the browser to a real calendar, a CRM and one canonical invoice."""

import hashlib
import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from billing.models import Invoice
from customers.models import Customer
from hub.management.laboratory import wait_until
from hub.notifications.models import Notification
from scheduling.booking import Booking, SlotTaken, book_appointment
from scheduling.letters import CANCELED
from scheduling.models import Appointment, Occupancy
from tests.browser.calendar.acting import drag, event
from tests.factories.customers import customer
from tests.factories.people import SETUP
from tests.factories.scheduling import service
from tests.journeys.studio import Chair, Studio
from tests.journeys.visiting import Doors
from tests.syncs.test_calendar_sync import moved, start_of

pytestmark = [
    pytest.mark.journey,
    pytest.mark.browser,
    pytest.mark.xdist_group("journeys"),
]
BERLIN = ZoneInfo("Europe/Berlin")
SECONDS = 60
NORA = "Nora Lind"
NORAS_ADDRESS = "nora.lind@customer.example"


def tomorrow(hour: int = 0, minute: int = 0) -> datetime:
    day = timezone.now().astimezone(BERLIN).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


def test_a_booking_from_the_browser_to_the_calendar_and_back(studio: Studio, doors: Doors) -> None:
    dina = studio.hire("Dina Falk")
    ben = doors.enter("Front desk")

    book(ben, NORA, dina, time="10:00", email=NORAS_ADDRESS)
    ben.evaluate("window.same = true")
    visit = Appointment.objects.get(staff=dina.staff)
    first, _ = event_at(dina, tomorrow(10))
    drag(ben, event(ben, NORA), rows=6)
    expect(ben.get_by_text(f"{NORA} moved to")).to_be_visible()
    assert event_at(dina, tomorrow(11, 30))[0] == first

    dina.program.edit(first, moved(2))
    expect(event(ben, NORA)).to_contain_text("13:30 – 14:15")
    dina.program.delete(first)
    expect(event(ben, NORA)).to_have_accessible_name(re.compile("canceled, can be undone"))
    assert ben.evaluate("window.same")

    assert_nobody_was_told(studio, visit)
    assert_slot_is_kept(ben, dina, visit)
    undo(ben, visit)
    assert_told_of_all_but_the_cancellation(studio, visit)
    second, _ = event_at(dina, tomorrow(13, 30))
    assert second != first
    assert_told(
        ben,
        [
            ("Cancellation undone", "Ben Desk · browser"),
            ("Canceled", "Dina’s calendar · connector"),
            ("Rescheduled", "Dina’s calendar · connector"),
            ("Rescheduled", "Ben Desk · browser"),
            ("Booked", "Ben Desk · browser"),
        ],
    )
    in_crm(studio, "meetings", "hub_appointment_id", visit.pk, hs_meeting_outcome="RESCHEDULED")


def test_a_visit_becomes_one_canonical_invoice_that_the_crm_knows_as_paid(
    studio: Studio, doors: Doors, tmp_path: Path
) -> None:
    visit = begun(studio.hire("Jo Brandt"))
    ben = doors.enter("Front desk")
    ben.goto(visit.get_absolute_url())
    ben.get_by_role("button", name="Complete").click()
    expect(ben.get_by_role("button", name="Complete")).to_have_count(0)
    assert_told(ben, [("Completed", "Ben Desk · browser"), ("Booked", "Test set-up · import")])
    draft = Invoice.objects.get(lines__appointment=visit)
    assert draft.status == "draft"

    bo = doors.enter("Billing")
    issue(bo, draft)
    shown = bo.locator("#fingerprint .hash")
    files = [download(bo, tmp_path / f"{place}.pdf") for place in range(2)]
    assert files[0].startswith(b"%PDF")
    assert {hashlib.sha256(content).hexdigest() for content in files} == {
        shown.get_attribute("title")
    }
    draft.refresh_from_db()
    assert draft.pdf_id == shown.get_attribute("title")

    pay(bo)
    deal = in_crm(studio, "deals", "hub_invoice_id", draft.pk, hub_invoice_status="paid")
    assert deal["hub_invoice_number"] == draft.number
    assert float(deal["hub_invoice_balance"]) == 0
    in_crm(studio, "meetings", "hub_appointment_id", visit.pk, hs_meeting_outcome="COMPLETED")
    bo.reload()
    assert_told(
        bo,
        [
            ("€49.00 by card", "Bo Billing · browser"),
            ("PDF made and stored", "Hub: render documents · job"),
            (f"Issued and numbered {draft.number}", "Bo Billing · browser"),
            ("Drafted", "Ben Desk · browser"),
        ],
    )


def test_a_phone_signs_in_and_books(studio: Studio, doors: Doors) -> None:
    kim = studio.hire("Kim Sato")
    mara = customer("Mara Winter", email="mara.winter@customer.example")
    ben = doors.enter("Front desk", size="phone", has_touch=True)
    ben.goto("/calendar/")
    ben.get_by_label("New appointment").last.click()
    choose(ben, mara.given_name).click()

    fill(ben, kim, time="09:00")
    expect(event(ben, "Mara Winter")).to_contain_text("09:00 – 09:45")
    event_at(kim, tomorrow(9))
    assert ben.evaluate("document.documentElement.scrollWidth") == 390


def book(page: Page, name: str, chair: Chair, *, time: str, email: str) -> None:
    """Book somebody new, without leaving the booking panel."""
    page.goto("/calendar/")
    page.get_by_role("button", name="New booking").click()
    choose(page, name, option=f"Add “{name}” as a new customer").click()
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_role("button", name="Add customer").click()
    expect(page.locator("#booking [data-combo-name]")).to_have_text(name)
    fill(page, chair, time=time)
    expect(event(page, name)).to_contain_text(f"{time} – ")
    assert Customer.objects.filter(given_name="Nora", family_name="Lind").count() == 1


def choose(page: Page, text: str, *, option: str = "") -> Locator:
    page.get_by_role("combobox", name="Customer").press_sequentially(text)
    return page.get_by_role("option", name=option or text).first


def fill(page: Page, chair: Chair, *, time: str) -> None:
    """Choose service, person, day and time, and book."""
    ask(page, chair)
    panel = page.locator("#booking")
    panel.locator("label", has=page.get_by_role("radio", name=time, exact=True)).click()
    expect(panel.get_by_text(re.compile(rf"{time} – \d\d:\d\d is free."))).to_be_visible()
    panel.locator("[data-book]").click()


def ask(page: Page, chair: Chair) -> None:
    panel = page.locator("#booking")
    panel.get_by_label("Service").select_option("Haircut · 45 min")
    panel.get_by_label("With").select_option(chair.staff.name)
    panel.get_by_label("Date").fill(f"{tomorrow():%Y-%m-%d}")


def event_at(chair: Chair, start: datetime) -> tuple[str, str]:
    """Wait until the calendar holds one event and it starts then; return its address and text."""
    found: list[tuple[str, str]] = []

    def is_there() -> bool:
        found[:] = chair.program.events().items()
        return [start_of(text) for _, text in found] == [f"{start:%Y%m%dT%H%M%S}"]

    wait_until(is_there, seconds=SECONDS, what=f"one event at {start}")
    return found[0]


def assert_nobody_was_told(studio: Studio, visit: Appointment) -> None:
    """The message of a cancellation from outside waits until it can no longer be undone."""
    visit.refresh_from_db()
    message = Notification.objects.get(object_id=visit.pk, kind=CANCELED)
    assert message.status == "planned"
    assert message.due_at == visit.slot_held_until
    assert not [mail for mail in mails(studio) if "is canceled" in mail]


def assert_told_of_all_but_the_cancellation(studio: Studio, visit: Appointment) -> None:
    wait_until(
        lambda: [mail for mail in mails(studio) if f"To: {NORAS_ADDRESS}" in mail],
        seconds=SECONDS,
        what="a mail to the customer",
    )
    message = Notification.objects.get(object_id=visit.pk, kind=CANCELED)
    assert (message.status, message.reason) == ("not_sent", "withdrawn: undone")
    assert not [mail for mail in mails(studio) if "is canceled" in mail]


def mails(studio: Studio) -> list[str]:
    return [path.read_text() for path in (studio.stack.place.folder / "mail").glob("*")]


def assert_slot_is_kept(page: Page, chair: Chair, visit: Appointment) -> None:
    """The panel does not offer it, and the verb refuses it."""
    assert Occupancy.objects.filter(appointment=visit, active=True).count() == 1
    page.get_by_role("button", name="New booking").click()
    choose(page, NORA).click()
    ask(page, chair)
    panel = page.locator("#booking")
    expect(panel.get_by_role("radio", name="15:00", exact=True)).to_be_visible()
    expect(panel.get_by_role("radio", name="13:30", exact=True)).to_have_count(0)
    asked = Booking(visit.customer_id, visit.service_id, visit.staff_id, tomorrow(13, 30))
    with pytest.raises(SlotTaken):
        book_appointment(asked, at=timezone.now(), by=SETUP)
    panel.get_by_label("Close panel").click()


def undo(page: Page, visit: Appointment) -> None:
    event(page, NORA).click()
    page.locator("#appointment-dialog").get_by_role("link", name="Open").click()
    page.wait_for_url(f"**{visit.get_absolute_url()}")
    expect(page.get_by_text("the customer is not told")).to_be_visible()
    page.get_by_role("button", name="Undo the cancellation").click()
    expect(page.get_by_text("the customer is not told")).to_have_count(0)


def assert_told(page: Page, steps: list[tuple[str, str]]) -> None:
    """Each step stands in the history with its actor and source, newest first."""
    told = page.locator("section, .card", has=page.get_by_role("heading", name="History"))
    items = told.last.locator("li:not(.todo)")
    expect(items.first).to_be_visible()
    said = [" ".join(text.split()) for text in items.all_inner_texts()]
    older = iter(said)
    for title, by in steps:
        assert any(text.startswith(title) and by in text for text in older), (title, by, said)


def begun(chair: Chair) -> Appointment:
    """A visit that began half an hour ago and was booked last week, at whatever hour this is."""
    start = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=30)
    nora = customer(NORA, email=NORAS_ADDRESS)
    return book_appointment(
        Booking(nora.pk, service().pk, chair.staff.pk, start),
        at=start - timedelta(days=7),
        by=SETUP,
        override_reason="It is whatever time it is",
    )


def issue(page: Page, draft: Invoice) -> None:
    page.get_by_role("link", name="Invoices").first.click()
    page.locator(f"a[href='{draft.get_absolute_url()}']").click()
    page.get_by_role("button", name="Issue…").click()
    page.locator("#invoice-dialog").get_by_role("button", name="Issue").click()
    expect(page.get_by_role("link", name="PDF")).to_be_visible()


def download(page: Page, path: Path) -> bytes:
    with page.expect_download() as begun:
        page.get_by_role("link", name="PDF").click()
    begun.value.save_as(path)
    return path.read_bytes()


def pay(page: Page) -> None:
    page.get_by_role("link", name="Record payment").click()
    dialog = page.locator("#invoice-dialog")
    dialog.get_by_role("button", name="Record").click()
    expect(page.get_by_role("link", name="Record payment")).to_have_count(0)


def in_crm(
    studio: Studio, object_type: str, id_property: str, local_id: object, **wanted: str
) -> dict[str, str]:
    """Wait until the CRM holds this record once, with these values; return it."""
    found: list[dict[str, str]] = []

    def is_there() -> bool:
        records = studio.in_crm(object_type)
        found[:] = [record for record in records if record.get(id_property) == str(local_id)]
        return len(found) == 1 and wanted.items() <= found[0].items()

    wait_until(is_there, seconds=SECONDS, what=f"one of {object_type} with {wanted}")
    return found[0]
