"""Say everything that keeps a time from being offered, for the one who asks “why not at ten?”."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from hub.access import Access
from hub.errors import DomainError
from scheduling import limits
from scheduling.daily import require_room_on_day
from scheduling.elsewhere import require_free_elsewhere
from scheduling.models import Appointment, Service
from scheduling.needs import at_work, needs_of
from scheduling.offering import active_staff, drafted, place_of, require_qualified
from scheduling.placing import require_room
from scheduling.rules import Rules, rules_of
from scheduling.seating import class_at, sit

Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a time is not offered.

    ``code``: past, notice, horizon, daily_limit, not_offered, not_qualified,
    outside_working_hours, closed, away, busy_elsewhere, taken, held, buffer, no_room,
    no_colleague, no_class_then, full. A limit can be set aside by those who may.
    """

    code: str
    text: str
    is_limit: bool


def explain(
    service_id: UUID,
    staff_id: UUID,
    start_at: datetime,
    *,
    location_id: UUID | None = None,
    held: Access,
    at: datetime,
) -> list[Reason]:
    """Return all reasons why this time is not offered; none means that it could be booked.

    :raises InvalidInput: the time is impossible, or the staff member cannot be booked at all.
    """
    service = Service.objects.get(pk=service_id)
    staff = active_staff(staff_id)
    place = place_of(staff, location_id)
    rules = rules_of(service, place)
    draft = drafted(service, staff, place, rules, limits.in_utc(start_at, field="start_at"))
    return list(_reasons(draft, rules, held=held, at=at))


def _reasons(draft: Appointment, rules: Rules, *, held: Access, at: datetime) -> Iterator[Reason]:
    service, staff, place = draft.service, draft.staff, draft.location
    if not rules.is_offered:
        yield Reason("not_offered", f"{service} is not offered at {place}.", is_limit=False)
    if rules.is_group:
        yield from _said_by(_checks_of_class(draft, rules, held=held, at=at))
        return
    needs = needs_of(rules, place, service, staff)
    there = partial(at_work, needs, draft)
    checks: Sequence[Check] = (
        lambda: require_qualified(staff, service),
        lambda: limits.require_notice(draft, at=at),
        lambda: limits.require_horizon(draft, rules.horizon_days, at=at),
        lambda: limits.require_hours(staff, place, draft.start_at, draft.end_at),
        lambda: require_free_elsewhere(staff, draft),
        lambda: require_room_on_day(draft, rules.daily_limit, at=at),
        lambda: require_room(draft, staff, there(), held=held, at=at),
    )
    yield from _said_by(checks)


def _checks_of_class(
    draft: Appointment, rules: Rules, *, held: Access, at: datetime
) -> Sequence[Check]:
    def seat() -> None:
        session = class_at(draft.service, draft.staff, draft.location, draft.start_at)
        sit(draft, session)
        require_room(draft, session, (), held=held, at=at)

    return (
        lambda: require_qualified(draft.staff, draft.service),
        lambda: limits.require_notice(draft, at=at),
        lambda: limits.require_horizon(draft, rules.horizon_days, at=at),
        seat,
    )


def _said_by(checks: Iterable[Check]) -> Iterator[Reason]:
    for check in checks:
        try:
            check()
        except DomainError as refusal:
            code = str(refusal.details.get("reason", refusal.code))
            yield Reason(code, str(refusal), isinstance(refusal, limits.LIMITS))
