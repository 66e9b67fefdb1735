"""Write what repeats in the older system: as a series of ours, or its dates one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.identity import Identified, find_or_create_all
from hub.access import Access
from hub.actors import Actor
from scheduling import limits
from scheduling.booking import Booking
from scheduling.local_times import said
from scheduling.models import Appointment, MovedIn, MovingIn, Series
from scheduling.moving_in.entering import enter
from scheduling.moving_in.understanding import Visit
from scheduling.occupying import SlotTaken
from scheduling.permitting import require_reach
from scheduling.recurrence import Rule
from scheduling.repeating.starting import VisitsRefused, start_series
from scheduling.texts import OVERRIDE_LENGTH

NAMED = 5


@dataclass(frozen=True, slots=True)
class Entered:
    """A ``series``, or single ``visits`` where none of ours has the same dates."""

    found: Identified
    visits: Sequence[Appointment] = ()
    series: Series | None = None


def rule_for(visit: Visit, *, with_reminders: bool, at: datetime) -> Rule | None:
    """Return the rule of the series that it can be; None: its dates come in one by one.

    A series of ours takes the time of its service and reminds as the service says.
    """
    repeats, rules = visit.repeats, visit.rules
    if repeats is None or repeats.rule is None or not with_reminders:
        return None
    last = limits.last_date(rules.horizon_days, at=at, zone=visit.place.time_zone)
    fits = visit.length.total_seconds() == rules.duration_minutes * 60
    return repeats.rule if fits and repeats.rule.first_date <= last else None


def enter_repeating(
    visit: Visit, of: MovingIn, *, held: Access, at: datetime, by: Actor
) -> Entered:
    """Write all of it, or nothing, inside the caller's transaction.

    :raises SlotTaken: some dates cannot be booked; names the first of them.
    :raises DomainError: as ``entering.enter`` does.
    """
    rule = rule_for(visit, with_reminders=of.with_reminders, at=at)
    if rule:
        return _enter_series(visit, rule, of, held=held, at=at, by=by)
    return _enter_dates(visit, of, held=held, at=at, by=by)


def refused(visit: Visit, reasons: Sequence[tuple[datetime, str]]) -> SlotTaken:
    """Say on which dates, in UTC, what stands against what repeats."""
    zone = visit.place.time_zone
    named = [f"{said(start.astimezone(zone))}: {why}" for start, why in reasons[:NAMED]]
    if len(reasons) > NAMED:
        named.append(f"And on {len(reasons) - NAMED} more dates.")
    return SlotTaken(" ".join(named), field="start_at")


def _enter_series(
    visit: Visit, rule: Rule, of: MovingIn, *, held: Access, at: datetime, by: Actor
) -> Entered:
    require_reach(held, visit.staff, visit.place.pk)
    found = find_or_create_all([visit.traits], at=at, by=by)[0]
    booking = Booking(
        customer_id=found.customer.pk,
        service_id=visit.service.pk,
        staff_id=visit.staff.pk,
        start_at=_first_start(visit, rule),
        notes=visit.notes,
        location_id=visit.place.pk,
    )
    left_out = visit.repeats.leave_out if visit.repeats else frozenset()
    reason = f"Moved in from {of.system}"[:OVERRIDE_LENGTH]
    try:
        series = start_series(
            booking, rule, leave_out=left_out, at=at, by=by, override_reason=reason
        )
    except VisitsRefused as error:
        visits: Any = error.details["visits"]
        told = [(datetime.fromisoformat(one["start_at"]), one["text"]) for one in visits]
        raise refused(visit, told) from error
    MovedIn.objects.create(
        system=of.system,
        old_id=visit.old_id,
        series=series,
        of=of,
        number=visit.number,
        version=series.version,
    )
    return Entered(found, series=series)


def _first_start(visit: Visit, rule: Rule) -> datetime:
    """Return the instant of the first date of the rule, which may be one that is left out."""
    zone = visit.place.time_zone
    clock = visit.start_at.astimezone(zone).time()
    return datetime.combine(rule.first_date, clock, zone)


def _enter_dates(visit: Visit, of: MovingIn, *, held: Access, at: datetime, by: Actor) -> Entered:
    starts = visit.repeats.starts if visit.repeats else ()
    here = MovedIn.objects.filter(system=of.system, old_id=visit.old_id)
    known = set(here.values_list("occurrence", flat=True))
    taken: list[tuple[datetime, str]] = []
    visits: list[Appointment] = []
    first: Identified | None = None
    for start in starts:
        single = visit.on(start)
        if single.occurrence in known:
            continue
        try:
            with transaction.atomic():
                appointment, found = enter(single, of, held=held, at=at, by=by)
        except SlotTaken as error:
            taken.append((start, str(error)))
        else:
            visits.append(appointment)
            first = first or found
    if taken or first is None:
        raise refused(visit, taken)
    return Entered(first, visits)
