"""Take a booking from the public page: by anybody, so once, bounded, and telling nothing.

Who books may be whoever they say. They are linked to a known customer by the e-mail address
alone, to which all mail about the visit goes, and change nothing of what is known.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from customers.identity import Claim, find_or_create, normalize_email, normalize_phone
from hub import locks
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput
from scheduling import search
from scheduling.booking import Booking, book_appointment
from scheduling.holding_time import give_back
from scheduling.limits import LIMITS
from scheduling.models import Appointment, Hold, Location, OnlineBooking
from scheduling.occupying import SlotTaken
from scheduling.seating import NoClassThen
from scheduling.securing import HoldIsOver
from scheduling.selfservice.opening import OpenService, open_places, open_service
from scheduling.selfservice.times import NotOffered, free_staff
from scheduling.states import TO_COME

MOST_OPEN = 3


class TooManyOpen(DomainError):
    code = "too_many_open"


class PageClosed(DomainError):
    """The location or the service was switched off."""

    code = "page_closed"


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody typed; without ``staff_id`` whoever is free. ``key`` is of the form."""

    key: UUID
    place_id: UUID
    service_id: UUID
    start_at: datetime
    given_name: str
    family_name: str
    email: str
    phone: str
    staff_id: UUID | None = None


@transaction.atomic
def book_online(wanted: Application, *, at: datetime, by: Actor) -> OnlineBooking:
    """Book what is asked for, or return what was booked with the same key.

    A refusal leaves nothing behind, no customer either.

    :raises PageClosed: the page, or the service on it, was switched off.
    :raises InvalidInput: a name is missing, or an address or number cannot be right.
    :raises TooManyOpen: this contact has ``MOST_OPEN`` visits to come from the page.
    :raises NotOffered: the time is not offered, or was taken meanwhile.
    """
    region = Location.objects.values_list("country", flat=True).get(pk=wanted.place_id)
    contacts = contacts_of(wanted.email, wanted.phone, region=region)
    # Before all others: these names are of this verb alone.
    locks.exclusively([f"booking page:{wanted.key}", *(f"booking page:{one}" for one in contacts)])
    known = OnlineBooking.objects.filter(key=wanted.key).first()
    if known is not None:
        return known
    opened = _opened(wanted)
    _require_few(contacts, at=at)
    hold = _hold(wanted, at=at, by=by)
    free = [hold.staff_id] if hold else _free(wanted, opened, at=at)
    identified = find_or_create(_claim(wanted, region), at=at, by=by)
    appointment = _book(wanted, opened, free, identified.customer.pk, hold=hold, at=at, by=by)
    return OnlineBooking.objects.create(
        key=wanted.key, appointment=appointment, contacts=contacts, created_at=at
    )


def contacts_of(email: str, phone: str, *, region: str) -> list[str]:
    """Return keyed hashes of the ways to be reached that were typed.

    :raises InvalidInput: the address or the number cannot be right.
    """
    names = [f"email:{normalize_email(email)}"]
    if phone.strip():
        names.append(f"phone:{normalize_phone(phone, region=region).e164}")
    return [
        salted_hmac("scheduling.online", name, algorithm="sha256").hexdigest() for name in names
    ]


def _opened(wanted: Application) -> OpenService:
    place = open_places().filter(pk=wanted.place_id).first()
    opened = open_service(place, wanted.service_id) if place else None
    if opened is None:
        raise PageClosed("This cannot be booked online any more. Please call or write to us.")
    return opened


def _require_few(contacts: list[str], *, at: datetime) -> None:
    to_come = OnlineBooking.objects.filter(
        contacts__overlap=contacts,
        appointment__status__in=TO_COME,
        appointment__start_at__gt=at,
    )
    if to_come.count() >= MOST_OPEN:
        raise TooManyOpen(
            f"At most {MOST_OPEN} visits to come can be booked online. For more, please call or"
            " write to us."
        )


def _hold(wanted: Application, *, at: datetime, by: Actor) -> Hold | None:
    """Return the hold by which the time was kept for this form; another time is looked for anew.

    Then the hold is given back: it would be in the way of the time that is booked instead.
    """
    hold = Hold.objects.of(by).standing(at).filter(pk=wanted.key).first()
    if hold is None:
        return None  # one that is over is in nobody's way, and goes under the locks
    chosen = (wanted.place_id, wanted.service_id, wanted.start_at, wanted.staff_id)
    kept = (hold.location_id, hold.service_id, hold.start_at, wanted.staff_id and hold.staff_id)
    if chosen == kept:
        return hold
    give_back(hold.pk, by=by)
    return None


def _free(wanted: Application, opened: OpenService, *, at: datetime) -> list[UUID]:
    """Return who of ``opened.people`` is free then, in their order."""
    wish = search.wish_for(
        opened.service.pk, location_id=opened.place.pk, staff_id=wanted.staff_id, at=at
    )
    return free_staff(wish, wanted.start_at, at=at)


def _claim(wanted: Application, region: str) -> Claim:
    if not wanted.given_name.strip():
        raise InvalidInput("Tell us your name, please.", field="given_name")
    return Claim(
        given_name=wanted.given_name,
        family_name=wanted.family_name,
        email=wanted.email,
        phone=wanted.phone,
        region=region,
        is_unproven=True,
    )


def _book(  # noqa: PLR0913
    wanted: Application,
    opened: OpenService,
    free: list[UUID],
    customer_id: UUID,
    *,
    hold: Hold | None,
    at: datetime,
    by: Actor,
) -> Appointment:
    """Book with the first who is still free under the locks of the verb."""
    typed = (f"{wanted.given_name} {wanted.family_name}", wanted.email, wanted.phone)
    notes = "Booked online by " + ", ".join(text.strip() for text in typed if text.strip())
    for staff_id in free:
        booking = Booking(
            customer_id=customer_id,
            service_id=opened.service.pk,
            staff_id=staff_id,
            start_at=wanted.start_at,
            notes=notes,
            location_id=opened.place.pk,
            hold_id=hold.pk if hold else None,
        )
        try:
            return book_appointment(booking, at=at, by=by)
        except (SlotTaken, HoldIsOver, NoClassThen, *LIMITS):
            continue
    raise NotOffered("This time was taken in this moment. Choose another one, please.")
