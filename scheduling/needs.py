"""What an appointment takes beside the one who leads it: colleagues, rooms and devices."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from uuid import UUID

from hub.access import Access, AccessDenied, Capability
from hub.errors import InvalidInput
from scheduling import limits
from scheduling.elsewhere import Block
from scheduling.models import (
    Appointment,
    GroupSession,
    Location,
    Resource,
    ResourceKind,
    Service,
    Staff,
)
from scheduling.occupying import Subject
from scheduling.rules import Rules

COLLEAGUE = "colleague"
NOTHING: Mapping[UUID, Block] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Need:
    """``count`` of ``candidates``, best first; ``what`` is a kind of resource, or a colleague.

    Those who are ``named`` were asked for; of the others whoever is free is taken.
    """

    what: str
    count: int
    candidates: Sequence[Subject]
    named: bool = False

    @property
    def people(self) -> list[Staff]:
        return [one for one in self.candidates if isinstance(one, Staff)]


def needs_of(
    rules: Rules,
    place: Location,
    service: Service,
    lead: Staff,
    *,
    resources: Sequence[Resource] = (),
    beside: Sequence[Staff] = (),
) -> list[Need]:
    """Return everything that ``service`` takes beside ``lead``, and whoever was named.

    :raises InvalidInput: a resource was named of a kind that is not needed where others are.
    """
    return [
        *resources_needed(rules, place, resources),
        *colleagues_needed(rules, place, service, lead, beside),
    ]


def resources_needed(rules: Rules, place: Location, chosen: Sequence[Resource] = ()) -> list[Need]:
    """Return which rooms and devices would do; ``chosen`` ones are taken in any case.

    :raises InvalidInput: one was chosen of a kind that is not needed where others are.
    """
    wanted = {
        ResourceKind.ROOM: rules.rooms_needed,
        ResourceKind.EQUIPMENT: rules.equipment_needed,
    }
    if any(wanted.values()) and not all(wanted[ResourceKind(one.kind)] for one in chosen):
        raise InvalidInput("This room cannot be booked for this service.", field="resource")
    found = []
    for kind, count in wanted.items():
        own = [one for one in chosen if one.kind == kind]
        found += _of_both(kind, own, partial(resources_of, place, kind), count)
    return found


def colleagues_needed(
    rules: Rules, place: Location, service: Service, lead: Staff, chosen: Sequence[Staff] = ()
) -> list[Need]:
    """Return who would do beside ``lead``; ``chosen`` ones take part in any case."""

    def others() -> list[Staff]:
        return [person for person in qualified_at(place, service) if person != lead]

    return _of_both(COLLEAGUE, chosen, others, rules.staff_needed - 1)


def kept_by(
    appointment: Appointment | GroupSession, lead: Staff, beside: Sequence[Staff]
) -> list[Need]:
    """Return what ``appointment`` goes on to need when it is moved: the same people, and as many
    of the same kinds, those that it has first.

    :raises InvalidInput: the new ``lead`` is one of those ``beside``.
    """
    if lead in beside:
        raise InvalidInput(f"{lead} takes part already.", field="staff")
    found = [Need(COLLEAGUE, len(beside), beside, named=True)] if beside else []
    for kind in ResourceKind:
        own = [one for one in appointment.resources if one.kind == kind]
        if own:
            others = resources_of(appointment.location, kind, first=own)
            found.append(Need(kind, len(own), others))
    return found


def beside_under(visit: Appointment | GroupSession, lead: Staff) -> list[Staff]:
    """Return who takes part beside ``lead``, who changes places with who led if among them."""
    return [visit.staff if person == lead else person for person in visit.beside]


def resources_of(
    location: Location, kind: str, *, first: Sequence[Resource] = ()
) -> list[Resource]:
    """Return the rooms or devices of ``kind`` at ``location`` by name, ``first`` before all."""
    found = location.resources.filter(kind=kind, is_active=True).order_by("name", "pk")
    return sorted(found, key=lambda one: one not in first)


def qualified_at(location: Location, service: Service) -> list[Staff]:
    """Return who offers ``service`` at ``location``, in the order of the calendar."""
    people = Staff.objects.working_at(location).filter(services=service, is_active=True)
    return list(people.order_by("position", "pk"))


def resources_called(ids: Iterable[UUID], place: Location) -> list[Resource]:
    """:raises InvalidInput: one is unknown, out of use, or at another location."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    found = place.resources.filter(pk__in=wanted, is_active=True).in_bulk()
    if len(found) < len(wanted):
        raise InvalidInput("This room cannot be booked for this service.", field="resource")
    return [found[pk] for pk in wanted]


def colleagues_called(
    ids: Iterable[UUID], *, beside: Staff, service: Service, place: Location
) -> list[Staff]:
    """Return people to take part ``beside`` the one who leads.

    :raises InvalidInput: one is unknown, not active, not at ``place``, or leads already.
    """
    wanted = list(dict.fromkeys(ids))
    if beside.pk in wanted:
        raise InvalidInput(f"{beside} takes part already.", field="beside")
    if not wanted:
        return []
    found = {person.pk: person for person in qualified_at(place, service) if person.pk in wanted}
    if len(found) < len(wanted):
        raise InvalidInput(
            f"Somebody of these does not offer {service} at {place}.", field="beside"
        )
    return [found[pk] for pk in wanted]


def at_work(
    needs: Iterable[Need],
    draft: Appointment | GroupSession,
    *,
    kept: Mapping[UUID, Block] = NOTHING,
) -> list[Need]:
    """Leave out colleagues who do not work then, or are busy in a calendar outside.

    ``kept`` is what it took before of those who are named: of it nothing is asked again.

    :raises OutsideWorkingHours: somebody who was named does not.
    :raises BusyElsewhere: somebody who was named is.
    """
    return [_at_work(need, draft, kept) for need in needs]


def at_work_first(needs: Iterable[Need], draft: Appointment | GroupSession) -> list[Need]:
    """Put colleagues who are there then before the others, for a booking that sets that aside."""
    found = []
    for need in needs:
        there = limits.there(need.people, draft)
        ordered = sorted(need.candidates, key=lambda one: one not in there)
        found.append(replace(need, candidates=ordered) if there else need)
    return found


def require_all(needs: Iterable[Need], held: Access, *, beside: Iterable[Staff] = ()) -> None:
    """Let a booking go on that takes a colleague's time, or gives that of those ``beside`` back.

    :raises AccessDenied: it does, and ``held`` books only for itself.
    """
    takes_others = any(need.what == COLLEAGUE for need in needs) or any(True for _ in beside)
    if takes_others and not held.can(Capability.BOOK_APPOINTMENT):
        raise AccessDenied(
            "This takes a colleague’s time too. Ask somebody who books for everybody."
        )


def _of_both(
    what: str, chosen: Sequence[Subject], others: Callable[[], Sequence[Subject]], count: int
) -> list[Need]:
    found = [Need(what, len(chosen), chosen, named=True)] if chosen else []
    if count > len(chosen):
        left = [one for one in others() if one not in chosen]
        found.append(Need(what, count - len(chosen), left))
    return found


def _at_work(need: Need, draft: Appointment | GroupSession, kept: Mapping[UUID, Block]) -> Need:
    people = need.people
    if not people:
        return need
    if need.named:
        for person in people:
            limits.require_there(person, draft, kept=kept.get(person.pk))
        return need
    return replace(need, candidates=limits.there(people, draft))
