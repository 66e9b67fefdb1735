"""Keep the chosen time while a visitor of the booking page types who they are."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hub import locks
from hub.actors import Actor
from scheduling import search
from scheduling.holding_time import TimeWanted, TooManyHolds, hold_time
from scheduling.limits import LIMITS
from scheduling.models import Hold, OnlineBooking
from scheduling.occupying import SlotTaken
from scheduling.seating import NoClassThen
from scheduling.selfservice.times import NotOffered, free_staff

# Whoever never books could otherwise fill a day of a location with holds.
MOST_AT_PLACE = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """The time that was chosen; ``key`` is of the form, and becomes the hold's id."""

    key: UUID
    place_id: UUID
    service_id: UUID
    start_at: datetime
    staff_id: UUID | None = None


@transaction.atomic
def keep_time(choice: Choice, *, contact: str, at: datetime, by: Actor) -> Hold | None:
    """Hold the time, in place of whatever ``contact``, a browser, held before.

    ``None`` where nothing is held: too much is already, or the form was sent. Then the booking
    alone decides.

    :raises NotOffered: nobody is free then any more.
    """
    locks.exclusively([f"booking page:{choice.key}", f"booking page:{contact}"])
    let_go(contact, by=by)
    standing = Hold.objects.of(by).standing(at).filter(location=choice.place_id)
    known = OnlineBooking.objects.filter(key=choice.key).exists() or (
        Hold.objects.filter(pk=choice.key).exists()
    )
    if known or standing.count() >= MOST_AT_PLACE:
        return None
    with suppress(TooManyHolds):
        return _held(choice, contact=contact, at=at, by=by)
    return None


def let_go(contact: str, *, by: Actor) -> None:
    """Give back what this browser held: it chooses again."""
    Hold.objects.of(by).filter(contact=contact).delete()


def _held(choice: Choice, *, contact: str, at: datetime, by: Actor) -> Hold:
    wish = search.wish_for(
        choice.service_id, location_id=choice.place_id, staff_id=choice.staff_id, at=at
    )
    for staff_id in free_staff(wish, choice.start_at, at=at):
        wanted = TimeWanted(
            choice.service_id, staff_id, choice.start_at, location_id=choice.place_id
        )
        with suppress(SlotTaken, NoClassThen, *LIMITS):
            return hold_time(wanted, hold_id=choice.key, contact=contact, at=at, by=by)
    raise NotOffered("This time was taken in this moment. Choose another one, please.")
