"""Whatever is done in whatever order: no double booking, nothing lost from the record."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import DomainError
from hub.models import Change
from scheduling.attendance import complete_appointment, mark_no_show, reopen_appointment
from scheduling.booking import Booking, book_appointment, reschedule_appointment
from scheduling.canceling import (
    cancel_appointment,
    cancel_with_undo,
    confirm_cancellation,
    release_expired,
    undo_cancellation,
)
from scheduling.groups.moving import cancel_class, change_seats, move_class
from scheduling.groups.planning import Plan, plan_classes
from scheduling.holding_time import TimeWanted, forget_over, give_back, hold_time
from scheduling.models import Appointment, GroupSession, Hold, Staff
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, client, room, service, staff
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.trails import announced, minutes, remembered

Step = tuple[str, int, int, int]
OPENS_AT = MONDAY_9 - timedelta(hours=2)

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["book"] * 4
            + ["move"] * 3
            + ["resize", "cancel", "cancel_with_undo", "cancel_with_undo", "undo", "confirm"]
            + ["release", "complete", "no_show", "reopen", "wait"]
            + ["hold", "hold", "book_hold", "give_back"]
            + ["plan", "move_class", "cancel_class", "seats"]
        ),
        st.integers(0, 1),  # which person
        st.integers(0, 11),  # which quarter of an hour
        st.integers(0, 5),  # which appointment
    ),
    min_size=4,
    max_size=16,
)


class Desk:
    """A front desk with a clock of its own, at which one thing is done after the other."""

    def __init__(self) -> None:
        self.at = OPENS_AT
        haircut = service(duration_minutes=30, buffer_after_minutes=10)
        color = service("Color", rooms_needed=1, buffer_before_minutes=5)
        room("Room 1")
        room("Room 2", capacity=2)
        bridal = service("Bridal", staff_needed=2, rooms_needed=2)
        yoga = service("Yoga", seats=2, rooms_needed=1)
        offered = [haircut, color, bridal, yoga]
        self.people = [staff("Jo", services=offered), staff("Kim", services=offered, capacity=2)]
        staff("Lee", services=[bridal])
        self.services = offered
        self.customer = client()

    def do(self, step: Step) -> None:
        """Do one step in a transaction of its own; a refusal is a fine answer."""
        name, who, quarter, which = step
        start = MONDAY_9 + minutes(15 * quarter)
        alone: dict[str, Callable[[], object]] = {
            "book": lambda: self._book(self.people[who], start, which),
            "wait": self._wait,
            "release": self._release,
            "hold": lambda: self._hold(self.people[who], start, which),
            "book_hold": lambda: self._of_hold(name, which),
            "give_back": lambda: self._of_hold(name, which),
            "plan": lambda: self._plan(self.people[who], start),
            "move_class": lambda: self._of_class(name, self.people[who], start, which),
            "cancel_class": lambda: self._of_class(name, self.people[who], start, which),
            "seats": lambda: self._of_class(name, self.people[who], start, which),
        }
        known = list(Appointment.objects.order_by("number"))
        try:
            if name in alone:
                alone[name]()
            elif known:
                self._verb(name, known[which % len(known)], self.people[who], start)()
        except DomainError:
            pass

    def _wait(self) -> None:
        self.at += minutes(20)

    def _release(self) -> None:
        release_expired(at=self.at)
        forget_over(at=self.at)

    def _hold(self, person: Staff, start: datetime, which: int) -> None:
        wanted = TimeWanted(self.services[which % 4].pk, person.pk, start)
        hold_time(wanted, at=self.at, by=SETUP)

    def _plan(self, person: Staff, start: datetime) -> None:
        plan = Plan(self.services[3].pk, person.pk)
        plan_classes(plan, [start, start + minutes(45)], at=self.at, by=SETUP)

    def _book(self, person: Staff, start: datetime, which: int) -> None:
        offered = self.services[which % 4]
        asked = Booking(self.customer.pk, offered.pk, person.pk, start)
        book_appointment(asked, at=self.at, by=SETUP)

    def _of_class(self, name: str, person: Staff, start: datetime, which: int) -> None:
        classes = list(GroupSession.objects.order_by("created_at", "pk"))
        if not classes:
            return
        pk = classes[which % len(classes)].pk
        if name == "move_class":
            move_class(pk, start_at=start, staff_id=person.pk, at=self.at, by=SETUP)
        elif name == "cancel_class":
            cancel_class(pk, reason="Ill", at=self.at, by=SETUP)
        else:
            change_seats(pk, 1 + which % 3, at=self.at, by=SETUP)

    def _of_hold(self, name: str, which: int) -> None:
        holds = list(Hold.objects.order_by("created_at", "pk"))
        if not holds:
            return
        hold = holds[which % len(holds)]
        if name == "give_back":
            give_back(hold.pk, by=SETUP)
            return
        asked = Booking(
            self.customer.pk, hold.service_id, hold.staff_id, hold.start_at, hold_id=hold.pk
        )
        was_over = hold.expires_at <= self.at
        try:
            book_appointment(asked, at=self.at, by=SETUP)
        except DomainError:
            assert was_over, "what is held can be booked"
        else:
            assert not was_over

    def _verb(
        self, name: str, appointment: Appointment, person: Staff, start: datetime
    ) -> Callable[[], object]:
        pk, at, by = appointment.pk, self.at, SETUP
        longer = start + (appointment.end_at - appointment.start_at) + minutes(15)
        until = at + minutes(15)
        verbs: dict[str, Callable[[], object]] = {
            "move": lambda: reschedule_appointment(
                pk, start_at=start, staff_id=person.pk, at=at, by=by
            ),
            "resize": lambda: reschedule_appointment(
                pk, start_at=start, end_at=longer, at=at, by=by
            ),
            "cancel": lambda: cancel_appointment(pk, reason="Ill", at=at, by=by),
            "cancel_with_undo": lambda: cancel_with_undo(
                pk, reason="Deleted", undo_until=until, at=at, by=by
            ),
            "undo": lambda: undo_cancellation(pk, at=at, by=by),
            "confirm": lambda: confirm_cancellation(pk, at=at, by=by),
            "complete": lambda: complete_appointment(pk, at=at, by=by),
            "no_show": lambda: mark_no_show(pk, at=at, by=by),
            "reopen": lambda: reopen_appointment(pk, reason="Wrong", at=at, by=by),
        }
        return verbs[name]


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_no_order_of_acts_leads_to_an_overlap_or_a_gap_in_the_record(
    desk: Desk, steps: list[Step]
) -> None:
    desk.at = OPENS_AT
    with transaction.atomic():
        for step in steps:
            desk.do(step)
            assert overlaps() == inconsistencies() == []
        for appointment in Appointment.objects.all():
            _require_a_whole_record(appointment)
        assert Change.objects.filter(kind="appointment").exists() == Appointment.objects.exists()
        transaction.set_rollback(True)


def _require_a_whole_record(appointment: Appointment) -> None:
    versions = list(range(1, appointment.version + 1))
    assert [row[3] for row in remembered(appointment)] == versions
    assert [row[3] for row in announced(appointment)] == versions
    newest = appointment.history.first()
    for field in (
        "status",
        "start_at",
        "end_at",
        "staff_id",
        "resource_id",
        "session_id",
        "slot_held_until",
    ):
        assert getattr(newest, field) == getattr(appointment, field)
