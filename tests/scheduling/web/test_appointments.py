"""The page of an appointment and what can be done on it."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client

from hub.notifications.models import Notification, NotificationStatus
from scheduling.attendance import complete_appointment
from scheduling.booking import annotate_appointment
from scheduling.canceling import cancel_with_undo
from scheduling.models import Appointment, Staff
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, room, service, staff
from tests.scheduling.web.conftest import IN_CALENDAR, NOW

pytestmark = pytest.mark.django_db


def page(browser: Client, made: Appointment) -> str:
    answer = browser.get(f"/appointments/{made.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def act(browser: Client, made: Appointment, name: str, **values: str) -> Any:
    return browser.post(f"/appointments/{made.pk}/{name}/", values)


def said(answer: Any) -> list[tuple[str, str]]:
    return [(told.level_tag, str(told)) for told in get_messages(answer.wsgi_request)]


@pytest.fixture
def made(dina: Staff) -> Appointment:
    return booked(client("Mara Winter"), staff=dina)


@pytest.fixture
def kept(made: Appointment) -> Appointment:
    """Deleted in somebody's calendar a minute ago; fourteen minutes are left to undo it."""
    begun = NOW - timedelta(minutes=1)
    until = begun + timedelta(minutes=15)
    return cancel_with_undo(made.pk, reason="Deleted", undo_until=until, at=begun, by=SETUP)


def test_the_page_tells_the_facts(ben: Client) -> None:
    color = service("Color", rooms_needed=1, buffer_after_minutes=15)
    room("Blue room")
    made = booked(client("Mara Winter"), staff=staff(services=[color]), service=color)

    text = page(ben, made)

    for fact in ("Mara Winter", "Color", "10:00 – 10:45", "Berlin", "Blue room", "15 min after"):
        assert fact in text
    assert "€49.00" in text


def test_the_price_is_hidden_from_a_practitioner(paula: Client) -> None:
    made = booked(staff=Staff.objects.get(name="Paula Practice"))

    text = page(paula, made)

    assert "€" not in text
    assert "49.00" not in text


def test_the_customers_time_stands_beside_when_it_differs(ben: Client, dina: Staff) -> None:
    grace = client("Grace Hopper", time_zone=ZoneInfo("America/New_York"))

    assert "04:00 (New York, UTC−5)" in page(ben, booked(grace, staff=dina))


def test_the_history_names_who_did_what(ben: Client, made: Appointment) -> None:
    act(ben, made, "notes", notes="Prefers tea", version="1")

    answer = ben.get(f"/appointments/{made.pk}/")

    told = [(entry.title, entry.actor_name) for entry in answer.context["entries"]]
    assert told == [("Updated", "Ben Desk"), ("Booked", "Test set-up")]


def test_messages_are_listed_with_why_one_was_not_sent(ben: Client, made: Appointment) -> None:
    Notification.objects.filter(object_id=made.pk).delete()
    Notification.objects.create(
        kind="appointment_booked",
        object_id=made.pk,
        object_version=1,
        recipient_id=made.customer_id,
        due_at=MONDAY_9,
        status=NotificationStatus.NOT_SENT,
        reason="no e-mail address",
    )

    text = page(ben, made)

    assert "Confirmation" in text
    assert "Not sent: no e-mail address" in text


def test_notes_are_saved_with_the_version_they_were_written_on(
    ben: Client, made: Appointment
) -> None:
    asked = {"notes": "Prefers tea", "customer_notes": "Bring a towel", "version": "1"}

    answer = act(ben, made, "notes", **asked)

    made.refresh_from_db()
    assert answer.status_code == 302
    assert (made.notes, made.version) == ("Prefers tea", 2)
    assert made.customer_notes == "Bring a towel"
    assert "Bring a towel</textarea>" in page(ben, made)


def test_stale_notes_show_both_versions_and_lose_neither(ben: Client, made: Appointment) -> None:
    annotate_appointment(made.pk, notes="Prefers coffee", by=SETUP)

    answer = act(ben, made, "notes", notes="Prefers tea", version="1")

    text = answer.content.decode()
    assert answer.status_code == 412
    assert "Test set-up changed this while you were editing" in text
    assert "Prefers coffee" in text
    again = answer.context["notes_form"]
    assert (again["notes"].value(), again["version"].value()) == ("Prefers tea", 2)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"notes": "x" * 4001, "version": "1"}, "notes"),
        ({"notes": "a\x00b", "version": "1"}, "notes"),
        ({"notes": "fine", "version": "one"}, "version"),
        ({"notes": "fine"}, "version"),
    ],
)
def test_notes_that_cannot_be_kept_are_refused_at_their_field(
    ben: Client, made: Appointment, values: dict[str, str], field: str
) -> None:
    answer = act(ben, made, "notes", **values)

    made.refresh_from_db()
    assert answer.status_code == 422
    assert list(answer.context["notes_form"].errors) == [field]
    assert made.notes == ""


