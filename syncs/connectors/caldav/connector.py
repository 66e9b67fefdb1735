"""One staff member's calendar on a CalDAV server."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Self

from syncs.canonical import Atoms
from syncs.connectors.base import (
    Account,
    Bell,
    Busy,
    Inbound,
    Kind,
    OnCancel,
    Page,
    Place,
    Preflight,
    Remote,
    RemoteItem,
    Removed,
    Subscription,
    Write,
)
from syncs.connectors.caldav import mapping, occupied, probing
from syncs.connectors.caldav.client import CalendarClient, Listing, Stored
from syncs.deadlines import Deadline
from syncs.failures import CursorInvalid, Forged, Gone, Invalid, PreconditionFailed
from syncs.http import Client
from syncs.merge import Direction, Owner, Rule

UID_DOMAIN = "hub.internal"
CHUNK = 100
APPOINTMENT_RULES = (
    Rule("when", Owner.SHARED),
    Rule("status", Owner.SHARED),
    Rule("title", Owner.HUB, Direction.PUSH),
    Rule("location", Owner.HUB, Direction.PUSH),
    Rule("link", Owner.HUB, Direction.PUSH),
    Rule("notes", Owner.REMOTE, Direction.PULL),
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Our place in the feed: a token or the known etags, and names still to be read."""

    mode: Literal["sync", "etags"]
    token: str | None = None
    etags: Mapping[str, str] = field(default_factory=dict)
    pending: tuple[str, ...] = ()
    is_truncated: bool = False

    def dumps(self) -> str:
        return json.dumps([self.mode, self.token, self.etags, self.pending, self.is_truncated])

    @classmethod
    def loads(cls, text: str | None, mode: Literal["sync", "etags"]) -> Self:
        """:raises CursorInvalid: it is not ours, or of the other way to list changes."""
        if text is None:
            return cls(mode)
        try:
            found, token, etags, pending, is_truncated = json.loads(text)
        except (ValueError, TypeError) as error:
            raise CursorInvalid("The stored place cannot be read.") from error
        if found != mode:
            raise CursorInvalid("The calendar is listed in another way now.", code="mode_changed")
        return cls(mode, token, etags, tuple(pending), bool(is_truncated))


