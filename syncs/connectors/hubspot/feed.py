"""Finding out what changed in HubSpot: a search by time of change, then the archive."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from syncs.connectors.base import Page, RemoteItem, Removed
from syncs.connectors.hubspot.client import HubSpotClient, Row, Search, next_after, rows
from syncs.connectors.hubspot.mapping import CONTACT, ObjectType, merged_ids, moment, read_object
from syncs.deadlines import Deadline
from syncs.failures import CursorInvalid

#: A search lags behind writes: what is newer than this is read again at the next poll.
OVERLAP_MS = 90_000
#: A search shows no more than 10,000 rows; before that the list starts anew further on.
SEARCH_REACH = 9_000
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Our place, in milliseconds since 1970.

    Everything before ``since`` is known; ``newest`` was seen on the way; ``start`` is where
    the search that ``after`` belongs to began. ``phase`` is ``live`` or ``archived``.
    """

    since: int = 0
    newest: int = 0
    start: int = 0
    after: str = ""
    phase: str = "live"

    def dumps(self) -> str:
        return json.dumps([self.since, self.newest, self.start, self.after, self.phase])

    @classmethod
    def loads(cls, text: str | None) -> Self:
        """:raises CursorInvalid: it is not ours."""
        if text is None:
            return cls()
        try:
            since, newest, start, after, phase = json.loads(text)
            return cls(int(since), int(newest), int(start), str(after), str(phase))
        except (ValueError, TypeError) as error:
            raise CursorInvalid("The stored place cannot be read.") from error

    def following(self, after: str, newest: int) -> "Cursor":
        """Return the place after one page of the search; no ``after`` means it was the last."""
        if not after:
            return Cursor(self.since, newest, phase="archived")
        out_of_reach = after.isdigit() and int(after) >= SEARCH_REACH
        if out_of_reach and newest > self.start:
            return Cursor(self.since, newest, start=newest)
        return replace(self, newest=newest, after=after)


def list_edits(
    api: HubSpotClient, of: ObjectType, place: Cursor, *, region: str | None, deadline: Deadline
) -> Page:
    """Return one page of the search; the archive is still to come, so there is always more."""
    search = Search(_filters(of, place.start), of.properties, of.modified_property, place.after)
    found = api.search(of.name, search, deadline=deadline)
    items: list[RemoteItem] = []
    newest = place.newest
    for row in rows(found, "results"):
        remote = read_object(of, row, region=region)
        items.append(remote)
        items += [Removed(of.kind, old, of.name, remote.remote_id) for old in merged_ids(row)]
        newest = max(newest, milliseconds(remote.updated_at))
    return Page(tuple(items), place.following(next_after(found), newest).dumps(), more=True)


def list_deletions(
    api: HubSpotClient, of: ObjectType, place: Cursor, *, deadline: Deadline
) -> Page:
    """Return one page of the archive, as far as it is new."""
    found = api.list_archived(of.name, after=place.after, deadline=deadline)
    items = tuple(
        Removed(of.kind, str(row.get("id")), of.name)
        for row in rows(found, "results")
        if milliseconds(moment(row.get("archivedAt"))) >= place.since
    )
    after = next_after(found)
    if after:
        return Page(items, replace(place, after=after).dumps(), more=True)
    known = max(place.since, place.newest - OVERLAP_MS)
    return Page(items, Cursor(known, place.newest, start=known).dumps(), more=False)


def milliseconds(at: datetime | None) -> int:
    return 0 if at is None else int(at.timestamp() * 1000)


def _filters(of: ObjectType, start: int) -> tuple[Mapping[str, str], ...]:
    """Contacts are read whoever made them; of the rest only what is ours."""
    since: Row = {"propertyName": of.modified_property, "operator": "GTE", "value": str(start)}
    ours: Row = {"propertyName": of.id_property, "operator": "HAS_PROPERTY"}
    return (_texts(since),) if of is CONTACT else (_texts(since), _texts(ours))


def _texts(row: Row) -> dict[str, str]:
    return {name: str(value) for name, value in row.items()}
