"""Several days of a location: what is booked on each, what closes them, who is away.

Days are local ones, 23 to 25 hours long. A constant number of queries for any number of
appointments.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, F, Q, QuerySet, Value, Window
from django.db.models.functions import Greatest, RowNumber, TruncDate

from hub.access import Access
from scheduling import availability, working
from scheduling.limits import LONGEST
from scheduling.local_times import clock_name, day_bounds
from scheduling.models import Appointment, Closure, Location, Staff
from scheduling.states import OCCUPYING, AppointmentStatus

FULL_DAY = timedelta(hours=24)
FORWARD, BACK = "Clocks go forward", "Clocks go back"


@dataclass(frozen=True, slots=True)
class Period:
    """``count`` consecutive days on the clock of ``location``."""

    location: Location
    first: date
    count: int

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=offset) for offset in range(self.count)]

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.count - 1)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The half-open stretch of all days, in UTC."""
        begin, _ = day_bounds(self.first, self.location.time_zone)
        _, end = day_bounds(self.last, self.location.time_zone)
        return begin, end


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is shown of a period; without a ``status`` it is what the day view shows."""

    staff: UUID | None = None
    service: UUID | None = None
    status: str = ""
    tag: str = ""
    source: str = ""

    @property
    def is_narrow(self) -> bool:
        return self != Narrowing()


@dataclass(frozen=True, slots=True)
class Entry:
    """An appointment on the clock of its location; ``day`` is the one it stands under."""

    appointment: Appointment
    day: date
    start: datetime
    end: datetime

    @property
    def begins(self) -> str:
        return clock_name(self.start)

    @property
    def times(self) -> str:
        """“09:00 – 09:45”; an end on another day says which, a doubtful hour its offset."""
        later = f" {self.end:%a}" if self.end.date() != self.start.date() else ""
        since = f"{self.start:%a} " if self.start.date() != self.day else ""
        return f"{since}{clock_name(self.start)} – {clock_name(self.end)}{later}"


@dataclass(frozen=True, slots=True)
class Busy:
    """How much stands on a day, and the first of it."""

    total: int
    entries: list[Entry]


def appointments_in(
    period: Period, access: Access, narrowing: Narrowing, *, at: datetime
) -> QuerySet[Appointment]:
    """Return what ``access`` may see, earliest first, each with the local ``day`` it begins on.

    What began before the period stands on its first day. Canceled appointments are left out
    unless they can be undone ``at`` this moment, or are asked for.
    """
    begin, end = period.bounds
    shown = Appointment.objects.visible_to(access).between(begin, end)
    shown = shown.filter(location=period.location, start_at__gte=begin - LONGEST)
    if narrowing.staff:
        shown = shown.taken_by([narrowing.staff])
    if narrowing.service:
        shown = shown.filter(service=narrowing.service)
    if narrowing.tag:
        shown = shown.tagged(narrowing.tag)
    if narrowing.source:
        shown = shown.filter(booked_through=narrowing.source)
    if narrowing.status:
        shown = shown.filter(status=narrowing.status)
    else:
        undoable = Q(status=AppointmentStatus.CANCELED, slot_held_until__gt=at)
        shown = shown.filter(Q(status__in=OCCUPYING) | undoable)
    begins_on = TruncDate("start_at", tzinfo=period.location.time_zone)
    first = Value(period.first, output_field=DateField())
    return shown.annotate(day=Greatest(begins_on, first)).order_by("start_at", "pk")


def counts_of(shown: QuerySet[Appointment]) -> dict[date, int]:
    """Return how many of ``appointments_in`` stand on each day that has any."""
    rows = shown.order_by(F("day")).values_list("day").annotate(Count("pk"))  # type: ignore[misc]
    return dict(rows)


def entries_of(shown: Iterable[Appointment], zone: ZoneInfo) -> list[Entry]:
    """Return rows of ``appointments_in`` on the clock of ``zone``."""
    return [
        Entry(
            appointment,
            appointment.day,  # type: ignore[attr-defined]
            appointment.start_at.astimezone(zone),
            appointment.end_at.astimezone(zone),
        )
        for appointment in shown
    ]


def busy_days(shown: QuerySet[Appointment], zone: ZoneInfo, *, most: int) -> dict[date, Busy]:
    """Return for each day that has any how many of ``appointments_in``, and the first ``most``."""
    numbered = shown.annotate(
        place=Window(RowNumber(), partition_by=[F("day")], order_by=["start_at", "pk"]),
        total=Window(Count("pk"), partition_by=[F("day")]),
    ).filter(place__lte=most)
    # Names only of the few: joined to all rows of a full month they cost more than all the rest.
    totals = dict(numbered.values_list("pk", "total"))
    days: dict[date, Busy] = {}
    for entry in entries_of(with_names(shown.filter(pk__in=totals)), zone):
        busy = days.setdefault(entry.day, Busy(totals[entry.appointment.pk], []))
        busy.entries.append(entry)
    return days


def with_names(shown: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Load with each appointment the customer, the person and the service."""
    return shown.select_related("customer", "staff", "service")


def closures_in(period: Period) -> dict[date, str]:
    """Return what closes the location on its days: “Christmas”, “Stocktaking 08:00–12:00”."""
    found = Closure.objects.filter(
        location=period.location, first_date__lte=period.last, last_date__gte=period.first
    )
    words: dict[date, list[str]] = defaultdict(list)
    for closure in found.order_by("first_date", "pk"):
        said = f"{closure.name} {closure.hours}".strip()
        for day in _within(period, closure.first_date, closure.last_date):
            words[day].append(said)
    return {day: ", ".join(said) for day, said in words.items()}


def away_in(period: Period, people: Iterable[Staff]) -> dict[date, list[str]]:
    """Return the names of those of ``people`` who have time off on a day, or on a part of it."""
    zone, listed = period.location.time_zone, list(people)
    spans = working.away_of(listed, *period.bounds)
    away: dict[date, list[str]] = defaultdict(list)
    for person in listed:
        days: set[date] = set()
        for start, end in spans.get(person.pk, []):
            first = availability.moment(start).astimezone(zone).date()
            last = availability.moment(end - 1).astimezone(zone).date()
            days.update(_within(period, first, last))
        for day in days:
            away[day].append(person.name)
    return away


def clock_changes(period: Period) -> Mapping[date, str]:
    """Return the days of ``period`` that are not 24 hours long, and why."""
    changes = {}
    for day in period.days:
        begin, end = day_bounds(day, period.location.time_zone)
        if end - begin != FULL_DAY:
            changes[day] = FORWARD if end - begin < FULL_DAY else BACK
    return changes


def _within(period: Period, first: date, last: date) -> list[date]:
    start, stop = max(first, period.first), min(last, period.last)
    return [start + timedelta(days=offset) for offset in range((stop - start).days + 1)]
