"""Rules of a service: how far ahead, what a late cancellation costs, what a location changes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub.access import EVERYTHING
from hub.errors import InvalidInput
from scheduling import search
from scheduling.attendance import mark_no_show
from scheduling.booking import Booking, book_appointment, reschedule_appointment
from scheduling.canceling import cancel_appointment, cancel_with_undo, undo_cancellation
from scheduling.explaining import explain
from scheduling.limits import TooEarly, TooLate
from scheduling.models import CanceledBy, FeeKind, Service
from scheduling.rules import rules_of
from scheduling.setup.catalog import change_service, set_rules_at
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def costly(**rules: Any) -> Service:
    """A service that can be canceled free of charge until a day before."""
    fee = {"late_fee_kind": FeeKind.PERCENT, "late_fee": Decimal(50)}
    return service(
        "Color", price=Decimal("33.35"), cancellation_window_minutes=1440, **fee | rules
    )


def test_it_is_booked_as_far_ahead_as_its_horizon_on_the_local_calendar() -> None:
    soon = service("Soon", horizon_days=7)
    dina = staff(services=[soon])
    late_evening = datetime(2027, 2, 21, 23, 30, tzinfo=UTC)  # the 22nd in Berlin
    asked = Booking(client().pk, soon.pk, dina.pk, MONDAY_9)

    with pytest.raises(TooEarly, match="can be booked until Sun, Feb 28, 2027"):
        book_appointment(asked, at=late_evening - timedelta(hours=1), by=SETUP)
    (reason,) = explain(soon.pk, dina.pk, MONDAY_9, held=EVERYTHING, at=MONDAY_9 - 8 * DAY)

    assert (reason.code, reason.is_limit) == ("horizon", True)
    assert book_appointment(asked, at=late_evening, by=SETUP).start_at == MONDAY_9


def test_beyond_the_horizon_nothing_is_offered() -> None:
    soon = service("Soon", horizon_days=2)
    staff(services=[soon], hours="09:00–10:00")

    times = search.next_times(
        soon.pk, location_id=location().pk, start_date=MONDAY_9.date(), at=MONDAY_9, limit=99
    )

    days = {time.start_at.date() for time in times}
    assert days == {MONDAY_9.date() + offset * DAY for offset in (1, 2)}


def test_a_manager_books_beyond_the_horizon_with_a_reason() -> None:
    soon = service("Soon", horizon_days=2)
    asked = Booking(client().pk, soon.pk, staff(services=[soon]).pk, MONDAY_9)

    made = book_appointment(
        asked, at=MONDAY_9 - 30 * DAY, by=SETUP, override_reason="Moves here in March"
    )

    assert made.start_at == MONDAY_9


@pytest.mark.parametrize(
    ("kind", "fee", "owed"),
    [
        (FeeKind.PERCENT, "50", "16.68"),  # of 33.35, away from zero
        (FeeKind.FLAT, "20", "20"),
        ("", "20", "0"),
    ],
)
def test_the_fee_is_promised_as_an_amount_when_it_is_booked(
    kind: str, fee: str, owed: str
) -> None:
    color = costly(late_fee_kind=kind, late_fee=Decimal(fee))
    visit = booked(service=color)

    change_service(color.pk, {"late_fee": "1", "price": "1"}, at=MONDAY_9, by=SETUP)

    visit.refresh_from_db()
    assert visit.late_fee == Decimal(owed)


@pytest.mark.parametrize(
    ("who", "before", "due"),
    [
        (CanceledBy.CUSTOMER, DAY, False),
        (CanceledBy.CUSTOMER, DAY - timedelta(seconds=1), True),
        (CanceledBy.BUSINESS, timedelta(minutes=5), False),
    ],
)
def test_only_a_customer_who_cancels_too_late_owes_the_fee(
    who: CanceledBy, before: timedelta, *, due: bool
) -> None:
    visit = booked(service=costly())

    canceled = cancel_appointment(
        visit.pk, reason="Ill", wanted_by=who, at=MONDAY_9 - before, by=SETUP
    )

    assert (canceled.canceled_by, canceled.is_fee_due) == (who, due)


def test_the_window_is_elapsed_time_also_when_the_clocks_change() -> None:
    """Berlin springs forward on 2027-03-28: a day before nine is eight on the wall."""
    start = datetime(2027, 3, 28, 7, 0, tzinfo=UTC)  # 09:00 in Berlin
    visit = booked(service=costly(), start=start)

    local = visit.free_until.astimezone(visit.time_zone)

    assert f"{local:%Y-%m-%d %H:%M}" == "2027-03-27 08:00"


def test_who_does_not_come_owes_the_fee() -> None:
    missed = mark_no_show(booked(service=costly()).pk, at=MONDAY_9, by=SETUP)
    free = mark_no_show(booked(service=service()).pk, at=MONDAY_9, by=SETUP)

    assert (missed.is_fee_due, free.is_fee_due) == (True, False)


def test_what_vanished_from_another_tool_costs_nobody_anything_and_undo_forgets_who() -> None:
    visit = booked(service=costly())
    canceled = cancel_with_undo(
        visit.pk, reason="Deleted", undo_until=MONDAY_9, at=MONDAY_9, by=SETUP
    )

    assert not canceled.is_fee_due
    assert undo_cancellation(visit.pk, at=MONDAY_9, by=SETUP).canceled_by == ""


def test_a_location_has_rules_of_its_own_and_the_rest_is_as_everywhere() -> None:
    color, here, there = costly(), location(), location("Elbe Street")

    set_rules_at(color.pk, there.pk, {"price": "20", "duration_minutes": 30}, by=SETUP)

    rules = rules_of(color, there)
    assert (rules.price, rules.duration_minutes, rules.late_fee) == (Decimal(20), 30, Decimal(10))
    assert rules_of(color, here).price == Decimal("33.35")
    visit = booked(service=color, staff=staff(place=there, services=[color]))
    assert (visit.price, visit.end_at - visit.start_at) == (Decimal(20), timedelta(minutes=30))


def test_own_rules_end_with_what_is_as_everywhere_again() -> None:
    color, place = costly(), location()
    set_rules_at(color.pk, place.pk, {"price": "20"}, by=SETUP)

    set_rules_at(color.pk, place.pk, {"price": None}, by=SETUP)

    assert rules_of(color, place).price == Decimal("33.35")


def test_what_a_location_does_not_offer_is_neither_found_nor_booked_there() -> None:
    color, place = costly(), location()
    dina = staff(services=[color])
    set_rules_at(color.pk, place.pk, {"is_offered": False}, by=SETUP)
    at = MONDAY_9 - 7 * DAY

    with pytest.raises(InvalidInput, match="Color is not offered at Harbor Street"):
        book_appointment(Booking(client().pk, color.pk, dina.pk, MONDAY_9), at=at, by=SETUP)

    reasons = explain(color.pk, dina.pk, MONDAY_9, held=EVERYTHING, at=at)
    assert [(reason.code, reason.is_limit) for reason in reasons] == [("not_offered", False)]
    found = search.open_times(color.pk, location_id=place.pk, date=MONDAY_9.date(), at=at)
    assert found == []


def test_nobody_moves_a_visit_further_ahead_than_it_could_be_booked() -> None:
    soon = service("Soon", horizon_days=14)
    visit = booked(service=soon, staff=staff(services=[soon]))

    with pytest.raises(TooEarly):
        reschedule_appointment(
            visit.pk, start_at=MONDAY_9 + 30 * DAY, at=MONDAY_9 - 7 * DAY, by=SETUP
        )


def test_a_fee_of_one_location_is_promised_there() -> None:
    color, place = costly(), location()
    set_rules_at(color.pk, place.pk, {"late_fee": "10"}, by=SETUP)

    assert rules_of(color, place).late_fee == Decimal("3.34")  # ten percent of 33.35
    assert rules_of(color, location("Elbe Street")).late_fee == Decimal("16.68")


def test_moving_keeps_the_notice_of_the_day_it_was_booked() -> None:
    prompt = service("Prompt", minimum_notice_minutes=60)
    visit = booked(service=prompt, staff=staff(services=[prompt]))
    change_service(prompt.pk, {"minimum_notice_minutes": 6000}, at=MONDAY_9, by=SETUP)
    later = MONDAY_9 + timedelta(hours=2)

    with pytest.raises(TooLate, match="1 hour ahead"):
        reschedule_appointment(
            visit.pk, start_at=later, at=later - timedelta(minutes=59), by=SETUP
        )
    moved = reschedule_appointment(
        visit.pk, start_at=later, at=later - timedelta(minutes=61), by=SETUP
    )

    assert moved.start_at == later
