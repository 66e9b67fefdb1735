"""Take note of when people are busy in calendars outside; whoever reads those calls this.

A calendar is named by an opaque ``source``. Of its entries only the time is kept.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from scheduling.models import ExternalBusy, ExternalCalendar, Staff


@dataclass(frozen=True, slots=True)
class BusyTime:
    """From ``start`` until ``end``, which is not part of it any more.

    Dates are whole days, and times without a zone wall times, where the person belongs.
    """

    start: date
    end: date


@transaction.atomic
def expect_calendar(source: str, people: Collection[UUID]) -> None:
    """Let exactly ``people`` be busy with what stands in ``source``.

    Until it was read to its end once, nothing of theirs is certain. Unknown people are left out.
    """
    there = ExternalCalendar.objects.filter(source=source)
    if set(there.values_list("staff", flat=True)) == set(people):
        return
    there.exclude(staff__in=people).delete()
    known = Staff.objects.filter(pk__in=people).order_by("pk").values_list("pk", flat=True)
    ExternalCalendar.objects.bulk_create(
        (ExternalCalendar(staff_id=pk, source=source) for pk in known), ignore_conflicts=True
    )


@transaction.atomic
def replace_busy(
    source: str, entries: Mapping[str, Sequence[BusyTime]], *, reading: UUID | None = None
) -> None:
    """Let each of ``entries``, by their ids there, take these times, and no others than these.

    ``reading`` is the full reading that listed them.
    """
    items = {_digest(entry): times for entry, times in entries.items()}
    calendars = ExternalCalendar.objects.filter(source=source).select_related("staff__location")
    for calendar in calendars.order_by("pk"):
        calendar.busy.filter(item__in=items).delete()
        zone = calendar.staff.location.time_zone
        ExternalBusy.objects.bulk_create(
            ExternalBusy(calendar=calendar, item=item, span=span, seen_in=reading)
            for item, times in items.items()
            for span in _spans(times, zone)
        )


@transaction.atomic
def note_reading(source: str, *, at: datetime) -> None:
    """Say that all changes up to ``at`` were read, where ``source`` was read in full before."""
    ExternalCalendar.objects.filter(source=source, known_until__isnull=False).update(read_at=at)


@transaction.atomic
def end_reading(source: str, reading: UUID, *, at: datetime, known_until: datetime) -> None:
    """Say that ``source`` was read in full: what the ``reading`` did not list is not there."""
    ExternalBusy.objects.filter(calendar__source=source).exclude(seen_in=reading).delete()
    ExternalCalendar.objects.filter(source=source).update(read_at=at, known_until=known_until)


def needs_full_reading(source: str, *, until: datetime) -> bool:
    """Say whether ``source`` was not read in full yet, or is not known as far as ``until``."""
    calendars = ExternalCalendar.objects.filter(source=source)
    return calendars.exclude(known_until__gt=until).exists()


def forget_calendar(source: str) -> None:
    """Let nobody be busy with what stood in ``source``: it is not connected any more."""
    ExternalCalendar.objects.filter(source=source).delete()


def _digest(entry: str) -> str:
    return sha256(entry.encode()).hexdigest()


def _spans(times: Iterable[BusyTime], zone: ZoneInfo) -> list[DateTimeTZRange]:
    edges = ((_instant(one.start, zone), _instant(one.end, zone)) for one in times)
    return [DateTimeTZRange(start, end) for start, end in sorted(set(edges)) if start < end]


def _instant(edge: date, zone: ZoneInfo) -> datetime:
    if not isinstance(edge, datetime):
        edge = datetime.combine(edge, time())
    return (edge if edge.tzinfo else edge.replace(tzinfo=zone)).astimezone(UTC)
