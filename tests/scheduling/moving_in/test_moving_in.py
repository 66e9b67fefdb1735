"""Appointments of an older system: what comes in, what does not, and why."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.models import Customer, IdentityReview, ImportState
from hub.models import Change
from hub.notifications.models import Notification
from scheduling.models import Appointment, MovedIn
from tests.factories.customers import customer
from tests.factories.scheduling import booked, client, room, service, staff
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.moving_in.files import (
    MARA_ROW,
    checked,
    moved_in,
    outcomes,
    row,
    run,
    salon,
    table,
    told,
)

pytestmark = pytest.mark.django_db
TEN = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # 10:00 in Berlin


def test_a_row_becomes_an_appointment_of_the_customer_it_names() -> None:
    mara = client(email="mara@winter.example")
    done = moved_in(table(MARA_ROW))

    assert (done.state, done.counts) == (ImportState.DONE, {"booked": 1})
    found = Appointment.objects.get()
    assert (found.customer, found.staff.name, found.service_name) == (mara, "Dina Falk", "Haircut")
    assert (found.start_at, found.end_at) == (TEN, TEN + timedelta(minutes=45))
    assert str(found.time_zone) == "Europe/Berlin"
    assert inconsistencies() == overlaps() == []
    assert [(one.old_id, one.appointment) for one in MovedIn.objects.all()] == [("B1", found)]


def test_a_check_saves_nothing_but_what_it_foresees() -> None:
    found = checked(table(MARA_ROW, row("B2", "2027-03-01 10:30", name="Jo Doe", email="")))

    assert outcomes(found) == ["booked", "conflict"]
    assert not Appointment.objects.exists()
    assert not Customer.objects.exists()
    assert not Change.objects.filter(name="appointment.booked").exists()


def test_the_same_file_and_a_newer_one_change_nothing_about_what_is_here() -> None:
    moved_in(table(MARA_ROW))
    before = Appointment.history.count()

    again = moved_in(table(MARA_ROW))
    newer = moved_in(table(row("B1", "2027-03-02 11:00"), row("B2", "2027-03-03 09:00")))

    assert outcomes(again) == ["known"]
    assert outcomes(newer) == ["known", "booked"]
    assert "another time" in told(newer)[0][2][1]
    assert Appointment.objects.count() == 2
    assert Appointment.history.count() == before + 1


def test_ids_are_those_of_one_system() -> None:
    moved_in(table(MARA_ROW))

    other = moved_in(table(row("B1", "2027-03-05 10:00")), system="Another Diary")

    assert outcomes(other) == ["booked"]


def test_without_an_id_who_what_and_when_say_which_one_it_is() -> None:
    first = table(row("", "2027-03-01 10:00"), row("", "2027-03-02 10:00"))
    moved_in(first)

    again = moved_in(
        table(row("", "2027-03-02 10:00", status="confirmed"), row("", "2027-03-03 10:00"))
    )

    assert outcomes(again) == ["known", "booked"]
    assert Appointment.objects.count() == 3


def test_one_id_twice_in_a_file_comes_in_once() -> None:
    rows = table(MARA_ROW, row("B1", "2027-03-04 10:00"))

    assert outcomes(checked(rows)) == ["booked", "known"]
    assert outcomes(moved_in(rows)) == ["booked", "known"]
    assert Appointment.objects.count() == 1


def test_a_conflict_names_what_is_in_the_way_and_nothing_of_its_row_is_saved() -> None:
    _, _, dina = salon()
    there = booked(client("Ben Kraus"), staff=dina, start=TEN)

    foreseen = checked(table(row("B1", "2027-03-01 10:30", name="Jo Doe", email="n@x.example")))
    before = told(foreseen)
    done = run(foreseen)

    reason = f"Dina Falk is booked 10:00 – 10:45. In the way: {there.code}."
    assert told(done) == before == [(2, "conflict", [reason])]
    assert Customer.objects.count() == Appointment.objects.count() == 1


def test_a_check_foresees_conflicts_within_the_file() -> None:
    salon()
    rows = table(MARA_ROW, row("B2", "2027-03-01 10:15", name="Jo Doe", email="jo@x.example"))

    foreseen = checked(rows)

    assert told(foreseen)[1][1:] == (
        "conflict",
        ["Dina Falk is taken then by row 2 of this file."],
    )
    assert outcomes(run(foreseen)) == ["booked", "conflict"]


def test_rooms_are_taken_and_run_out_as_in_any_booking() -> None:
    color = service("Color", rooms_needed=1)
    room("Room 1")
    for name in ("Ida Berg", "Eva Lang"):
        staff(name, services=[color])
    rows = table(
        row("B1", service="Color", staff="Ida Berg"),
        row("B2", service="Color", staff="Eva Lang", name="Jo Doe", email="jo@x.example"),
    )

    foreseen = checked(rows)
    assert told(foreseen)[1][2] == ["Room 1 is taken then by row 2 of this file."]
    done = run(foreseen)

    assert outcomes(done) == ["booked", "conflict"]
    assert inconsistencies() == []


def test_hours_notice_and_horizon_were_the_business_of_the_older_system() -> None:
    service(minimum_notice_minutes=60 * 24 * 30, horizon_days=10)
    staff("Nora Night", hours="09:00–10:00", services=[service()])

    done = moved_in(table(row("B1", "2027-06-01 23:00", staff="Nora Night")))

    assert outcomes(done) == ["booked"]


def test_the_past_becomes_history_without_messages_bills_or_announcements() -> None:
    service(late_fee_kind="flat", late_fee=20, buffer_after_minutes=30)
    rows = [
        row("P1", "2027-01-11 10:00", end="10:45"),
        row("P2", "2027-01-11 10:45", end="11:30", status="No-show"),
        row("P3", "2027-01-11 10:50", end="11:00", status="Canceled"),
        row("P4", "2027-01-12 10:00", status="completed"),
    ]

    done = moved_in(table(*rows))

    assert outcomes(done) == ["noted"] * 4
    found = Appointment.objects.order_by("start_at")
    assert [one.status for one in found] == ["completed", "no_show", "canceled", "completed"]
    assert not any(one.is_fee_due for one in found)
    assert inconsistencies() == overlaps() == []
    assert not Notification.objects.exists()
    assert not Change.objects.filter(name__startswith="appointment.").exists()


def test_two_past_visits_at_one_time_are_a_conflict_as_everywhere() -> None:
    rows = table(row("P1", "2027-01-11 10:00"), row("P2", "2027-01-11 10:15", email="x@x.example"))

    assert outcomes(checked(rows)) == outcomes(moved_in(rows)) == ["noted", "conflict"]


def test_who_left_and_what_is_no_longer_offered_can_stand_in_the_past_only() -> None:
    salon()
    gone = staff("Gone Ago", is_active=False)
    rows = table(
        row("P1", "2027-01-11 10:00", staff="Gone Ago"),
        row("F1", "2027-03-11 10:00", staff="Gone Ago"),
    )

    done = moved_in(rows, names={"staff": {"gone ago": str(gone.pk)}})

    assert told(done) == [
        (2, "noted", []),
        (3, "rejected", ["This staff member cannot be booked."]),
    ]


def test_customers_are_reminded_of_what_is_to_come_unless_somebody_said_no() -> None:
    client(email="mara@winter.example")
    moved_in(table(MARA_ROW))
    moved_in(table(row("B2", "2027-03-02 10:00")), with_reminders=False)

    assert list(Notification.objects.values_list("kind", flat=True)) == ["appointment_reminder"]
    assert Appointment.objects.filter(reminder_minutes=0).count() == 1


def test_what_is_to_come_is_announced_once() -> None:
    moved_in(table(MARA_ROW))
    moved_in(table(MARA_ROW))

    change = Change.objects.get(name="appointment.booked")
    assert (change.source, change.fields) == ("import", {"moved_in": ["", "Old Diary"]})


def test_a_doubtful_customer_is_a_question_and_the_appointment_is_there() -> None:
    mara = customer("Mara Winter", email="other@winter.example")

    foreseen = checked(table(row("B1", email="")))
    [(_, outcome, reasons)] = told(foreseen)
    assert (outcome, reasons) == ("review", [f"Is it Mara Winter, {mara.code}? Same name."])
    done = run(foreseen)

    assert told(done) == [(2, outcome, reasons)]
    assert IdentityReview.objects.count() == 1
    assert Appointment.objects.get().customer != mara


def test_customers_are_known_again_by_their_id_in_the_older_system() -> None:
    headings = ("Id", "Start", "Service", "Staff", "Customer", "Customer id")
    mara = ("2027-03-01 10:00", "Haircut", "Dina Falk", "Mara Winter", "77")
    maria = ("2027-03-02 10:00", "Haircut", "Dina Falk", "Mara Winter-Lang", "77")

    moved_in(table(("B1", *mara), headings=headings))
    moved_in(table(("B2", *maria), headings=headings))

    assert Customer.objects.count() == 1
