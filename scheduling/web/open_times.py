"""Open times as a person chooses among them, and in words why another one is not offered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from hub.access import Access, Capability
from hub.errors import DomainError
from hub.money import format_amount
from scheduling import availability, search
from scheduling.choosing import nearest_to, somebody_free
from scheduling.explaining import Reason, explain
from scheduling.local_times import day_bounds, instant_of
from scheduling.models import Location, Service, Staff
from scheduling.rules import Rules, rules_of
from scheduling.web.forms import CLOCK, OTHER
from scheduling.web.wording import (
    Alternative,
    alternative,
    alternatives_of,
    clock_value,
    elsewhere,
    fold_choices,
)

HALF_HOUR = timedelta(minutes=30)
NEXT = 3


@dataclass(frozen=True, slots=True)
class Slot:
    value: str
    label: str
    people: str
    is_open: bool
    is_unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said about the chosen time."""

    is_free: bool
    title: str
    text: str = ""
    can_be_set_aside: bool = False
    alternatives: Sequence[Alternative] = ()
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class TimesAsked:
    """``chosen`` is the time of the form; ``is_other`` when none of ``slots`` is it."""

    heading: str = "Open times"
    slots: Sequence[Slot] = ()
    chosen: str = ""
    is_other: bool = False
    verdict: Verdict | None = None
    next_times: Sequence[Alternative] = ()
    price: str = ""
    customer_time: str = ""
    is_asked: bool = False
    waiting_url: str = ""

    @property
    def is_unconfirmed(self) -> bool:
        return any(slot.is_unconfirmed for slot in self.slots)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that makes sense: which service, with whom, on which local day."""

    service: Service
    place: Location
    rules: Rules
    people: Sequence[Staff]
    staff: Staff | None
    day: date
    clock: str

    @property
    def zone(self) -> ZoneInfo:
        zone: ZoneInfo = self.place.time_zone
        return zone


def offer_times(
    values: Mapping[str, Any],
    place: Location,
    *,
    people: Sequence[Staff],
    customer_zone: tzinfo | None,
    held: Access,
    at: datetime,
) -> TimesAsked:
    """Answer what a form asks for so far; a half-filled one gets an answer without times."""
    asked = _asked(values, place, people)
    if asked is None:
        return TimesAsked(chosen=_clock(values))
    times = search.open_times(
        asked.service.pk,
        location_id=place.pk,
        date=asked.day,
        staff_id=asked.staff.pk if asked.staff else None,
        at=at,
    )
    slots = _slots(asked, times, at=at)
    start_at = _instant(asked)
    return TimesAsked(
        heading=f"Open times with {asked.staff.name}" if asked.staff else "Open times",
        slots=slots,
        chosen=asked.clock,
        is_other=bool(asked.clock) and asked.clock not in {slot.value for slot in slots},
        verdict=_verdict(asked, start_at, held=held, at=at),
        next_times=() if times else _next_times(asked, at=at),
        price=_price(asked) if held.can(Capability.SEE_PRICES) else "",
        customer_time=_customer_time(start_at, asked.zone, customer_zone),
        is_asked=True,
        waiting_url="" if times else _waiting_url(asked, values),
    )


def _asked(values: Mapping[str, Any], place: Location, people: Sequence[Staff]) -> Asked | None:
    try:
        service = Service.objects.filter(
            pk=UUID(str(values.get("service"))), is_active=True
        ).first()
        day = date.fromisoformat(str(values.get("date")))
        day_bounds(day, place.time_zone)
    except (ValueError, OverflowError):
        return None
    chosen = {str(person.pk): person for person in people}.get(str(values.get("staff", "")))
    if service is None:
        return None
    only = people[0] if len(people) == 1 else None
    return Asked(
        service, place, rules_of(service, place), people, chosen or only, day, _clock(values)
    )


def _clock(values: Mapping[str, Any]) -> str:
    """The chosen time as typed, when it is one: “13:00”, or with the offset that was chosen."""
    text = str(values.get("time") or "")
    if text in ("", OTHER):
        text = str(values.get("other_time") or "")
    return text if CLOCK.fullmatch(text) else ""


def _instant(asked: Asked) -> datetime | DomainError | None:
    found = CLOCK.fullmatch(asked.clock)
    if found is None:
        return None
    local = datetime.combine(asked.day, time(int(found[1]), int(found[2])))
    try:
        return instant_of(
            datetime.fromisoformat(f"{local.isoformat()}{found[3] or ''}"), asked.zone
        )
    except DomainError as error:
        return error


def _slots(asked: Asked, times: Sequence[search.OpenTime], *, at: datetime) -> list[Slot]:
    """The open times, and between them the half hours of work at which nothing is open."""
    names = {person.pk: person.name for person in asked.people}
    free: dict[datetime, list[str]] = defaultdict(list)
    for open_time in times:
        free[open_time.start_at].append(names.get(open_time.staff_id, ""))
    sure = {open_time.start_at for open_time in times if not open_time.is_unconfirmed}
    begin, end = day_bounds(asked.day, asked.zone)
    length = timedelta(minutes=asked.rules.duration_minutes)
    opening = availability.work_on(asked.day, asked.place.on(asked.day.weekday()), asked.zone)
    refused = {
        start
        for opens, closes in opening
        for start in _half_hours(
            max(begin, availability.moment(opens)), min(end, availability.moment(closes)) - length
        )
        if start > at and start not in free
    }
    return [
        Slot(
            clock_value(start, asked.zone),
            f"{start.astimezone(asked.zone):%H:%M}",
            ", ".join(filter(None, free.get(start, ()))),
            start in free,
            start in free and start not in sure,
        )
        for start in sorted(free.keys() | refused)
    ]


def _half_hours(first: datetime, last: datetime) -> Iterable[datetime]:
    while first <= last:
        yield first
        first += HALF_HOUR


def _verdict(
    asked: Asked, start_at: datetime | DomainError | None, *, held: Access, at: datetime
) -> Verdict | None:
    if start_at is None:
        return None
    if isinstance(start_at, DomainError):
        choices = start_at.details.get("choices")
        meanings = fold_choices(choices) if isinstance(choices, list) else ()
        return Verdict(is_free=False, title=str(start_at), choices=meanings)
    if asked.staff is None:
        return _about_anybody(asked, start_at, held=held, at=at)
    reasons = explain(
        asked.service.pk, asked.staff.pk, start_at, location_id=asked.place.pk, held=held, at=at
    )
    if not reasons:
        return _free(asked, start_at)
    return _refused(asked, asked.staff, reasons, start_at, at=at)


def _about_anybody(asked: Asked, start_at: datetime, *, held: Access, at: datetime) -> Verdict:
    try:
        free = somebody_free(asked.service, asked.people, asked.place, start_at, held=held, at=at)
    except DomainError as refusal:
        near = alternatives_of(refusal, asked.zone)
        return Verdict(is_free=False, title=str(refusal), alternatives=near)
    names = {person.pk: person.name for person in asked.people}
    return _free(asked, start_at, f" with {names[free]}")


def _refused(
    asked: Asked, staff: Staff, reasons: Sequence[Reason], start_at: datetime, *, at: datetime
) -> Verdict:
    near = nearest_to(asked.service, [staff], asked.place, start_at, at=at)
    return Verdict(
        is_free=False,
        title=" ".join(reason.text for reason in reasons),
        can_be_set_aside=all(reason.is_limit for reason in reasons),
        alternatives=[
            alternative(datetime.fromisoformat(each["start_at"]), asked.zone) for each in near
        ],
    )


def _free(asked: Asked, start_at: datetime, whom: str = "") -> Verdict:
    rules = asked.rules
    start = start_at.astimezone(asked.zone)
    end = (start_at + timedelta(minutes=rules.duration_minutes)).astimezone(asked.zone)
    buffers = [
        f"{minutes} min {what}"
        for minutes, what in (
            (rules.buffer_before_minutes, "before"),
            (rules.buffer_after_minutes, "after"),
        )
        if minutes
    ]
    text = f"{' and '.join(buffers)} are kept clear." if buffers else ""
    return Verdict(is_free=True, title=f"{start:%H:%M} – {end:%H:%M} is free{whom}.", text=text)


def _waiting_url(asked: Asked, values: Mapping[str, Any]) -> str:
    """The form that puts the customer on the waiting list for this day and the days after."""
    told = {
        "location": asked.place.pk,
        "customer": values.get("customer"),
        "service": asked.service.pk,
        "staff": asked.staff.pk if asked.staff else "",
        "date": asked.day,
    }
    kept = {name: value for name, value in told.items() if value}
    return f"{reverse('scheduling:waiting_new')}?{urlencode(kept)}"


def _next_times(asked: Asked, *, at: datetime) -> list[Alternative]:
    found = search.next_times(
        asked.service.pk,
        location_id=asked.place.pk,
        start_date=max(asked.day, at.astimezone(asked.zone).date()),
        staff_id=asked.staff.pk if asked.staff else None,
        at=at,
        limit=NEXT,
    )
    return [alternative(open_time.start_at, asked.zone) for open_time in found]


def _customer_time(
    start_at: datetime | DomainError | None, zone: tzinfo, customer_zone: tzinfo | None
) -> str:
    if customer_zone is None or not isinstance(start_at, datetime):
        return ""
    return elsewhere(start_at, zone, customer_zone)


def _price(asked: Asked) -> str:
    return format_amount(asked.rules.price, asked.place.currency, "en_US")
