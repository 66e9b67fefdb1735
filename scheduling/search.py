"""Find free times: what the database knows to be taken, and the rules of working hours.

An answer is as of now and promises nothing; booking looks again under its locks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling import availability, working
from scheduling.availability import Shape, Span
from scheduling.daily import full_days
from scheduling.elsewhere import NOWHERE, Elsewhere, elsewhere_of
from scheduling.gaps import free_gaps
from scheduling.limits import earliest_start, last_date
from scheduling.local_times import YEARS, day_bounds
from scheduling.models import GroupSession, Location, Service, Staff, StaleCalendars
from scheduling.needs import Need, qualified_at, resources_needed
from scheduling.rules import rules_of
from scheduling.seating import with_free_seats

HORIZON_DAYS = 60
NEARBY_DAYS = 7


@dataclass(frozen=True, slots=True)
class OpenTime:
    """A time that could be booked with ``staff_id``; buffers lie outside of it.

    ``is_unconfirmed``: somebody may be busy in a calendar outside that was not read for long.
    """

    start_at: datetime
    end_at: datetime
    staff_id: UUID
    is_unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for: one of ``staff``, who leads, and what is needed beside.

    ``colleagues`` all offer the service; ``beside`` of them take part, but not the lead.
    """

    shape: Shape
    place: Location
    staff: Sequence[Staff]
    needs: Sequence[Need]
    colleagues: Sequence[Staff]
    beside: int
    not_before: datetime
    last_date: date
    service_id: UUID
    is_group: bool = False
    daily_limit: int = 0

    @property
    def zone(self) -> ZoneInfo:
        zone: ZoneInfo = self.place.time_zone
        return zone


def open_times(
    service_id: UUID,
    *,
    location_id: UUID,
    date: date,
    staff_id: UUID | None = None,
    at: datetime,
) -> list[OpenTime]:
    """Return the times to offer on the local day ``date``, earliest first.

    With ``staff_id`` only with that person, else with everybody who offers the service; empty
    when service, location or person is unknown or not active, or the year is impossible.
    """
    wish = wish_for(service_id, location_id=location_id, staff_id=staff_id, at=at)
    return [] if wish is None or date.year not in YEARS else times_on([date], wish, at=at)


def next_times(
    service_id: UUID,
    *,
    location_id: UUID,
    start_date: date,
    staff_id: UUID | None = None,
    at: datetime,
    limit: int = 5,
) -> list[OpenTime]:
    """Return the first ``limit`` free times from ``start_date`` on, within sixty days."""
    wish = wish_for(service_id, location_id=location_id, staff_id=staff_id, at=at)
    found: list[OpenTime] = []
    for week in range(0, HORIZON_DAYS, 7):
        if wish is None or start_date.year not in YEARS or len(found) >= limit:
            break
        found += times_on(_days(start_date + timedelta(days=week), 7), wish, at=at)
    return found[:limit]


def nearest_times(
    service_id: UUID,
    staff_id: UUID,
    around: datetime,
    *,
    location_id: UUID | None,
    at: datetime,
    limit: int,
) -> list[OpenTime]:
    """Return the ``limit`` free times of one person that are nearest to ``around``, in order.

    Without ``location_id`` it is where the person belongs.
    """
    place_id = location_id
    if place_id is None:
        place_id = Staff.objects.filter(pk=staff_id).values_list("location", flat=True).first()
    if place_id is None:
        return []
    wish = wish_for(service_id, location_id=place_id, staff_id=staff_id, at=at)
    if wish is None:
        return []
    day = around.astimezone(wish.zone).date()
    times = times_on(_days(day - timedelta(days=1), NEARBY_DAYS + 1), wish, at=at)
    nearest = sorted(times, key=lambda time: abs(time.start_at - around))[:limit]
    return sorted(nearest, key=lambda time: time.start_at)


def wish_for(
    service_id: UUID, *, location_id: UUID, staff_id: UUID | None, at: datetime
) -> Wish | None:
    """Return what a search needs to know; ``None`` where nothing can be booked at all."""
    service = Service.objects.filter(pk=service_id, is_active=True).first()
    place = Location.objects.filter(pk=location_id, is_active=True).first()
    if service is None or place is None:
        return None
    rules = rules_of(service, place)
    if not rules.is_offered:
        return None
    colleagues = qualified_at(place, service)
    beside = rules.staff_needed - 1
    return Wish(
        Shape(
            rules.duration_minutes * 60,
            rules.buffer_before_minutes * 60,
            rules.buffer_after_minutes * 60,
        ),
        place,
        [person for person in colleagues if staff_id in (None, person.pk)],
        resources_needed(rules, place),
        colleagues if beside else [],
        beside,
        earliest_start(rules.minimum_notice_minutes, at=at, walk_in=False),
        last_date(rules.horizon_days, at=at, zone=place.time_zone),
        service.pk,
        rules.is_group,
        rules.daily_limit,
    )


