"""End a series, pause it, or let it go on: visits that were or are over never change."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from hub import history, outbox
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput
from hub.events import EventName
from scheduling import limits
from scheduling.canceling import cancel_visit
from scheduling.local_times import require_day
from scheduling.models import Appointment, CanceledBy, Series, SeriesStatus
from scheduling.permitting import require_booker, require_reach
from scheduling.repeating.going_on import book_or_leave_out, go_on
from scheduling.repeating.holding import locked_for
from scheduling.rules import rules_of
from scheduling.states import AppointmentStatus
from scheduling.texts import require_reason

ONE_DAY = timedelta(days=1)
PAUSED = "Paused"
Told = dict[str, list[str | None]]


class SeriesIsOver(DomainError):
    code = "series_is_over"


@transaction.atomic
def end_series(  # noqa: PLR0913
    series_id: UUID,
    *,
    from_date: date,
    reason: str,
    at: datetime,
    by: Actor,
    wanted_by: CanceledBy = CanceledBy.BUSINESS,
    expected_version: int | None = None,
) -> Series:
    """Cancel the visits from the local ``from_date`` on, and book no more.

    ``wanted_by`` as in canceling one: a customer who cancels the next visit too late owes its fee.

    :raises AccessDenied: ``by`` may not change it.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises SeriesIsOver: it has ended already.
    :raises InvalidInput: no reason was given.
    """
    require_day(from_date, field="from_date")
    series = locked_for(by, series_id, expected_version=expected_version)
    reason = require_reason(reason)
    _require_not_over(series)
    cancel_visits(visits_from(series, from_date, at=at), reason, wanted_by, at=at, by=by)
    before = series.ends_on
    series.ends_on = max(from_date, series.begins_on) - ONE_DAY
    if not _has_dates_to_book(series, before=from_date):  # else it goes on until that day
        series.status = SeriesStatus.ENDED
    history.save(series, fields=["ends_on", "status"], by=by, reason=reason)
    told: Told = {
        "ends_on": [str(before) if before else None, str(series.ends_on)],
        "reason": ["", reason],
    }
    outbox.record(EventName.SERIES_ENDED, subject=series, by=by, fields=told)
    return series


@transaction.atomic
def pause_series(
    series_id: UUID,
    *,
    from_date: date,
    reason: str,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> Series:
    """Cancel the visits from the local ``from_date`` on, until ``resume_series``.

    :raises AccessDenied: ``by`` may not change it.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises SeriesIsOver: it has ended, or is paused already.
    :raises InvalidInput: no reason was given.
    """
    require_day(from_date, field="from_date")
    series = locked_for(by, series_id, expected_version=expected_version)
    reason = require_reason(reason)
    _require_not_over(series)
    if series.status == SeriesStatus.PAUSED:
        raise SeriesIsOver("It is paused already.")
    if _has_dates_to_book(series, before=from_date):
        raise InvalidInput(
            f"Visits are booked until {series.booked_until:%B} {series.booked_until.day} so far."
            " Pause from a day up to the next one, or later on.",
            field="from_date",
        )
    paused = visits_from(series, from_date, at=at)
    cancel_visits(paused, reason, CanceledBy.BUSINESS, at=at, by=by)
    series.left_out |= {str(visit.occurs_on): PAUSED for visit in paused}
    series.status = SeriesStatus.PAUSED
    history.save(series, fields=["status", "left_out"], by=by, reason=reason)
    told: Told = {"status": [SeriesStatus.ACTIVE, SeriesStatus.PAUSED], "reason": ["", reason]}
    outbox.record(EventName.SERIES_UPDATED, subject=series, by=by, fields=told)
    return series


@transaction.atomic
def resume_series(
    series_id: UUID,
    *,
    from_date: date,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> Series:
    """Book the dates of its rule again from the local ``from_date`` on.

    Those before stay out, and so does what was canceled before the pause. A date that cannot be
    booked is left out, with the reason.

    :raises AccessDenied: ``by`` may not change it.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises SeriesIsOver: it is not paused.
    """
    require_day(from_date, field="from_date")
    series = locked_for(by, series_id, expected_version=expected_version)
    if series.status != SeriesStatus.PAUSED:
        raise SeriesIsOver("It is not paused.")
    again = _taken_up(series, from_date, at=at)
    book_or_leave_out(series, sorted(again), at=at, by=by)
    series.status = SeriesStatus.ACTIVE
    series.booked_until = max(series.booked_until, from_date - ONE_DAY)
    history.save(series, fields=["status", "booked_until", "left_out"], by=by)
    told = {"status": [SeriesStatus.PAUSED, SeriesStatus.ACTIVE]}
    outbox.record(EventName.SERIES_UPDATED, subject=series, by=by, fields=told)
    go_on(series.pk, at=at, by=by)
    series.refresh_from_db()
    return series


def _taken_up(series: Series, from_date: date, *, at: datetime) -> list[date]:
    """Take the paused dates from ``from_date`` on out of what is left out; reword the others.

    :raises InvalidInput: that day is further away than visits can be booked.
    """
    rules = rules_of(series.service, series.location)
    last = limits.last_date(rules.horizon_days, at=at, zone=series.time_zone)
    if from_date > max(last, series.booked_until):
        raise InvalidInput("This day is further away than can be booked.", field="from_date")
    passed = (day for day in series.dates(last=from_date - ONE_DAY) if day > series.booked_until)
    series.left_out |= {str(day): PAUSED for day in passed}
    paused = [date.fromisoformat(text) for text, why in series.left_out.items() if why == PAUSED]
    for day in paused:
        if day >= from_date:
            del series.left_out[str(day)]
        else:
            series.left_out[str(day)] = f"Paused until {from_date:%B} {from_date.day}."
    return [day for day in paused if day >= from_date]


def _has_dates_to_book(series: Series, *, before: date) -> bool:
    dates = series.dates(last=before - ONE_DAY)
    return any(day > series.booked_until for day in dates)


def visits_from(series: Series, day: date, *, at: datetime) -> list[Appointment]:
    """Return the booked visits of ``series`` from ``day`` on that have not begun, locked."""
    coming = series.visits.filter(
        occurs_on__gte=day, status=AppointmentStatus.BOOKED, start_at__gt=at
    )
    with_staff = coming.select_related("staff").select_for_update(of=("self",))
    return list(with_staff.order_by("pk"))


def cancel_visits(
    visits: Iterable[Appointment], reason: str, wanted_by: CanceledBy, *, at: datetime, by: Actor
) -> None:
    """Cancel locked ``visits`` for good; the customer is told of all of them in one message.

    :raises AccessDenied: one of them was given to somebody whom ``by`` may not book.
    """
    held = require_booker(by)
    for visit in visits:
        require_reach(held, visit.staff, visit.location_id)
        cancel_visit(visit, reason=reason, wanted_by=wanted_by, at=at, by=by)


def _require_not_over(series: Series) -> None:
    """:raises SeriesIsOver: it has ended."""
    if series.status == SeriesStatus.ENDED:
        raise SeriesIsOver("This series has ended.")
