"""When people are busy with what is not ours in the calendars that are read of them.

A pull hands on the times of such entries, and nothing else. Our own never count, wherever a
server copied them to: what is booked here is taken here already.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from scheduling import external_busy
from scheduling.external_busy import BusyTime
from scheduling.models import Appointment
from syncs.connectors.base import Busy, Connector, Kind, Remote, Removed, parse_marker
from syncs.models import Connection, Link, Stream

# So far a rule without end is followed; each week all is read again, and the end moves on.
AHEAD = timedelta(days=400)
A_WEEK = timedelta(days=7)
BEHIND = timedelta(days=1)


def people_of(connection: Connection) -> list[UUID]:
    """Return who is busy with what stands in a calendar: ``busy_of``, else the one it belongs to.

    What several share is nobody's own, unless it is said.
    """
    own = connection.config.get("staff") or []
    named = connection.config.get("busy_of", own if len(own) == 1 else [])
    return [UUID(one) for one in named]


def expect(connection: Connection) -> None:
    """Count nothing of these people as certain until the calendar was read."""
    external_busy.expect_calendar(_source(connection), people_of(connection))


def forget(connection: Connection) -> None:
    external_busy.forget_calendar(_source(connection))


def is_to_be_read_whole(connection: Connection, *, at: datetime) -> bool:
    """Say whether changes are not enough: nothing is known yet, or it soon ends."""
    if not people_of(connection):
        return False
    return external_busy.needs_full_reading(_source(connection), until=at + AHEAD - A_WEEK)


def note(
    connection: Connection,
    connector: Connector,
    items: Iterable[Remote | Removed],
    *,
    reading: UUID | None,
    at: datetime,
) -> None:
    """Note a page of what has changed; ``reading`` is the full run that it is a part of.

    What is linked, or ours by its own word, takes no time.
    """
    if not people_of(connection):
        return
    listed = list(items)
    ours = _ours(connection, [item for item in listed if isinstance(item, Remote)])
    entries: dict[str, list[BusyTime]] = {}
    for item in listed:
        times: Collection[Busy] = ()
        if isinstance(item, Remote) and item.remote_id not in ours:
            times = connector.busy_times(item, at - BEHIND, at + AHEAD + A_WEEK)
        entries[item.remote_id] = [BusyTime(*edges) for edges in times]
    external_busy.replace_busy(_source(connection), entries, reading=reading)


def note_end(connection: Connection, stream: Stream, *, at: datetime) -> None:
    """Note that the feed was followed to its end, as it was at ``at``."""
    if stream.full_run is None:
        external_busy.note_reading(_source(connection), at=at)
    else:
        until = at + AHEAD
        external_busy.end_reading(_source(connection), stream.full_run, at=at, known_until=until)


def _source(connection: Connection) -> str:
    return str(connection.pk)


def _ours(connection: Connection, items: Collection[Remote]) -> set[str]:
    """Return the remote ids of entries that are ours: linked here, or copied from elsewhere.

    Our own word is not enough: a second hub says the same of its entries.
    """
    names = {item.remote_id for item in items}
    linked = Link.objects.filter(connection=connection, remote_id__in=names)
    ours = set(linked.values_list("remote_id", flat=True))
    keys = {item.remote_id: _keys(item) for item in items if item.remote_id not in ours}
    ids = {key for found in keys.values() for key in found}
    if ids:
        known = set(Appointment.objects.filter(pk__in=ids).values_list("pk", flat=True))
        made = Link.objects.filter(idem_key__in=[key.hex for key in ids])
        known |= {UUID(key) for key in made.values_list("idem_key", flat=True)}
        ours |= {name for name, found in keys.items() if found & known}
    return {name for name in ours if name is not None}


def _keys(item: Remote) -> set[UUID]:
    """Return which records of ours it may be of, by its mark and its UID."""
    marker = parse_marker(item.marker or "")
    found = {marker[1]} if marker and marker[0] == Kind.APPOINTMENT else set()
    try:
        found.add(UUID(item.uid.partition("@")[0]))
    except ValueError:
        return found
    return found