def times_on(days: Sequence[date], wish: Wish, *, at: datetime) -> list[OpenTime]:
    """Return the free times of ``wish`` on consecutive local ``days``, earliest first."""
    days = [day for day in days if day <= wish.last_date]
    if not days:
        return []
    if wish.is_group:
        return _classes(days, wish, at=at)
    people = {*wish.staff, *wish.colleagues}
    work = working.work_of(people, wish.place, _with_neighbors(days))
    begin, end = _instants(days, wish)
    things = {one for need in wish.needs for one in need.candidates}
    window = _window(days, wish)
    elsewhere = elsewhere_of({person.pk for person in people}, *window, at=at)
    free_here = free_gaps([*people, *things], *window, at=at)
    gaps = {one.subject: free_here[one.subject] for one in things}
    only_sure = wish.place.stale_calendars == StaleCalendars.HIDDEN
    for person in people:
        known = elsewhere.get(person.pk, NOWHERE)
        gaps[person.subject] = known.leaves(free_here[person.subject], only_sure=only_sure)
    also = [_starts_with(need, gaps, wish.shape) for need in wish.needs]
    colleagues = {
        person.pk: availability.common(
            availability.starts_in_gaps(gaps[person.subject], wish.shape),
            availability.starts_at_work(work[person.pk], wish.shape),
        )
        for person in wish.colleagues
    }
    not_before = availability.seconds(wish.not_before + timedelta(seconds=1, microseconds=-1))
    full = full_days(wish.service_id, wish.daily_limit, wish.staff, days, wish.place, at=at)
    found: list[tuple[int, int, UUID]] = []
    for position, person in enumerate(wish.staff):
        pk = person.pk
        others = [starts for other, starts in colleagues.items() if other != pk]
        starts = availability.free_starts(
            work[pk],
            [gaps[person.subject]],
            wish.shape,
            not_before=max(begin, not_before),
            also=[*also, availability.starts_with(wish.beside, others)] if wish.beside else also,
        )
        found += [(start, position, pk) for start in starts if start < end]
    times = (_open_time(start, wish, staff_id, elsewhere) for start, _, staff_id in sorted(found))
    return [
        time
        for time in times
        if not full or (time.staff_id, time.start_at.astimezone(wish.zone).date()) not in full
    ]


def _classes(days: Sequence[date], wish: Wish, *, at: datetime) -> list[OpenTime]:
    """Return the planned classes with a free seat, but for those whose lead has time off then."""
    begin, end = (availability.moment(edge) for edge in _instants(days, wish))
    away = working.away_of(wish.staff, begin, end + timedelta(days=1))
    planned = GroupSession.objects.planned().filter(
        service=wish.service_id, location=wish.place, staff__in=wish.staff
    )
    first = max(begin, wish.not_before)
    found = planned.filter(start_at__gte=first, start_at__lt=end).order_by("start_at", "pk")
    return [
        OpenTime(one.start_at, one.end_at, one.staff_id)
        for one in with_free_seats(found, at=at)
        if not availability.touches(away[one.staff_id], one.start_at, one.end_at)
    ]


def _starts_with(
    need: Need, gaps: Mapping[str, Sequence[Span]], shape: Shape
) -> Sequence[availability.Starts]:
    if need.count == 1:  # any gap of any of them will do
        of_any = [gap for one in need.candidates for gap in gaps[one.subject]]
        return availability.starts_in_gaps(of_any, shape)
    each = [availability.starts_in_gaps(gaps[one.subject], shape) for one in need.candidates]
    return availability.starts_with(need.count, each)


def _window(days: Sequence[date], wish: Wish) -> tuple[datetime, datetime]:
    """Return the days as instants, wide enough for buffers and for what ends the day after."""
    before = timedelta(seconds=wish.shape.before)
    after = timedelta(seconds=wish.shape.length + wish.shape.after)
    begin, end = _instants(days, wish)
    return availability.moment(begin) - before, availability.moment(end) + after


def _instants(days: Sequence[date], wish: Wish) -> Span:
    """Return when the first of ``days`` begins and the last one ends."""
    begin, _ = day_bounds(days[0], wish.zone)
    _, end = day_bounds(days[-1], wish.zone)
    return availability.seconds(begin), availability.seconds(end)


def _with_neighbors(days: Sequence[date]) -> list[date]:
    """Work that goes past midnight stands on two days."""
    return _days(days[0] - timedelta(days=1), len(days) + 2)


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=offset) for offset in range(count)]


def _open_time(
    start: int, wish: Wish, staff_id: UUID, elsewhere: Mapping[UUID, Elsewhere]
) -> OpenTime:
    end = start + wish.shape.length
    # Which colleagues take part is chosen when it is booked.
    people = {staff_id, *(person.pk for person in wish.colleagues)}
    known = (elsewhere.get(pk, NOWHERE) for pk in people)
    is_sure = all(one.is_sure(end + wish.shape.after) for one in known)
    edges = availability.moment(start), availability.moment(end)
    return OpenTime(*edges, staff_id, is_unconfirmed=not is_sure)
