"""Which visits a series would have, and what stands against each, before anything is saved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from hub.access import Access
from hub.errors import InvalidInput
from scheduling import limits
from scheduling.booking import Booking
from scheduling.explaining import Reason, explain
from scheduling.models import Location, Service
from scheduling.offering import active_staff, place_of
from scheduling.permitting import require_reach
from scheduling.recurrence import Rule, is_shifted, wall_instant
from scheduling.rules import rules_of

# So many are booked in one go; the others follow as their time comes.
MOST_AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class ForeseenVisit:
    """``reasons`` say why it could not be booked; ``is_shifted``: the clocks skip its time."""

    day: date
    start_at: datetime
    is_shifted: bool
    reasons: tuple[Reason, ...]

    @property
    def texts(self) -> list[str]:
        return [reason.text for reason in self.reasons]

    @property
    def can_be_set_aside(self) -> bool:
        return all(reason.is_limit for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Foresight:
    """``goes_on``: the rule yields more dates, which are booked as their time comes."""

    visits: Sequence[ForeseenVisit]
    goes_on: bool

    @property
    def refused(self) -> list[ForeseenVisit]:
        return [visit for visit in self.visits if visit.reasons]


@dataclass(frozen=True, slots=True)
class Course:
    """The time of day that a rule is followed at, on the wall clock of ``place``."""

    place: Location
    start_time: time
    last_date: date

    @property
    def zone(self) -> ZoneInfo:
        zone: ZoneInfo = self.place.time_zone
        return zone

    def start_on(self, day: date) -> datetime:
        return wall_instant(day, self.start_time, self.zone)


def foresee(booking: Booking, rule: Rule, *, held: Access, at: datetime) -> Foresight:
    """Return the visits that would be booked now, each with everything that stands against it.

    :raises AccessDenied: ``held`` does not reach that person or place.
    :raises InvalidInput: a value is unknown, or the rule yields no date.
    """
    course = course_of(booking, rule, at=at)
    require_reach(held, active_staff(booking.staff_id), course.place.pk)
    days, goes_on = dates_now(rule, course)
    visits = []
    for day in days:
        start_at = course.start_on(day)
        reasons = explain(
            booking.service_id,
            booking.staff_id,
            start_at,
            location_id=course.place.pk,
            held=held,
            at=at,
        )
        shifted = is_shifted(day, course.start_time, course.zone)
        visits.append(ForeseenVisit(day, start_at, shifted, tuple(reasons)))
    return Foresight(visits, goes_on)


def course_of(booking: Booking, rule: Rule, *, at: datetime) -> Course:
    """Return where and at which time of day, and how far ahead visits can be booked today.

    :raises InvalidInput: a value is unknown, the rule begins on another day than the booking, or
        the service takes place as classes.
    """
    service = Service.objects.filter(pk=booking.service_id, is_active=True).first()
    if service is None:
        raise InvalidInput("This service cannot be booked.", field="service")
    place = place_of(active_staff(booking.staff_id), booking.location_id)
    local = limits.in_utc(booking.start_at, field="start_at").astimezone(place.time_zone)
    if local.date() != rule.first_date:
        raise InvalidInput("The rule begins on another day than the first visit.", field="rule")
    rules = rules_of(service, place)
    if rules.is_group:
        raise InvalidInput("Seats in classes are booked one by one.", field="service")
    last = limits.last_date(rules.horizon_days, at=at, zone=place.time_zone)
    return Course(place, local.time().replace(fold=0), last)


def dates_now(rule: Rule, course: Course) -> tuple[list[date], bool]:
    """Return the dates to book now, and whether the rule yields more.

    :raises InvalidInput: it yields none.
    """
    days = list(islice(rule.dates(last=course.last_date), MOST_AT_ONCE))
    if not days:
        raise InvalidInput("This rule has no date that can be booked.", field="rule")
    beyond = rule.dates(last=date.max - timedelta(days=1))
    return days, next((True for day in beyond if day > days[-1]), False)


def on(booking: Booking, start_at: datetime) -> Booking:
    return replace(booking, start_at=start_at)
