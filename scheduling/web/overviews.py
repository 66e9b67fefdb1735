"""The week, the month and the list of the calendar: several days at a glance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hub.access import Capability, requires
from scheduling.models import BookingSource
from scheduling.overview import (
    Busy,
    Period,
    appointments_in,
    away_in,
    busy_days,
    clock_changes,
    closures_in,
    counts_of,
    entries_of,
    with_names,
)
from scheduling.reach import bookable_staff
from scheduling.states import AppointmentStatus
from scheduling.web.looking import SEES_CALENDAR, view_links
from scheduling.web.narrowing import Look, look_at
from scheduling.web.wording import said_days

WEEK_DAYS = 7
LIST_DAYS = ("7", "31")
ROWS = 100  # of the list, on one page
WIDE = dict.fromkeys(("staff", "service", "status", "tag", "source"), "")
IN_A_WEEK, IN_A_MONTH = 40, 3  # drawn of one day; its link leads to the rest


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a view, with what is to be said about it."""

    date: date
    busy: Busy
    closed: str
    away: list[str]
    clocks: str
    is_today: bool
    day_url: str
    book_url: str
    is_inside: bool = True  # of the month that is shown

    @property
    def is_special(self) -> bool:
        return bool(self.closed or self.clocks)

    @property
    def hidden(self) -> int:
        return self.busy.total - len(self.busy.entries)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a view; ``previous`` and ``next`` are days its neighbors contain."""

    view: str
    title: str
    unit: str
    previous: date
    next: date


@require_safe
@requires(*SEES_CALENDAR)
def show_list(request: HttpRequest) -> HttpResponse:
    """Answer the appointments of 7 or 31 days from the day asked for, in pages."""
    look = look_at(request, at=timezone.now())
    if look is None:
        return _no_calendar(request)
    length = look.filters.get("days", LIST_DAYS[0])
    period = Period(look.place, look.day, int(length))
    shown = appointments_in(period, look.held, look.narrowing, at=look.at)
    counts = counts_of(shown)
    number, last = _page(request, sum(counts.values()))
    rows = list(with_names(shown)[(number - 1) * ROWS : number * ROWS])
    busy = {day: Busy(counts[day], []) for day in sorted({row.day for row in rows})}  # type: ignore[attr-defined]
    for entry in entries_of(rows, look.place.time_zone):
        busy[entry.day].entries.append(entry)
    first_day = min(busy) if busy and number > 1 else period.first
    last_day = max(busy) if busy and number < last else period.last
    context = {
        "days": [
            day
            for day in _days(look, period, busy)
            if day.busy.entries or (day.is_special and first_day <= day.date <= last_day)
        ],
        "total": sum(counts.values()),
        "lengths": [
            (each, look.address("calendar_list", look.day, days=each), each == length)
            for each in LIST_DAYS
        ],
        "note": f"Page {number} of {last}" if last > 1 else "",
        "previous_page": _page_url(look, number - 1) if number > 1 else "",
        "next_page": _page_url(look, number + 1) if number < last else "",
        "sees_price": look.held.can(Capability.SEE_PRICES),
    }
    step = timedelta(days=period.count)
    title = said_days(period.first, period.last)
    frame = Frame("calendar_list", title, f"{length} days", look.day - step, look.day + step)
    return _answer(request, look, period, frame, context)


@require_safe
@requires(*SEES_CALENDAR)
def show_week(request: HttpRequest) -> HttpResponse:
    """Answer the week, from Monday, in which the day asked for lies."""
    look = look_at(request, at=timezone.now())
    if look is None:
        return _no_calendar(request)
    period = Period(look.place, _monday(look.day), WEEK_DAYS)
    shown = appointments_in(period, look.held, look.narrowing, at=look.at)
    busy = busy_days(shown, look.place.time_zone, most=IN_A_WEEK)
    days = _days(look, period, busy)
    context = {
        "days": days,
        "total": sum(day.busy.total for day in days),
        "week": look.day.isocalendar().week,
        "names_people": len(look.shown_people) > 1,
    }
    step = timedelta(days=WEEK_DAYS)
    title = said_days(period.first, period.last)
    frame = Frame("calendar_week", title, "week", look.day - step, look.day + step)
    return _answer(request, look, period, frame, context)


@require_safe
@requires(*SEES_CALENDAR)
def show_month(request: HttpRequest) -> HttpResponse:
    """Answer the month of the day asked for, in whole weeks from Monday."""
    look = look_at(request, at=timezone.now())
    if look is None:
        return _no_calendar(request)
    first = look.day.replace(day=1)
    following = _following(first)
    start = _monday(first)
    weeks = -(-(following - start).days // WEEK_DAYS)
    period = Period(look.place, start, weeks * WEEK_DAYS)
    shown = appointments_in(period, look.held, look.narrowing, at=look.at)
    busy = busy_days(shown, look.place.time_zone, most=IN_A_MONTH)
    days = _days(look, period, busy, month=first.month)
    context = {
        "weeks": [days[at : at + WEEK_DAYS] for at in range(0, len(days), WEEK_DAYS)],
        "weekdays": period.days[:WEEK_DAYS],
        "total": sum(day.busy.total for day in days if day.is_inside),
    }
    previous = (first - timedelta(days=1)).replace(day=1)
    frame = Frame("calendar_month", f"{first:%B %Y}", "month", previous, following)
    return _answer(request, look, period, frame, context)


def _answer(
    request: HttpRequest, look: Look, period: Period, frame: Frame, context: Mapping[str, Any]
) -> HttpResponse:
    """Render a view with what all three have around them."""
    around = {
        "look": look,
        "frame": frame,
        "previous": look.address(frame.view, frame.previous),
        "now": look.address(frame.view, look.today),
        "next": look.address(frame.view, frame.next),
        "is_now": look.today in period.days,
        "views": view_links(frame.view, look.place, look.day, look.filters),
        "statuses": AppointmentStatus.choices,
        "sources": BookingSource.choices,
        "book_url": look.address("calendar", look.day, new="1"),
        "may_book": bookable_staff(look.held, look.place).exists(),
        "everything_url": look.address(frame.view, look.day, **WIDE),
    }
    return render(request, f"scheduling/{frame.view}.html", {**around, **context})


def _days(
    look: Look, period: Period, busy: Mapping[date, Busy], *, month: int | None = None
) -> list[Day]:
    closed, clocks = closures_in(period), clock_changes(period)
    away = away_in(period, look.shown_people)
    return [
        Day(
            date=day,
            busy=busy.get(day, Busy(0, [])),
            closed=closed.get(day, ""),
            away=away.get(day, []),
            clocks=clocks.get(day, ""),
            is_today=day == look.today,
            day_url=look.address("calendar", day),
            book_url=look.address("calendar", day, new="1"),
            is_inside=month is None or day.month == month,
        )
        for day in period.days
    ]


def _no_calendar(request: HttpRequest) -> HttpResponse:
    return render(request, "scheduling/no_calendar.html")


def _page(request: HttpRequest, total: int) -> tuple[int, int]:
    """Return the page asked for, as far as it exists, and the last one."""
    last = max(-(-total // ROWS), 1)
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1  # noqa: PLR2004
    return min(max(number, 1), last), last


def _page_url(look: Look, number: int) -> str:
    return look.address("calendar_list", look.day, page=str(number))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _following(first: date) -> date:
    """Return the first day of the month after the one that begins on ``first``."""
    return (first + timedelta(days=31)).replace(day=1)
