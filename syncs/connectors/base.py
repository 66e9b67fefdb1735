"""What the engine asks of a connected tool. A connector sees atoms, never Django models.

Atoms are JSON-able values in the canonical form of :mod:`syncs.canonical`:

* appointment: ``when`` {start, end, tz}, ``status``, ``title``, ``location``, ``staff``,
  ``notes``, ``link``
* customer: ``person_name`` {given, family}, ``email``, ``phone``, ``company``, ``address``
* invoice: ``invoice_state`` {number, status, total, tax, balance, currency, issue_date,
  due_date, url}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID, uuid5

from syncs.canonical import Atoms
from syncs.deadlines import Deadline
from syncs.merge import Rule

#: From and until; dates are whole days and times without a zone wall times, of whoever owns it.
Busy = tuple[date, date]


class Kind(StrEnum):
    CUSTOMER = "customer"
    APPOINTMENT = "appointment"
    INVOICE = "invoice"


class OnCancel(StrEnum):
    """What the mapping wants of an appointment the hub canceled."""

    MARK = "mark"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Account:
    """One connection as its connector sees it. ``config`` and ``capabilities`` are stored JSON."""

    connection_id: UUID
    vendor: str
    config: Mapping[str, object]
    credentials: Mapping[str, str] = field(repr=False)
    capabilities: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Write:
    """What a remote object has to say: the whole record, whatever part of it is new.

    ``idem_key`` was committed before the call (see :func:`idem_key`). ``related`` maps a kind
    of :attr:`Connector.relations` to the remote id of that object on the same connection.
    """

    kind: str
    local_id: UUID
    idem_key: str
    atoms: Atoms
    related: Mapping[str, str] = field(default_factory=dict)

    @property
    def marker(self) -> str:
        return marker_of(self.kind, self.local_id)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a linked object stands, and the version we last saw. ``raw`` may be unknown."""

    remote_id: str
    container: str
    etag: str | None
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A shape a person made that the hub has no word for; the atom ``when`` is then absent."""

    code: Literal["all_day", "recurring", "zero_length", "floating", "unreadable"]
    message: str


@dataclass(frozen=True, slots=True)
class Remote:
    """One object as the tool holds it now.

    ``atoms`` has only the atoms the tool can express; an absent atom means "says nothing",
    never "empty". ``raw`` is what :meth:`Connector.update` may be handed back. ``marker`` is
    ``kind:uuid`` where the object is one of ours; ``uid`` is what its kind calls it anywhere.
    """

    kind: str
    remote_id: str
    container: str
    etag: str | None
    atoms: Atoms
    raw: str | None = None
    marker: str | None = None
    updated_at: datetime | None = None
    unsupported: Unsupported | None = None
    uid: str = ""

    @property
    def place(self) -> Place:
        return Place(self.remote_id, self.container, self.etag, self.raw)


@dataclass(frozen=True, slots=True)
class Removed:
    """An object left the list of changes; ``survivor_id`` when it was merged into another."""

    kind: str
    remote_id: str
    container: str
    survivor_id: str | None = None


RemoteItem = Remote | Removed


@dataclass(frozen=True, slots=True)
class Page:
    """Changes since a cursor. Store ``next_cursor`` together with the effects of ``items``."""

    items: tuple[RemoteItem, ...]
    next_cursor: str | None
    more: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One finding of preflight. ``block`` keeps the connection from being activated."""

    level: Literal["ok", "warn", "block"]
    code: str
    text: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Preflight:
    checks: tuple[Check, ...]
    capabilities: Mapping[str, object]

    @property
    def is_blocked(self) -> bool:
        return any(check.level == "block" for check in self.checks)


@dataclass(frozen=True, slots=True)
class Subscription:
    subscription_id: str
    secret: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Inbound:
    """A webhook as it came in. ``uri`` is the public address we gave to the tool."""

    method: str
    uri: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bell:
    """One verified event of a webhook: it says that a pull is due, never what is true."""

    dedupe_key: str
    stream: str
    remote_id: str = ""


