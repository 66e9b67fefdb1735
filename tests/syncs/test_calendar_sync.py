"""One booking between the hub and a real calendar, both ways."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from billing.models import Invoice
from hub.actors import Actor
from scheduling.attendance import complete_appointment
from scheduling.booking import reschedule_appointment
from scheduling.canceling import cancel_appointment, undo_cancellation
from scheduling.models import Appointment, Staff
from syncs import deciding
from syncs.models import Attempt, Conflict, Connection, Job, Link
from syncs.states import InboundDeletes
from tests.factories.people import SETUP
from tests.factories.scheduling import booked, service, staff
from tests.syncs.conftest import CalendarProgram, ask_pull

pytestmark = pytest.mark.django_db
Sync = Callable[[], None]


def start_of(text: str) -> str:
    event = text[text.index("BEGIN:VEVENT") :]
    found = re.search(r"DTSTART[^:]*:(\S+)", event)
    assert found
    return found.group(1)


def moved(hours: int) -> Callable[[str], str]:
    """Shift every clock time of an event by whole hours, as dragging it would."""

    def change(text: str) -> str:
        zone, event = text.split("BEGIN:VEVENT")
        return f"{zone}BEGIN:VEVENT" + re.sub(
            r"(DT(?:START|END)[^:]*:\d{8}T)(\d\d)",
            lambda found: f"{found.group(1)}{int(found.group(2)) + hours:02d}",
            event,
        )

    return change


def test_a_booking_appears_in_the_calendar(visit: Appointment, program: CalendarProgram) -> None:
    _, text = program.only_event()

    assert "Haircut" in text
    assert "Mara Winter" in text
    assert Link.objects.get().status == "linked"
    assert Job.objects.get(key=f"obj:appointment:{visit.pk}").state == "idle"


def test_whoever_takes_part_beside_has_it_in_their_calendar_until_they_do_not(
    calendar: Connection, program: CalendarProgram, dina: Staff, tomorrow: datetime, sync: Sync
) -> None:
    haircut = service()
    jo = staff("Jo", services=[haircut])
    made = booked(staff=jo, start=tomorrow, service=haircut, beside_ids=(dina.pk,))
    sync()
    assert "Haircut" in program.only_event()[1]

    reschedule_appointment(made.pk, start_at=tomorrow, beside_ids=(), at=timezone.now(), by=SETUP)
    sync()

    assert program.events() == {}


def test_a_move_in_the_hub_moves_the_same_event(
    visit: Appointment, program: CalendarProgram, sync: Sync
) -> None:
    href, before = program.only_event()

    reschedule_appointment(
        visit.pk, start_at=visit.start_at + timedelta(hours=2), at=timezone.now(), by=SETUP
    )
    sync()

    after_href, after = program.only_event()
    assert after_href == href
    assert start_of(after) != start_of(before)


def test_a_cancellation_marks_the_event_as_canceled(
    visit: Appointment, program: CalendarProgram, sync: Sync
) -> None:
    cancel_appointment(visit.pk, reason="Ill", at=timezone.now(), by=SETUP)
    sync()

    _, text = program.only_event()
    assert "STATUS:CANCELLED" in text


def test_an_event_moved_in_the_calendar_moves_the_appointment(
    visit: Appointment, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    href, _ = program.only_event()

    program.edit(href, moved(1))
    ask_pull(calendar)
    sync()

    moved_visit = Appointment.objects.get(pk=visit.pk)
    assert moved_visit.start_at == visit.start_at + timedelta(hours=1)
    newest = moved_visit.history.latest()
    assert (newest.actor_kind, newest.source) == ("connection", "connector")


def test_our_own_write_is_not_taken_for_a_change(
    visit: Appointment, calendar: Connection, sync: Sync
) -> None:
    before = Attempt.objects.filter(outcome="ok").count()

    ask_pull(calendar)
    sync()
    ask_pull(calendar)
    sync()

    assert Attempt.objects.filter(outcome="ok").count() == before
    assert Appointment.objects.get(pk=visit.pk).version == visit.version


def test_a_move_onto_a_taken_slot_is_put_back_and_asked_about(
    visit: Appointment, dina: Staff, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    booked(staff=dina, start=visit.start_at + timedelta(hours=1))
    href, before = program.only_event()

    program.edit(href, moved(1))
    ask_pull(calendar)
    sync()

    conflict = Conflict.objects.get()
    assert Appointment.objects.get(pk=visit.pk).start_at == visit.start_at
    assert start_of(program.events()[href]) == start_of(before)
    assert (conflict.type, conflict.state) == ("rejected_by_hub", "open")
    assert "when" in conflict.detail


def test_a_deletion_cancels_with_the_slot_held_and_undo_restores_both_sides(
    visit: Appointment, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    href, _ = program.only_event()

    program.delete(href)
    ask_pull(calendar)
    sync()

    canceled = Appointment.objects.get(pk=visit.pk)
    assert (canceled.status, canceled.slot_held_until is not None) == ("canceled", True)
    assert canceled.occupancies.filter(active=True).exists()
    assert program.events() == {}

    undo_cancellation(visit.pk, at=timezone.now(), by=SETUP)
    sync()

    assert Appointment.objects.get(pk=visit.pk).status == "booked"
    new_href, text = program.only_event()
    assert new_href != href
    assert "CANCELLED" not in text
    assert Link.objects.get().generation == 1


def test_a_deleted_event_of_a_completed_visit_changes_nothing_here(
    visit: Appointment, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    complete_appointment(visit.pk, at=visit.end_at, by=SETUP)
    sync()
    href, _ = program.only_event()

    program.delete(href)
    ask_pull(calendar)
    sync()

    assert Appointment.objects.get(pk=visit.pk).status == "completed"
    assert Link.objects.get().status == "detached"
    assert not Invoice.objects.exclude(status="draft").exists()


def test_a_calendar_that_asks_keeps_the_booking_until_somebody_decides(
    visit: Appointment, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    Connection.objects.filter(pk=calendar.pk).update(inbound_deletes=InboundDeletes.ASK)
    href, _ = program.only_event()
    program.delete(href)
    ask_pull(calendar)
    sync()
    assert Appointment.objects.get(pk=visit.pk).status == "booked"
    assert program.events() == {}

    deciding.decide(
        Conflict.objects.get().pk, answer="hub", at=timezone.now(), by=Actor.job("test")
    )
    sync()

    assert len(program.events()) == 1


def test_an_emptied_calendar_cancels_nothing(
    visit: Appointment, dina: Staff, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    for hours in range(1, 7):
        booked(staff=dina, start=visit.start_at + timedelta(hours=hours))
    sync()
    assert len(program.events()) == 7

    for href in program.events():
        program.delete(href)
    ask_pull(calendar)
    sync()

    assert not Appointment.objects.filter(status="canceled").exists()
    assert Conflict.objects.get().type == "mass_delete"

    deciding.decide(
        Conflict.objects.get().pk, answer="hub", at=timezone.now(), by=Actor.job("test")
    )
    sync()

    assert len(program.events()) == 7


def test_edits_on_both_sides_keep_ours_and_ask(
    visit: Appointment, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    href, _ = program.only_event()
    program.edit(href, moved(3))
    reschedule_appointment(
        visit.pk, start_at=visit.start_at + timedelta(hours=1), at=timezone.now(), by=SETUP
    )
    ask_pull(calendar)
    sync()

    conflict = Conflict.objects.get()
    mine = Appointment.objects.get(pk=visit.pk)
    assert conflict.type == "both_changed"
    assert mine.start_at == visit.start_at + timedelta(hours=1)

    deciding.decide(conflict.pk, answer="remote", at=timezone.now(), by=Actor.job("test"))
    sync()

    assert Appointment.objects.get(pk=visit.pk).start_at == visit.start_at + timedelta(hours=3)


def test_what_moves_to_another_person_leaves_this_calendar(
    visit: Appointment, program: CalendarProgram, sync: Sync
) -> None:
    reschedule_appointment(
        visit.pk,
        start_at=visit.start_at,
        staff_id=staff("Tom Okafor").pk,
        at=timezone.now(),
        by=SETUP,
    )
    sync()

    assert program.events() == {}


def test_a_private_note_in_the_event_survives_our_edits(
    visit: Appointment, program: CalendarProgram, calendar: Connection, sync: Sync
) -> None:
    href, _ = program.only_event()
    program.edit(href, lambda text: text.replace("END:VEVENT", "X-MINE:parking\r\nEND:VEVENT"))

    reschedule_appointment(
        visit.pk, start_at=visit.start_at + timedelta(hours=2), at=timezone.now(), by=SETUP
    )
    sync()

    assert "X-MINE:parking" in program.events()[href]
