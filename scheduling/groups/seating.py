"""Which class a time means, and how many seats of it are free."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from hub.errors import DomainError
from scheduling.limits import said
from scheduling.models import (
    Appointment,
    GroupSession,
    Location,
    Occupancy,
    Service,
    Staff,
)
from scheduling.offering import Offer, drafted


class NoClassThen(DomainError):
    """The service takes place as classes, and none is planned for this time."""

    code = "no_class_then"


def seated(offer: Offer, start_at: datetime) -> Offer:
    """Return what ``offer`` means at ``start_at``, in UTC: of a group service a seat in a class.

    A class has its people and rooms already, so that nothing more is needed.

    :raises NoClassThen: none is planned for this time.
    """
    if not offer.rules.is_group:
        return offer
    session = class_at(offer.service, offer.staff, offer.place, start_at)
    return replace(offer, session=session, needs=())


def class_at(service: Service, staff: Staff, place: Location, start_at: datetime) -> GroupSession:
    """:raises NoClassThen: ``staff`` leads no class of ``service`` at ``place`` then."""
    planned = GroupSession.objects.planned().select_related("service", "staff", "location")
    found = planned.filter(service=service, staff=staff, location=place, start_at=start_at)
    session = found.first()
    if session is None:
        when = said(start_at.astimezone(place.time_zone))
        raise NoClassThen(f"{staff} leads no class of {service} on {when}.", field="start_at")
    return session


def draft_for(offer: Offer, start_at: datetime) -> Appointment:
    """Return an unsaved appointment of ``offer``; a seat is as long as its class."""
    draft = drafted(offer.service, offer.staff, offer.place, offer.rules, start_at)
    if offer.session is not None:
        sit(draft, offer.session)
    return draft


def sit(appointment: Appointment, session: GroupSession) -> None:
    """Give ``appointment``, which is to be written, the times and the lead of its class."""
    appointment.session, appointment.staff = session, session.staff
    appointment.start_at, appointment.end_at = session.start_at, session.end_at
    appointment.buffer_before_minutes = session.buffer_before_minutes
    appointment.buffer_after_minutes = session.buffer_after_minutes


def seats_taken(sessions: Iterable[GroupSession], *, at: datetime) -> Mapping[UUID, int]:
    """Return how many seats of each of ``sessions`` are taken, held ones and kept ones too."""
    names = {session.subject: session.pk for session in sessions}
    over = Q(hold__expires_at__lte=at) | Q(appointment__slot_held_until__lt=at)
    rows = Occupancy.objects.filter(subject__in=names, active=True).exclude(over)
    counted = rows.values_list("subject").annotate(Count("pk")).order_by()
    return dict.fromkeys(names.values(), 0) | {names[name]: count for name, count in counted}
