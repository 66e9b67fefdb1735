"""Book the next visits of a series when their time comes; what cannot be booked is told there."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from uuid import UUID

import structlog
from django.db import transaction

from hub import history, outbox
from hub.access import AccessDenied
from hub.actors import Actor
from hub.errors import DomainError
from hub.events import EventName
from scheduling import limits
from scheduling.booking import Booking, book_visit
from scheduling.models import Series, SeriesStatus
from scheduling.repeating.foreseeing import MOST_AT_ONCE
from scheduling.repeating.holding import locked
from scheduling.rules import rules_of
from scheduling.states import AppointmentStatus

log = structlog.get_logger(__name__)


def go_on_with_all(*, at: datetime, by: Actor) -> int:
    """Book what has come into reach of every active series; return how many visits that were."""
    active = Series.objects.filter(status=SeriesStatus.ACTIVE).order_by("booked_until", "pk")
    return sum(_alone(pk, at=at, by=by) for pk in list(active.values_list("pk", flat=True)))


def _alone(series_id: UUID, *, at: datetime, by: Actor) -> int:
    """Let what is wrong with one series be a matter of that one."""
    try:
        return go_on(series_id, at=at, by=by)
    except Exception:
        log.exception("series_stands_still", series_id=str(series_id))
        return 0


@transaction.atomic
def go_on(series_id: UUID, *, at: datetime, by: Actor) -> int:
    """Book the dates that can be booked by now and were not; return how many visits that were.

    A date that is refused is left out, with the reason. Doing it again changes nothing.
    """
    series = locked(series_id)
    if series.status != SeriesStatus.ACTIVE:
        return 0
    rules = rules_of(series.service, series.location)
    last = limits.last_date(rules.horizon_days, at=at, zone=series.time_zone)
    coming = (day for day in series.dates(last=last) if day > series.booked_until)
    days = list(islice(coming, MOST_AT_ONCE))
    if not days:
        _finish(series, at=at, by=by)
        return 0
    wanted = [day for day in days if str(day) not in series.left_out]
    booked = book_or_leave_out(series, wanted, at=at, by=by)
    before, series.booked_until = series.booked_until, days[-1]
    history.save(series, fields=["booked_until", "left_out"], by=by)
    told = {"booked_until": [str(before), str(series.booked_until)]}
    outbox.record(EventName.SERIES_UPDATED, subject=series, by=by, fields=told)
    return booked


def _finish(series: Series, *, at: datetime, by: Actor) -> None:
    """End a series that has nothing more to book, and no visit to come."""
    rest = series.dates(last=date.max)
    if any(day > series.booked_until for day in rest):
        return
    coming = series.visits.filter(status=AppointmentStatus.BOOKED, start_at__gt=at)
    if not coming.exists():
        series.status = SeriesStatus.ENDED
        history.save(series, fields=["status"], by=by)
        told = {"finished": [None, str(series.booked_until)]}
        outbox.record(EventName.SERIES_ENDED, subject=series, by=by, fields=told)


def book_or_leave_out(series: Series, days: Iterable[date], *, at: datetime, by: Actor) -> int:
    """Book each of ``days``; one that is refused is noted on the unsaved ``series``, with why."""
    booked = 0
    for day in days:
        try:
            book_visit(booking_of(series, day), at=at, by=by, series=series, occurs_on=day)
            booked += 1
        except AccessDenied:  # no date is at fault: whoever acts may book none of them
            raise
        except DomainError as refusal:
            series.left_out[str(day)] = str(refusal)
    return booked


def booking_of(series: Series, day: date) -> Booking:
    """Return what is asked for on the date ``day`` of its rule."""
    return Booking(
        customer_id=series.customer_id,
        service_id=series.service_id,
        staff_id=series.staff_id,
        start_at=series.start_on(day),
        location_id=series.location_id,
    )
