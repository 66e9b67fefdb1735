"""Who is busy in a calendar outside of the hub, and how sure that is.

It is a limit like working hours, no occupancy: what is booked here stands, whatever comes there,
and whoever may set limits aside may book over it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from hub.errors import DomainError
from scheduling import availability
from scheduling.availability import Span
from scheduling.local_times import said
from scheduling.models import Appointment, ExternalBusy, GroupSession, Staff

# After so long without a reading, what is known of a calendar is only a guess.
FRESH_FOR = timedelta(minutes=30)
Block = tuple[datetime, datetime]


class BusyElsewhere(DomainError):
    """The person has something else then; a manager may set it aside."""

    code = "busy_elsewhere"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """``busy`` in seconds, sorted and joined; ``sure_until`` as well, ``None`` without end.

    ``unread_since`` says since when no calendar, or not each of them, was read, where that is
    too long ago; ``is_unread`` that one never was.
    """

    busy: Sequence[Span] = ()
    sure_until: int | None = None
    unread_since: datetime | None = None
    is_unread: bool = False

    @property
    def is_stale(self) -> bool:
        return self.is_unread or self.unread_since is not None

    def is_sure(self, until: int) -> bool:
        """Say whether what is known goes as far as ``until``."""
        return self.sure_until is None or until <= self.sure_until

    def leaves(self, gaps: Iterable[Span], *, only_sure: bool = False) -> list[Span]:
        """Return what is left of ``gaps``, which may overlap; perhaps only what is certain."""
        taken = list(self.busy)
        if only_sure and self.sure_until is not None:
            taken.append((self.sure_until, availability.END))
        return [part for gap in gaps for part in availability.without([gap], taken)]


NOWHERE = Elsewhere()


def elsewhere_of(
    people: Collection[UUID], begin: datetime, end: datetime, *, at: datetime
) -> Mapping[UUID, Elsewhere]:
    """Return for each of ``people`` with a calendar outside what is known of it, in one query.

    Only what touches the time from ``begin`` to ``end``.
    """
    values: dict[str, Any] = {"people": list(people), "begin": begin, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(_ELSEWHERE, values)
        rows = cursor.fetchall()
    return {row[0]: _elsewhere(*row[1:], at=at) for row in rows}


def require_free_elsewhere(
    person: Staff, draft: Appointment | GroupSession, *, kept: Block | None = None
) -> None:
    """Look whether ``person`` is free outside while ``draft`` takes place, buffers included.

    ``kept`` is what it took of that person before: of it nothing is asked again.

    :raises BusyElsewhere: they are not.
    """
    block = (availability.seconds(draft.block[0]), availability.seconds(draft.block[1]))
    before = [(availability.seconds(kept[0]), availability.seconds(kept[1]))] if kept else []
    for first, last in availability.without([block], before):
        window = DateTimeTZRange(availability.moment(first), availability.moment(last))
        busy = ExternalBusy.objects.filter(calendar__staff=person, span__overlap=window)
        span = busy.order_by("span").values_list("span", flat=True).first()
        if span is not None:
            raise _busy(person, draft, (span.lower, span.upper))


def free_elsewhere(people: Sequence[Staff], draft: Appointment | GroupSession) -> list[Staff]:
    """Return those of ``people`` who are free outside while ``draft`` takes place."""
    busy = ExternalBusy.objects.filter(
        calendar__staff__in=people, span__overlap=DateTimeTZRange(*draft.block)
    )
    taken = set(busy.values_list("calendar__staff", flat=True))
    return [person for person in people if person.pk not in taken]


def _elsewhere(
    read_at: datetime | None,
    known_until: datetime | None,
    starts: list[int],
    ends: list[int],
    *,
    at: datetime,
) -> Elsewhere:
    busy = availability.joined(zip(starts, ends, strict=True))
    if read_at is None or known_until is None:
        return Elsewhere(busy, sure_until=0, is_unread=True)
    if read_at < at - FRESH_FOR:
        return Elsewhere(busy, sure_until=0, unread_since=read_at)
    return Elsewhere(busy, sure_until=availability.seconds(known_until))


def _busy(person: Staff, draft: Appointment | GroupSession, busy: Block) -> BusyElsewhere:
    zone = draft.time_zone
    start, end = (edge.astimezone(zone) for edge in busy)
    until = f"{end:%H:%M}" if start.date() == end.date() else said(end)
    text = f"{person} is busy in an outside calendar: {said(start)} – {until}"
    if busy[1] <= draft.start_at or busy[0] >= draft.end_at:
        text += ", and the buffers would overlap"
    return BusyElsewhere(f"{text}.", field="start_at", details={"reason": BusyElsewhere.code})


_ELSEWHERE = """
    SELECT calendar.staff_id,
        CASE WHEN bool_and(calendar.read_at IS NOT NULL) THEN min(calendar.read_at) END,
        CASE WHEN bool_and(calendar.known_until IS NOT NULL) THEN min(calendar.known_until) END,
        coalesce(array_agg(floor(extract(epoch FROM lower(busy.span)))::bigint)
            FILTER (WHERE busy.id IS NOT NULL), '{}'),
        coalesce(array_agg(ceil(extract(epoch FROM upper(busy.span)))::bigint)
            FILTER (WHERE busy.id IS NOT NULL), '{}')
    FROM scheduling_externalcalendar calendar
    LEFT JOIN scheduling_externalbusy busy ON busy.calendar_id = calendar.id
        AND busy.span && tstzrange(%(begin)s, %(end)s)
    WHERE calendar.staff_id = ANY(%(people)s::uuid[])
    GROUP BY calendar.staff_id
"""
