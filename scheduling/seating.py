"""Which class a time means, and how many seats of it are free."""

from dataclasses import replace
from datetime import datetime

from django.db.models import CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from hub.errors import DomainError
from scheduling.local_times import said
from scheduling.models import (
    Appointment,
    GroupSession,
    Location,
    Occupancy,
    Service,
    Staff,
)
from scheduling.models.groups import GroupSessionQuerySet
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


def with_taken(sessions: GroupSessionQuerySet, *, at: datetime) -> GroupSessionQuerySet:
    """Add to each of ``sessions`` how many seats are ``taken``, held ones and kept ones too."""
    subject = Concat(Value("session:"), Cast(OuterRef("pk"), CharField()))
    rows = taken_seats(at=at).filter(subject=subject)
    counted = rows.order_by().values("subject").annotate(count=Count("pk")).values("count")
    return sessions.annotate(taken=Coalesce(Subquery(counted), 0))


def taken_seats(*, at: datetime) -> QuerySet[Occupancy]:
    """Return what takes units, without holds and kept slots that are over."""
    over = Q(hold__expires_at__lte=at) | Q(appointment__slot_held_until__lt=at)
    return Occupancy.objects.filter(active=True).exclude(over)


def with_free_seats(sessions: GroupSessionQuerySet, *, at: datetime) -> GroupSessionQuerySet:
    """Leave out those of ``sessions`` that are full."""
    return with_taken(sessions, at=at).filter(taken__lt=F("seats"))  # type: ignore[misc]


def seats_taken(session: GroupSession, *, at: datetime) -> int:
    """Return how many seats of ``session`` are taken, held ones and kept ones too."""
    taken: int = with_taken(GroupSession.objects.filter(pk=session.pk), at=at).get().taken  # type: ignore[attr-defined]
    return taken