class Connector(Protocol):
    """The code for one vendor, bound to one account for one run. Close it after the run."""

    vendor: str
    #: What it can hold, and per kind which other kinds must be linked before.
    relations: Mapping[str, tuple[str, ...]]
    #: Feeds for :meth:`changes`; one Stream row each.
    streams: tuple[str, ...]
    #: Default field rules per kind; FieldRule rows override them.
    rules: Mapping[str, tuple[Rule, ...]]
    #: With DELETE the engine calls :meth:`delete` for a canceled appointment.
    on_cancel: OnCancel

    def preflight(self, *, deadline: Deadline) -> Preflight:
        """Check access and prepare what the connector needs in the tool (own properties).

        :raises AuthFailed, RateLimited, Transient:
        """
        ...

    def fetch(self, kind: str, remote_id: str, *, deadline: Deadline) -> Remote:
        """Return the object as it is now.

        :raises Gone: the tool says, for this very id, that it does not exist.
        :raises ContainerGone: the calendar or account around it is missing.
        """
        ...

    def find_by_marker(self, write: Write, *, deadline: Deadline) -> tuple[Remote, ...]:
        """Return every object that carries our marker for ``write``: none, one, or a conflict.

        Never answered from an index that lags behind writes.
        """
        ...

    def create(self, write: Write, *, deadline: Deadline) -> Remote:
        """Create the object and return it as the tool now holds it.

        :raises DuplicateRemote: something stands there already; nothing was changed.
        :raises UnknownOutcome: sent, no verdict; ask :meth:`find_by_marker` next.
        :raises MissingRelation: sync that kind first.
        """
        ...

    def update(
        self, write: Write, place: Place, changed: frozenset[str], *, deadline: Deadline
    ) -> Remote:
        """Write the atoms named in ``changed`` and return the object as the tool now holds it.

        :raises PreconditionFailed: it is no longer the version of ``place.etag``.
        :raises Gone: it was deleted.
        """
        ...

    def delete(self, kind: str, place: Place, *, deadline: Deadline) -> None:
        """Remove the object.

        :raises PreconditionFailed: it changed since ``place.etag``.
        :raises Gone: it is gone already.
        :raises Invalid: the tool keeps its history; cancel by status.
        """
        ...

    def changes(self, stream: str, cursor: str | None, *, deadline: Deadline) -> Page:
        """Return one page of what changed since ``cursor``; None starts a full listing.

        :raises CursorInvalid: start again with None.
        :raises ContainerGone: the list itself is missing.
        """
        ...

    def busy_times(self, remote: Remote, begin: datetime, end: datetime) -> Sequence[Busy]:
        """Return when it makes the owner of a calendar busy from ``begin`` to ``end``."""
        ...

    def subscribe(
        self, stream: str, callback_url: str, *, deadline: Deadline
    ) -> Subscription | None:
        """Ask the tool to ring ``callback_url``; None where it cannot (polling goes on)."""
        ...

    def verify(self, inbound: Inbound, *, at: datetime) -> tuple[Bell, ...]:
        """Return the events of a webhook.

        :raises Forged: bad signature, too old, or dated into the future.
        """
        ...

    def as_seen(self, kind: str, atoms: Atoms) -> Atoms:
        """Return a hub record as it would read back from this tool: the hub side of a merge."""
        ...

    def close(self) -> None: ...


def marker_of(kind: str, local_id: UUID) -> str:
    return f"{kind}:{local_id}"


def parse_marker(text: str) -> tuple[str, UUID] | None:
    """Return (kind, local id), or None where the text is not a marker of ours."""
    kind, _, tail = text.strip().partition(":")
    try:
        return (Kind(kind).value, UUID(tail))
    except ValueError:
        return None


def idem_key(connection_id: UUID, kind: str, local_id: UUID, *, generation: int = 0) -> str:
    """Return the hex identity of one link, the same at every try; decided before the create."""
    return uuid5(connection_id, f"{kind}:{local_id}:{generation}").hex
