"""A file is taken back: what nobody touched goes, what somebody touched stays and is told."""

from datetime import timedelta

import pytest
from django.test import Client

from customers.models import Customer
from hub.access import AccessDenied
from hub.accounts.models import RoleGrant
from hub.actors import Actor
from hub.lifecycle import IllegalTransition
from hub.models import Change
from hub.notifications.models import Notification
from scheduling.attendance import reopen_appointment
from scheduling.booking import annotate_appointment
from scheduling.models import Appointment, MovedIn, MovingIn, Series, TakingBack
from scheduling.moving_in import tasks
from scheduling.moving_in.taking_back import REASON, running, step_back, take_back
from scheduling.repeating.going_on import go_on_with_all
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import client, service
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.moving_in.files import (
    MARA_ROW,
    NOW,
    ada,
    calendar,
    event,
    many,
    moved_in,
    outcomes,
    row,
    table,
    told,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)
PAST = row("P1", "2027-01-11 10:00")


def taken_back(found: MovingIn) -> MovingIn:
    take_back(found.pk, at=LATER, by=actor(ada()))
    while step_back(found.pk, at=LATER):
        pass
    found.refresh_from_db()
    return found


def test_what_is_to_come_is_canceled_and_what_was_past_is_removed_without_a_word() -> None:
    client(email="mara@winter.example")
    done = taken_back(moved_in(table(MARA_ROW, PAST)))

    assert (done.taking_back, done.counts) == (
        TakingBack.DONE,
        {"booked": 0, "noted": 0, "taken_back": 2},
    )
    left = Appointment.objects.get()
    assert (left.status, left.cancel_reason) == ("canceled", REASON)
    assert set(Notification.objects.values_list("kind", "status")) == {
        ("appointment_reminder", "not_sent")
    }
    assert Change.objects.filter(name="appointment.canceled").count() == 1
    assert Appointment.history.filter(history_type="-").count() == 1
    assert Customer.objects.count() == 1
    assert inconsistencies() == overlaps() == []


def test_what_was_taken_back_can_come_in_again() -> None:
    file = table(MARA_ROW, PAST)
    taken_back(moved_in(file))

    again = moved_in(file)

    assert outcomes(again) == ["booked", "noted"]
    assert Appointment.objects.filter(status="booked").count() == 1


def test_what_somebody_touched_is_left_and_told() -> None:
    found = moved_in(table(MARA_ROW, PAST, row("B2", "2027-03-02 10:00")))
    first = Appointment.objects.get(start_at__date="2027-03-01")
    annotate_appointment(first.pk, notes="Allergic to nuts", by=SETUP)

    done = taken_back(found)

    assert told(done) == [
        (2, "booked", ["Left as it is: somebody changed it since it was moved in."]),
        (3, "taken_back", []),
        (4, "taken_back", []),
    ]
    assert done.counts["left"] == 1
    assert MovedIn.objects.get().appointment == first
    assert outcomes(moved_in(table(MARA_ROW))) == ["known"]


def test_a_past_visit_that_was_reopened_is_left() -> None:
    found = moved_in(table(row("P1", f"{NOW:%Y-%m-%d} 10:00")))
    visit = Appointment.objects.get()
    reopen_appointment(visit.pk, reason="Not over", at=LATER, by=SETUP)

    assert outcomes(taken_back(found)) == ["noted"]
    assert Appointment.objects.get().status == "booked"


def test_a_series_ends_and_its_visits_to_come_are_canceled() -> None:
    service(horizon_days=30)
    found = moved_in(calendar(event("u1", "RRULE:FREQ=WEEKLY;COUNT=20")))
    go_on_with_all(at=NOW + timedelta(days=7), by=Actor.job("go on with series"))

    done = taken_back(found)

    assert outcomes(done) == ["taken_back"]
    assert Series.objects.get().status == "ended"
    assert set(Appointment.objects.values_list("status", flat=True)) == {"canceled"}
    assert not Notification.objects.exclude(kind="appointment_reminder").exists()


def test_a_series_with_a_visit_that_somebody_touched_is_left_whole() -> None:
    found = moved_in(calendar(event("u1", "RRULE:FREQ=WEEKLY;COUNT=3")))
    visit = Appointment.objects.order_by("start_at").first()
    assert visit
    annotate_appointment(visit.pk, notes="Allergic to nuts", by=actor(ada()))

    assert outcomes(taken_back(found)) == ["booked"]
    assert set(Appointment.objects.values_list("status", flat=True)) == {"booked"}


def test_dates_that_came_in_one_by_one_go_together() -> None:
    found = moved_in(calendar(event("u1", "RRULE:FREQ=WEEKLY;COUNT=3", "DURATION:PT2H")))

    assert taken_back(found).counts == {"booked": 0, "taken_back": 1}
    assert set(Appointment.objects.values_list("status", flat=True)) == {"canceled"}


def test_only_what_came_with_this_file_goes() -> None:
    moved_in(table(MARA_ROW))
    second = moved_in(table(MARA_ROW, row("B2", "2027-03-02 10:00")))

    taken_back(second)

    assert sorted(Appointment.objects.values_list("status", flat=True)) == ["booked", "canceled"]


def test_it_is_taken_back_once_and_by_those_who_may() -> None:
    found = moved_in(table(MARA_ROW))
    with pytest.raises(AccessDenied):
        take_back(found.pk, at=LATER, by=actor(person("Front desk")))

    taken_back(found)

    with pytest.raises(IllegalTransition):
        take_back(found.pk, at=LATER, by=actor(ada()))


def test_losing_the_right_stops_it_and_somebody_else_goes_on() -> None:
    found = moved_in(table(*many(4)))
    take_back(found.pk, at=LATER, by=actor(ada()))
    step_back(found.pk, at=LATER)
    RoleGrant.objects.filter(user=ada()).update(revoked_at=LATER)

    tasks.take_back(str(found.pk))

    found.refresh_from_db()
    assert (found.taking_back, Appointment.objects.filter(status="booked").count()) == ("", 3)
    RoleGrant.objects.filter(user=ada()).update(revoked_at=None)
    assert taken_back(found).counts["taken_back"] == 4


def test_one_that_stands_still_is_found_and_the_task_ends_it() -> None:
    found = moved_in(table(*many(3)))
    take_back(found.pk, at=LATER, by=actor(ada()))

    assert running(silent_since=LATER) == []
    assert running(silent_since=LATER + timedelta(minutes=2)) == [found]
    tasks.take_back(str(found.pk))

    found.refresh_from_db()
    assert found.taking_back == TakingBack.DONE


def test_the_page_offers_it_and_says_what_became_of_it() -> None:
    desk = signed_in(ada())
    found = moved_in(table(MARA_ROW, PAST))
    path = f"/settings/moving-in/{found.pk}/"
    assert "Take this file back?" in desk.get(path).content.decode()

    desk.post(f"{path}take-back/")
    assert "Taking back" in desk.get(path).content.decode()
    assert desk.get(f"{path}progress/").status_code == 200
    tasks.take_back(str(found.pk))

    page = desk.get(path).content.decode()
    assert "2 rows were taken back." in page
    assert "Take this file back?" not in page
    assert "nothing of this file to take back" in again(desk, path)


def again(desk: Client, path: str) -> str:
    return desk.post(f"{path}take-back/", follow=True).content.decode()


def test_the_page_of_a_customer_still_opens_when_a_past_visit_was_removed() -> None:
    taken_back(moved_in(table(PAST)))
    mara = Customer.objects.get()

    assert signed_in(ada()).get(mara.get_absolute_url()).status_code == 200
