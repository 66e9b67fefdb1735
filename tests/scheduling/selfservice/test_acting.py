"""What customers do by their link: to come, to cancel; as whom it stands in the history."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from customers.identity import Claim, find_or_create
from hub.access import AccessDenied
from hub.actors import Actor
from hub.models import Change
from scheduling.booking import reschedule_appointment
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment, CanceledBy, Occupancy
from scheduling.selfservice.allowing import NotAllowedByLink, SeenAnother, standing_of
from scheduling.selfservice.confirming import confirm_visit
from scheduling.selfservice.withdrawing import withdraw
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9
from tests.scheduling.selfservice.links import SUNDAY, visit, with_fee

pytestmark = pytest.mark.django_db
FREE = Decimal(0)
HOUR = timedelta(hours=1)


def by_link(appointment: Appointment) -> Actor:
    return Actor.customer_by_link(appointment.customer_id)


def confirmed(appointment: Appointment, *, version: int = 1, at: datetime = SUNDAY) -> Appointment:
    return confirm_visit(appointment.pk, schedule_version=version, at=at, by=by_link(appointment))


def withdrawn(
    appointment: Appointment, *, fee: Decimal = FREE, version: int = 1, at: datetime = SUNDAY
) -> Appointment:
    return withdraw(
        appointment.pk,
        reason="",
        schedule_version=version,
        seen_fee=fee,
        at=at,
        by=by_link(appointment),
    )


def test_a_customer_confirms_once_and_history_says_by_which_door() -> None:
    appointment = visit()

    confirmed(appointment)
    confirmed(appointment, at=SUNDAY + HOUR)

    appointment.refresh_from_db()
    assert (appointment.confirmed_by_customer_at, appointment.version) == (SUNDAY, 2)
    row = appointment.history.order_by("-history_id").first()
    assert (row.actor_kind, row.actor_name, row.source) == (
        "customer",
        "Customer by link",
        "link",
    )
    told = Change.objects.filter(local_id=appointment.pk, name="appointment.updated").get()
    assert told.fields == {"confirmed_by_customer_at": [None, SUNDAY.isoformat()]}


def test_what_was_confirmed_is_not_after_a_move() -> None:
    appointment = confirmed(visit())

    moved = reschedule_appointment(appointment.pk, start_at=MONDAY_9 + HOUR, at=SUNDAY, by=SETUP)

    assert moved.confirmed_by_customer_at is None
    with pytest.raises(SeenAnother):
        confirmed(appointment)
    assert confirmed(appointment, version=2).confirmed_by_customer_at == SUNDAY


def test_nothing_is_confirmed_or_canceled_once_it_has_begun_or_is_canceled() -> None:
    begun, gone = visit(), visit(start=MONDAY_9 + 2 * HOUR)
    cancel_appointment(gone.pk, reason="Ill", at=SUNDAY, by=SETUP)

    for appointment, at in ((begun, MONDAY_9), (gone, SUNDAY)):
        with pytest.raises(NotAllowedByLink):
            confirmed(appointment, at=at)
        with pytest.raises(NotAllowedByLink):
            withdrawn(appointment, at=at)
    begun.refresh_from_db()
    assert (begun.status, begun.version) == ("booked", 1)


def test_a_customer_cancels_and_the_time_is_free() -> None:
    appointment = visit()

    canceled = withdrawn(appointment)

    assert (canceled.status, canceled.canceled_by) == ("canceled", CanceledBy.CUSTOMER)
    assert canceled.cancel_reason == "No reason given"
    assert not Occupancy.objects.filter(appointment=appointment, active=True).exists()
    row = appointment.history.order_by("-history_id").first()
    assert (row.actor_kind, row.actor_id) == ("customer", str(appointment.customer_id))


def test_the_fee_of_the_booking_is_what_canceling_late_costs() -> None:
    appointment = with_fee()
    free_until = MONDAY_9 - 12 * HOUR

    shown = [
        standing_of(appointment, at=at).fee
        for at in (free_until, free_until + timedelta(seconds=1))
    ]
    canceled = withdrawn(appointment, fee=shown[1], at=free_until + timedelta(seconds=1))

    assert shown == [FREE, Decimal("20.00")]
    assert canceled.is_fee_due


def test_nobody_pays_a_fee_that_was_not_shown() -> None:
    appointment = with_fee()

    with pytest.raises(SeenAnother, match=r"costs €20\.00 now"):
        withdrawn(appointment, fee=FREE, at=MONDAY_9 - HOUR)

    appointment.refresh_from_db()
    assert appointment.status == "booked"


def test_nobody_cancels_a_time_that_was_not_shown() -> None:
    appointment = visit()
    reschedule_appointment(appointment.pk, start_at=MONDAY_9 + HOUR, at=SUNDAY, by=SETUP)

    with pytest.raises(SeenAnother):
        withdrawn(appointment)


def test_a_link_moves_nothing_when_canceling_would_be_late() -> None:
    appointment = with_fee()

    early = standing_of(appointment, at=MONDAY_9 - 12 * HOUR)
    late = standing_of(appointment, at=MONDAY_9 - 11 * HOUR)

    assert (early.may_move, late.may_move, late.may_cancel) == (True, False, True)
    assert late.why_not_move == "It could be moved here until Sun, Feb 28, 22:00."


def test_the_right_of_a_customer_reaches_no_further() -> None:
    with pytest.raises(AccessDenied):
        find_or_create(Claim(given_name="Eve"), at=SUNDAY, by=by_link(visit()))
