"""The calls of CalDAV on one calendar collection, and what its errors mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from syncs.connectors.caldav import multistatus
from syncs.connectors.caldav.multistatus import Multistatus, error_names, parse_multistatus
from syncs.deadlines import Deadline
from syncs.failures import (
    CallFailed,
    ContainerGone,
    CursorInvalid,
    DuplicateRemote,
    Forbidden,
    Gone,
    Invalid,
    PreconditionFailed,
    Transient,
)
from syncs.http import Answer, Client, Effect, require_verdict

XML = {"Content-Type": "application/xml; charset=utf-8"}
ICS = {"Content-Type": "text/calendar; charset=utf-8"}
MULTI_STATUS = 207
NOT_FOUND = frozenset({404, 410})
CONFLICT = 409
TEAPOT = 418
PRECONDITION = 412
INSUFFICIENT_STORAGE = 507
SUCCESS = range(200, 300)
UID_TAKEN = "no-uid-conflict"
#: Conditions that say the content is wrong, whatever the status.
REFUSED_CONTENT = frozenset(
    {
        "valid-calendar-data",
        "valid-calendar-object-resource",
        "supported-calendar-data",
        "supported-calendar-component",
        "calendar-collection-location-ok",
        "max-resource-size",
        "min-date-time",
        "max-date-time",
        "max-instances",
        "max-attendees-per-instance",
    }
)


@dataclass(frozen=True, slots=True)
class Stored:
    """One calendar object; ``etag`` as the server spells it, None where it gives none."""

    name: str
    etag: str | None
    ics: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """Members named by a server: etags by name, deleted names, and the new token."""

    etags: Mapping[str, str]
    removed: tuple[str, ...] = ()
    token: str | None = None
    is_truncated: bool = False


class CalendarClient:
    """One calendar collection; members are spoken of by name, never by a foreign URL."""

    def __init__(self, calendar_url: str, client: Client) -> None:
        self.calendar_url = calendar_url if calendar_url.endswith("/") else f"{calendar_url}/"
        self.path = urlsplit(self.calendar_url).path
        self._client = client

    def close(self) -> None:
        self._client.close()

    def get(self, name: str, *, deadline: Deadline) -> Stored:
        """:raises Gone: this member is missing. :raises ContainerGone: the calendar is."""
        answer = self._call("GET", name, effect=Effect.READ, deadline=deadline)
        if answer.status in NOT_FOUND:
            self.require_calendar(deadline=deadline)
            raise Gone("The event does not exist.", http_status=answer.status)
        _require_success(answer, effect=Effect.READ)
        return Stored(name, answer.headers.get("etag"), answer.body.decode("utf-8", "replace"))

    def put_new(self, name: str, ics: str, *, deadline: Deadline) -> str | None:
        """Store a new member and return its etag, None where the server may have changed it.

        :raises DuplicateRemote: a member of that name or UID exists.
        """
        answer = self._put(name, ics, {"If-None-Match": "*"}, Effect.CREATE, deadline)
        if not error_names(answer.body).keys() & (REFUSED_CONTENT | {UID_TAKEN}):
            if answer.status == PRECONDITION:
                raise DuplicateRemote("The event exists already.", remote_id=name, http_status=412)
            if answer.status == CONFLICT:
                self.require_calendar(deadline=deadline)
        _require_success(answer, effect=Effect.CREATE)
        return answer.headers.get("etag")

    def put_over(self, name: str, ics: str, etag: str, *, deadline: Deadline) -> str | None:
        """:raises PreconditionFailed: the member is gone or no longer that version."""
        answer = self._put(name, ics, {"If-Match": etag}, Effect.WRITE, deadline)
        _require_success(answer, effect=Effect.WRITE)
        return answer.headers.get("etag")

    def delete(self, name: str, etag: str | None, *, deadline: Deadline) -> None:
        """:raises Gone: it was gone. :raises PreconditionFailed: it changed, or is gone."""
        condition = {"If-Match": etag} if etag else {}
        answer = self._call(
            "DELETE", name, effect=Effect.WRITE, deadline=deadline, headers=condition
        )
        if answer.status in NOT_FOUND:
            raise Gone("The event does not exist.", http_status=answer.status)
        _require_success(answer, effect=Effect.WRITE)

    def describe(
        self, names: Iterable[tuple[str, str]], *, deadline: Deadline
    ) -> tuple[Answer, Multistatus]:
        """Return properties of the calendar itself, with the answer's headers.

        :raises ContainerGone: there is no such calendar.
        """
        body = multistatus.properties_request(names)
        return self._collection("PROPFIND", body, "0", deadline)

    def require_calendar(self, *, deadline: Deadline) -> None:
        """:raises ContainerGone: the calendar around a missing member is missing too."""
        _, found = self.describe(((multistatus.DAV, "resourcetype"),), deadline=deadline)
        if not any("calendar" in r.resource_types for r in found.responses):
            raise ContainerGone("The address is no calendar any more.")

    def list_etags(self, *, deadline: Deadline) -> Listing:
        body = multistatus.properties_request(((multistatus.DAV, "getetag"),))
        _, found = self._collection("PROPFIND", body, "1", deadline)
        return Listing(etags=_etags(found))

    def list_changes(self, token: str | None, *, deadline: Deadline) -> Listing:
        """Return what changed since ``token``; tokens are opaque and never compared.

        :raises CursorInvalid: the server does not know the token (any more).
        """
        body = multistatus.sync_request(token)
        _, found = self._collection("REPORT", body, "0", deadline)
        if found.sync_token is None:
            raise Transient("The server gave no sync token.", code="no_sync_token")
        removed = tuple(r.name for r in found.responses if r.name and r.status in NOT_FOUND)
        return Listing(
            etags=_etags(found),
            removed=removed,
            token=found.sync_token,
            is_truncated=any(r.status == INSUFFICIENT_STORAGE for r in found.responses),
        )

    def get_many(self, names: Iterable[str], *, deadline: Deadline) -> dict[str, Stored | None]:
        """Return the named members; None for one that is gone."""
        wanted = tuple(names)
        body = multistatus.multiget_request(self.path + multistatus.quoted(n) for n in wanted)
        _, found = self._collection("REPORT", body, "0", deadline)
        known = {r.name: r for r in found.responses}
        return {
            name: Stored(name, known[name].etag, known[name].calendar_data or "")
            if name in known and known[name].calendar_data is not None
            else None
            for name in wanted
        }

    def find_uid(self, uid: str, *, deadline: Deadline) -> tuple[Stored, ...]:
        _, found = self._collection("REPORT", multistatus.uid_request(uid), "1", deadline)
        return tuple(
            Stored(r.name, r.etag, r.calendar_data)
            for r in found.responses
            if r.name and r.calendar_data is not None
        )

    def _put(
        self, name: str, ics: str, condition: dict[str, str], effect: Effect, deadline: Deadline
    ) -> Answer:
        headers = {**ICS, **condition}
        content = ics.encode()
        return self._call(
            "PUT", name, effect=effect, deadline=deadline, headers=headers, content=content
        )

    def _call(
        self,
        method: str,
        name: str,
        *,
        effect: Effect,
        deadline: Deadline,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        url = self.calendar_url + multistatus.quoted(name)
        return self._client.call(
            method, url, deadline=deadline, effect=effect, headers=headers, content=content
        )

    def _collection(
        self, method: str, body: bytes, depth: str, deadline: Deadline
    ) -> tuple[Answer, Multistatus]:
        answer = self._client.call(
            method,
            self.calendar_url,
            deadline=deadline,
            effect=Effect.READ,
            headers={**XML, "Depth": depth},
            content=body,
        )
        if method == "REPORT" and answer.status in {410, TEAPOT}:
            raise CursorInvalid("The server forgot our place.", http_status=answer.status)
        if answer.status in NOT_FOUND:
            raise ContainerGone("The calendar does not exist.", http_status=answer.status)
        _require_success(answer, effect=Effect.READ)
        if answer.status != MULTI_STATUS:
            raise Invalid("This address is no calendar.", http_status=answer.status)
        found = parse_multistatus(answer.body)
        if any(not r.name and r.status in NOT_FOUND for r in found.responses):
            raise ContainerGone("The calendar does not exist.", http_status=answer.status)
        return answer, found


def _etags(found: Multistatus) -> dict[str, str]:
    """Return etags by name; collections have no name here, so they drop out."""
    return {
        r.name: r.etag or ""
        for r in found.responses
        if r.name and r.status == multistatus.OK and "collection" not in r.resource_types
    }


def _owner(answer: Answer) -> str | None:
    """Return the name of the member that holds our UID, where the server says so."""
    href = error_names(answer.body).get(UID_TAKEN, "")
    return multistatus.member_name(href) or None


def _require_success(answer: Answer, *, effect: Effect) -> None:
    """Read the DAV error element first: 412 has three meanings and 403 two."""
    if answer.status in SUCCESS:
        return
    failure = _condition(answer)
    if failure is not None:
        raise failure
    require_verdict(answer, effect=effect)
    if answer.status in {PRECONDITION, CONFLICT}:
        raise PreconditionFailed("The event changed meanwhile.", http_status=answer.status)
    raise Invalid("The server refuses the request.", http_status=answer.status)


def _condition(answer: Answer) -> CallFailed | None:
    names = error_names(answer.body)
    status = answer.status
    if "valid-sync-token" in names:
        return CursorInvalid("The server forgot our place.", http_status=status)
    if UID_TAKEN in names:
        return DuplicateRemote(
            "The identity is taken.", remote_id=_owner(answer), http_status=status
        )
    if "need-privileges" in names:
        return Forbidden("We may not write to this calendar.", http_status=status)
    refused = sorted(names.keys() & REFUSED_CONTENT)
    if refused:
        return Invalid("The server refuses the event.", code=refused[0], http_status=status)
    return None