class CalDavConnector:
    vendor = "caldav"
    relations: Mapping[str, tuple[str, ...]] = {Kind.APPOINTMENT: ()}
    streams: tuple[str, ...] = ("events",)
    rules: Mapping[str, tuple[Rule, ...]] = {Kind.APPOINTMENT: APPOINTMENT_RULES}

    def __init__(
        self,
        account: Account,
        *,
        client: Client | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        config = account.config
        url = str(config.get("calendar_url", ""))
        self.on_cancel = OnCancel(str(config.get("on_cancel", OnCancel.MARK)))
        self._uid_domain = str(config.get("uid_domain") or UID_DOMAIN)
        self._floating_zone = str(config["timezone"]) if config.get("timezone") else None
        self._mode: Literal["sync", "etags"] = (
            "sync" if account.capabilities.get("sync_collection", True) else "etags"
        )
        self._is_only_read = config.get("staff") == []
        self._now = now
        self._calendar = CalendarClient(url, client or Client(url, auth=_auth(account)))

    def close(self) -> None:
        self._calendar.close()

    def preflight(self, *, deadline: Deadline) -> Preflight:
        look = probing.preflight_to_read if self._is_only_read else probing.preflight
        return look(self._calendar, now=self._now, deadline=deadline)

    def fetch(self, kind: str, remote_id: str, *, deadline: Deadline) -> Remote:
        _require_appointment(kind)
        stored = self._calendar.get(remote_id, deadline=deadline)
        remote = self._remote(stored)
        if remote is None:
            raise Gone("The entry is no event any more.", code="no_event")
        return remote

    def find_by_marker(self, write: Write, *, deadline: Deadline) -> tuple[Remote, ...]:
        uid = self._uid(write)
        try:
            found: tuple[Stored, ...] = (self._calendar.get(_name(write), deadline=deadline),)
        except Gone:
            found = self._calendar.find_uid(uid, deadline=deadline)
        remotes = (self._remote(stored, ours=(uid, write.marker)) for stored in found)
        return tuple(remote for remote in remotes if remote and remote.marker == write.marker)

    def create(self, write: Write, *, deadline: Deadline) -> Remote:
        _require_appointment(write.kind)
        ics = mapping.write_event(
            write.atoms, uid=self._uid(write), marker=write.marker, at=self._now()
        )
        etag = self._calendar.put_new(_name(write), ics, deadline=deadline)
        return self._stored(_name(write), etag, ics, deadline)

    def update(
        self, write: Write, place: Place, changed: frozenset[str], *, deadline: Deadline
    ) -> Remote:
        stored = self._current(place, deadline)
        try:
            ics = mapping.edit_event(stored.ics, write.atoms, changed, at=self._now())
        except ValueError as error:
            raise Invalid("The stored event cannot be edited.", code="unreadable") from error
        if ics is None:
            return self._require_remote(stored)
        etag = self._calendar.put_over(stored.name, ics, str(stored.etag), deadline=deadline)
        return self._stored(stored.name, etag, ics, deadline)

    def delete(self, kind: str, place: Place, *, deadline: Deadline) -> None:
        _require_appointment(kind)
        self._calendar.delete(place.remote_id, place.etag, deadline=deadline)

    def changes(self, stream: str, cursor: str | None, *, deadline: Deadline) -> Page:
        """Return at most 100 changed events, and with the first page all deletions."""
        if stream not in self.streams:
            raise Invalid(f"There is no stream {stream}.", code="stream")
        place = Cursor.loads(cursor, self._mode)
        removed: tuple[str, ...] = ()
        if not place.pending:
            place, removed = self._listed(place, deadline)
        names, pending = place.pending[:CHUNK], place.pending[CHUNK:]
        found = self._calendar.get_many(names, deadline=deadline) if names else {}
        items: list[RemoteItem] = [self._removed(name) for name in removed]
        for name, stored in found.items():
            item = self._removed(name) if stored is None else self._remote(stored)
            items.extend([item] if item else [])
        after = Cursor(place.mode, place.token, place.etags, pending, place.is_truncated)
        return Page(tuple(items), after.dumps(), more=bool(pending) or place.is_truncated)

    def busy_times(self, remote: Remote, begin: datetime, end: datetime) -> list[Busy]:
        text, zone = remote.raw or "", self._floating_zone
        return occupied.busy_times(text, begin=begin, end=end, floating_zone=zone)

    def subscribe(
        self, stream: str, callback_url: str, *, deadline: Deadline
    ) -> Subscription | None:
        del stream, callback_url, deadline  # CalDAV servers do not ring: polling it is
        return None

    def verify(self, inbound: Inbound, *, at: datetime) -> tuple[Bell, ...]:
        del inbound, at
        raise Forged("Calendars send no webhooks.", code="not_supported")

    def as_seen(self, kind: str, atoms: Atoms) -> Atoms:
        _require_appointment(kind)
        return mapping.as_seen(atoms)

    def _listed(self, place: Cursor, deadline: Deadline) -> tuple[Cursor, tuple[str, ...]]:
        """Ask the server what is new since ``place``; every changed name is then pending."""
        if place.mode == "sync":
            listing = self._calendar.list_changes(place.token, deadline=deadline)
            pending = tuple(sorted(listing.etags))
            after = Cursor("sync", listing.token, {}, pending, listing.is_truncated)
            return after, listing.removed
        listing = self._calendar.list_etags(deadline=deadline)
        return _compared(place, listing)

    def _current(self, place: Place, deadline: Deadline) -> Stored:
        """Return the stored object of exactly the version of ``place``."""
        if place.raw is not None and place.etag is not None:
            return Stored(place.remote_id, place.etag, place.raw)
        stored = self._calendar.get(place.remote_id, deadline=deadline)
        if place.etag is not None and stored.etag != place.etag:
            raise PreconditionFailed("The event changed meanwhile.", code="etag")
        if stored.etag is None:
            raise Invalid("The server names no versions of events.", code="no_etag")
        return stored

    def _stored(self, name: str, etag: str | None, ics: str, deadline: Deadline) -> Remote:
        """Return what stands on the server; without an etag it may have changed our text."""
        if etag is None:
            return self._require_remote(self._calendar.get(name, deadline=deadline))
        return self._require_remote(Stored(name, etag, ics))

    def _require_remote(self, stored: Stored) -> Remote:
        remote = self._remote(stored)
        if remote is None:
            raise Invalid("The server stored something else.", code="no_event")
        return remote

    def _remote(self, stored: Stored, *, ours: tuple[str, str] = ("", "")) -> Remote | None:
        """Read an object; a copy made by a person keeps our property, but not our UID."""
        record = mapping.read_event(stored.ics, floating_zone=self._floating_zone)
        if record is None:
            return None
        marker = record.marker if record.uid.endswith(f"@{self._uid_domain}") else None
        uid, expected = ours
        return Remote(
            kind=Kind.APPOINTMENT,
            remote_id=stored.name,
            container=self._calendar.path,
            etag=stored.etag,
            atoms=record.atoms,
            raw=stored.ics,
            marker=expected if uid and record.uid == uid else marker,
            updated_at=record.updated_at,
            unsupported=record.unsupported,
            uid=record.uid,
        )

    def _removed(self, name: str) -> Removed:
        return Removed(Kind.APPOINTMENT, name, self._calendar.path)

    def _uid(self, write: Write) -> str:
        return f"{write.idem_key}@{self._uid_domain}"


def _compared(place: Cursor, listing: Listing) -> tuple[Cursor, tuple[str, ...]]:
    """Find changes by comparing etags with those of the last round; no etag means changed."""
    known = place.etags
    pending = (n for n, etag in listing.etags.items() if not etag or known.get(n) != etag)
    removed = tuple(sorted(known.keys() - listing.etags.keys()))
    return Cursor("etags", None, listing.etags, tuple(sorted(pending))), removed


def _name(write: Write) -> str:
    return f"hub-{write.idem_key}.ics"


def _auth(account: Account) -> tuple[str, str] | None:
    username = account.credentials.get("username", "")
    return (username, account.credentials.get("password", "")) if username else None


def _require_appointment(kind: str) -> None:
    if kind != Kind.APPOINTMENT:
        raise Invalid(f"A calendar holds no {kind}.", code="kind")
