"""Find somebody who is free at a time, when it does not matter who.

Like a search it promises nothing: booking looks again under its locks.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hub.access import Access
from hub.errors import DomainError
from scheduling import search
from scheduling.explaining import explain
from scheduling.models import Location, Service, Staff
from scheduling.occupying import SlotTaken

ALTERNATIVES = 3


def somebody_free(
    service: Service,
    people: Sequence[Staff],
    place: Location,
    start_at: datetime,
    *,
    held: Access,
    at: datetime,
) -> UUID:
    """Return the first of ``people`` who offers ``service`` and could be booked at ``place`` then.

    :raises SlotTaken: nobody could; says why when all have the same reason, and the nearest
        times at which somebody can.
    """
    offering = who_offers(service, people)
    refusals: set[tuple[str, str]] = set()
    for person in offering:
        reasons = explain(service.pk, person.pk, start_at, location_id=place.pk, held=held, at=at)
        if not reasons:
            return person.pk
        refusals.update((reason.code, reason.text) for reason in reasons)
    raise _nobody(service, offering, place, start_at, refusals, at=at)


def who_offers(service: Service, people: Sequence[Staff]) -> list[Staff]:
    able = set(service.staff.values_list("pk", flat=True))
    return [person for person in people if person.pk in able]


def _nobody(
    service: Service,
    offering: Sequence[Staff],
    place: Location,
    start_at: datetime,
    refusals: set[tuple[str, str]],
    *,
    at: datetime,
) -> DomainError:
    text = f"Nobody who offers {service} is free then."
    if len(refusals) == 1:
        text = next(iter(refusals))[1]
    near = nearest_to(service, offering, place, start_at, at=at)
    return SlotTaken(text, field="start_at", details={"alternatives": near})


def nearest_to(
    service: Service,
    people: Sequence[Staff],
    place: Location,
    start_at: datetime,
    *,
    at: datetime,
) -> list[dict[str, str]]:
    """Return anybody's free times nearest to ``start_at``, in order, as details of a refusal."""
    times = {
        time.start_at: time.end_at
        for person in people
        for time in search.nearest_times(
            service.pk, person.pk, start_at, location_id=place.pk, at=at, limit=ALTERNATIVES
        )
    }
    nearest = sorted(times, key=lambda start: abs(start - start_at))[:ALTERNATIVES]
    return [
        {"start_at": start.isoformat(), "end_at": times[start].isoformat()}
        for start in sorted(nearest)
    ]
