"""Make sure of a time under locks, before an appointment or a hold writes it down."""

from collections.abc import Sequence
from datetime import datetime

from hub.access import Access
from hub.errors import DomainError
from scheduling import limits, occupying
from scheduling.daily import require_room_on_day
from scheduling.models import Appointment, Hold
from scheduling.needs import Need, at_work, at_work_first
from scheduling.occupying import Unit
from scheduling.offering import Offer
from scheduling.placing import place


class HoldIsOver(DomainError):
    code = "hold_is_over"


def secure(
    draft: Appointment,
    offer: Offer,
    *,
    held: Access,
    at: datetime,
    set_aside: bool = False,
    hold: Hold | None = None,
) -> list[Unit]:
    """Lock all that ``offer`` may take, and return what ``draft`` takes of it.

    ``set_aside`` goes beyond hours and notice. ``hold`` ends: what it kept is free for ``draft``,
    and notice and horizon are looked at as they were when it was made.

    :raises OutsideWorkingHours: it is not within one stretch of work.
    :raises BusyElsewhere: the person is busy in a calendar outside.
    :raises TooLate: it starts too soon, or in the past.
    :raises TooEarly: it is further away than the service can be booked ahead.
    :raises DayIsFull: the person does no more of the service on that day.
    :raises HoldIsOver: ``hold`` ended in this moment.
    :raises SlotTaken: person or room is taken.
    """
    if offer.session is not None:
        needs: Sequence[Need] = ()
        if not set_aside:
            _require_in_time(draft, offer, at=hold.created_at if hold else at)
    elif set_aside:
        needs = at_work_first(offer.needs, draft)
    else:
        needs = _within_limits(draft, offer, at=hold.created_at if hold else at)
    occupying.lock(offer.subjects)
    occupying.require_unchanged(offer.place, offer.subjects)
    if hold is not None:
        end(hold)
    elif not set_aside and offer.session is None:
        require_room_on_day(draft, offer.rules.daily_limit, at=at)
    return place(draft, offer.lead, needs, held=held, at=at)


def end(hold: Hold) -> None:
    """Delete ``hold`` with what it takes.

    :raises HoldIsOver: somebody else did.
    """
    _, deleted = Hold.objects.filter(pk=hold.pk).delete()
    if not deleted.get("scheduling.Hold"):
        raise HoldIsOver("This time is not held any more. Choose a time again.", field="hold")


def _within_limits(draft: Appointment, offer: Offer, *, at: datetime) -> list[Need]:
    """Return what ``offer`` needs, without colleagues who are not there then."""
    _require_in_time(draft, offer, at=at)
    limits.require_there(offer.staff, draft)
    return at_work(offer.needs, draft)


def _require_in_time(draft: Appointment, offer: Offer, *, at: datetime) -> None:
    limits.require_notice(draft, at=at)
    limits.require_horizon(draft, offer.rules.horizon_days, at=at)