def test_a_cancellation_asks_for_a_reason(ben: Client, made: Appointment) -> None:
    empty = act(ben, made, "cancel", reason="  ", version="1")
    long = act(ben, made, "cancel", reason="x" * 201, version="1")

    made.refresh_from_db()
    assert (empty.status_code, long.status_code) == (422, 422)
    assert empty.context["form"].errors == {"reason": ["Say why, please."]}
    assert made.status == "booked"


def test_a_cancellation_with_a_reason_frees_the_time(ben: Client, made: Appointment) -> None:
    answer = act(ben, made, "cancel", reason="Ill", version="1")

    made.refresh_from_db()
    assert (made.status, made.cancel_reason) == ("canceled", "Ill")
    assert said(answer) == [("success", "Mara Winter: Canceled.")]
    assert not made.occupancies.filter(active=True).exists()


def test_a_cancellation_of_an_old_picture_is_refused(ben: Client, made: Appointment) -> None:
    annotate_appointment(made.pk, notes="Prefers coffee", by=SETUP)

    answer = act(ben, made, "cancel", reason="Ill", version="1")

    assert answer.status_code == 422
    assert "Somebody else changed this meanwhile" in answer.content.decode()


def test_completing_before_it_begins_is_refused_in_words(ben: Client, made: Appointment) -> None:
    answer = act(ben, made, "complete")

    assert said(answer) == [("error", "This appointment has not begun yet.")]
    assert "Complete" not in page(ben, made).split("pagehead")[1].split("</header>")[0]


def test_completing_noting_a_no_show_and_reopening(
    ben: Client, made: Appointment, clock: time_machine.Traveller
) -> None:
    clock.move_to(MONDAY_9 + timedelta(hours=1))

    act(ben, made, "no-show")
    made.refresh_from_db()
    assert made.status == "no_show"

    act(ben, made, "reopen", reason="Was only late")
    made.refresh_from_db()
    assert made.status == "booked"

    act(ben, made, "complete")
    made.refresh_from_db()
    assert made.status == "completed"


def test_reopening_asks_for_a_reason(ben: Client, made: Appointment) -> None:
    complete_appointment(made.pk, at=MONDAY_9, by=SETUP)

    answer = act(ben, made, "reopen", reason="")

    assert answer.status_code == 422


def test_an_inbound_cancellation_can_be_undone_while_the_time_is_kept(
    ben: Client, kept: Appointment
) -> None:
    assert "for another 14 min, until 07:14" in page(ben, kept)

    act(ben, kept, "undo-cancellation")

    kept.refresh_from_db()
    assert kept.status == "booked"


def test_an_inbound_cancellation_can_be_confirmed_at_once(ben: Client, kept: Appointment) -> None:
    answer = act(ben, kept, "confirm-cancellation")

    kept.refresh_from_db()
    assert (kept.status, kept.slot_held_until) == ("canceled", None)
    assert said(answer)[0][0] == "success"


def test_undoing_too_late_is_refused_in_words(
    ben: Client, kept: Appointment, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW + timedelta(hours=1))

    answer = act(ben, kept, "undo-cancellation")

    assert said(answer) == [
        ("error", "This can no longer be undone. Book a new appointment instead.")
    ]


def test_in_the_calendar_an_answer_is_a_toast(ben: Client, made: Appointment) -> None:
    answer = ben.post(f"/appointments/{made.pk}/complete/", headers=IN_CALENDAR)

    told = orjson.loads(answer.headers["HX-Trigger"])
    assert answer.status_code == 204
    assert told["toast"] == {"text": "This appointment has not begun yet.", "bad": True}


def test_who_only_looks_is_offered_nothing_to_do(bo: Client, made: Appointment) -> None:
    text = page(bo, made)

    assert "Move…" not in text
    assert "Save notes" not in text


def test_the_card_of_the_calendar_has_the_facts_and_the_acts(
    ben: Client, made: Appointment
) -> None:
    text = ben.get(f"/appointments/{made.pk}/card/", headers=IN_CALENDAR).content.decode()

    assert "<html" not in text
    for part in ("Mara Winter", "Booked", "Move…", "Cancel…", f"/appointments/{made.pk}/"):
        assert part in text


def test_hostile_text_stays_text(ben: Client, dina: Staff) -> None:
    made = booked(client("<img src=x onerror=alert(1)>"), staff=dina)
    act(ben, made, "notes", notes="</textarea><script>alert(2)</script>", version="1")

    text = page(ben, made)

    assert "<img src=x" not in text
    assert "<script>alert" not in text
