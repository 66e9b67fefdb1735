"""Read what changed there, page by page. A pull only notes it; the object's own job merges it.

The cursor is stored in the transaction that noted the page, so a crash repeats, never skips.
"""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from syncs import attempts, busy, dispatch, jobs, linking, massdeletes
from syncs.connectors.base import Connector, Page, Remote, Removed, parse_marker
from syncs.connectors.registry import kinds_of_stream
from syncs.deadlines import Deadline
from syncs.failures import CursorInvalid, Transient
from syncs.jobs import Claim
from syncs.linking import REMOVED, Snapshot
from syncs.merge import Base, Rule, unseen
from syncs.models import Connection, Link, Stream
from syncs.states import LinkStatus, Outcome

MAX_PAGES = 200


def pull_stream(
    claim: Claim, connection: Connection, connector: Connector, *, deadline: Deadline
) -> None:
    """Follow the feed named in ``claim`` to its end and ask for every object that changed.

    :raises CallFailed: the feed broke off; what was noted so far stays noted.
    """
    started = attempts.now()
    stream, _ = Stream.objects.get_or_create(connection=connection, name=claim.target)
    busy.expect(connection)
    if stream.full_run is None and busy.is_to_be_read_whole(connection, at=started):
        _forget_place(stream)
    seen = 0
    for _ in range(MAX_PAGES):
        page = _next_page(connector, stream, deadline)
        _require_progress(stream, page)
        seen += _note_page(connection, connector, stream, page, at=started)
        if not page.more:
            break
    else:
        _forget_place(stream)
        raise Transient("The feed does not end; it is read anew.", code="endless_feed")
    seen += _finish_run(connection, stream, claim, at=started)
    _acknowledge(claim, connection, stream, started_at=started, seen=seen)


def _next_page(connector: Connector, stream: Stream, deadline: Deadline) -> Page:
    try:
        return connector.changes(stream.name, stream.cursor or None, deadline=deadline)
    except CursorInvalid:
        if not stream.cursor:
            raise
        _forget_place(stream)
        return connector.changes(stream.name, None, deadline=deadline)


def _require_progress(stream: Stream, page: Page) -> None:
    """:raises Transient: the same page again and again; the feed is read from the start."""
    if page.more and page.next_cursor == stream.cursor:
        _forget_place(stream)
        raise Transient("The feed repeats itself; it is read anew.", code="repeating_feed")


def _forget_place(stream: Stream) -> None:
    """Begin a full run: everything is listed, and what is missing at its end was deleted."""
    stream.cursor, stream.full_run = "", uuid4()
    stream.save(update_fields=["cursor", "full_run"])


@transaction.atomic
def _note_page(
    connection: Connection, connector: Connector, stream: Stream, page: Page, *, at: datetime
) -> int:
    if not stream.cursor and stream.full_run is None:
        stream.full_run = uuid4()
    wanted = []
    for item in page.items:
        link = _link_of(connection, item)
        if link is not None and _note(connector, stream, link, item):
            wanted.append((connection.pk, jobs.object_key(link.kind, link.local_id)))
    busy.note(connection, connector, page.items, reading=stream.full_run, at=at)
    dispatch.ring_after_commit(jobs.request(wanted), hot=True)
    stream.cursor = page.next_cursor or ""
    stream.save(update_fields=["cursor", "full_run"])
    return len(wanted)


def _link_of(connection: Connection, item: Remote | Removed) -> Link | None:
    """By remote id, by an older id, by our own mark; never by what it says."""
    link = linking.find(connection, item.kind, item.remote_id)
    if link is not None or isinstance(item, Removed) or item.marker is None:
        return _locked(link)
    marker = parse_marker(item.marker)
    if marker is None:
        return None
    kind, local_id = marker
    found = Link.objects.filter(connection=connection, kind=kind, local_id=local_id).first()
    return _locked(found)


def _locked(link: Link | None) -> Link | None:
    return Link.objects.select_for_update().get(pk=link.pk) if link else None


def _note(connector: Connector, stream: Stream, link: Link, item: Remote | Removed) -> bool:
    """Note what is new on the link and say whether its object has to be looked at now."""
    if stream.full_run is not None and link.seen_in_run != stream.full_run:
        link.seen_in_run = stream.full_run
        link.save(update_fields=["seen_in_run"])
    if isinstance(item, Removed):
        if link.remote_id == item.remote_id and link.status == LinkStatus.LINKED:
            _remember(link, REMOVED)
        return False  # asked for at the end of the run, past the guard against mass deletion
    if link.remote_id is None:
        return True  # our own create whose answer is still on its way
    if link.remote_id != item.remote_id or link.remote_etag == (item.etag or None):
        return False
    if item.unsupported is None and not _news(link, item, connector.rules[link.kind]):
        Link.objects.filter(pk=link.pk).update(remote_etag=item.etag or "")
        return False
    _remember(link, Snapshot.of(item))
    return True


def _news(link: Link, item: Remote, rules: tuple[Rule, ...]) -> bool:
    return bool(unseen(Base.from_json(link.base), item.atoms, rules))


def _remember(link: Link, snapshot: Snapshot) -> None:
    linking.remember(link, snapshot)
    link.save(update_fields=["pending_remote"])


@transaction.atomic
def _finish_run(connection: Connection, stream: Stream, claim: Claim, *, at: datetime) -> int:
    """After the last page: what a full run did not list is noted as removed, then all removals
    pass the guard. Each is still confirmed by asking for that very object.
    """
    busy.note_end(connection, stream, at=at)
    if stream.full_run is not None:
        kinds = kinds_of_stream(connection.vendor, stream.name)
        missing = Link.objects.select_for_update().filter(
            ~Q(seen_in_run=stream.full_run) | Q(seen_in_run=None),
            connection=connection,
            kind__in=kinds,
            status=LinkStatus.LINKED,
            remote_id__isnull=False,
        )
        for link in missing:
            if link.pending_remote is None:
                _remember(link, REMOVED)
        stream.full_run = None
        stream.save(update_fields=["full_run"])
    return massdeletes.release(connection, request_id=claim.request_id)


def _acknowledge(
    claim: Claim, connection: Connection, stream: Stream, *, started_at: datetime, seen: int
) -> None:
    now = attempts.now()
    with transaction.atomic():
        Stream.objects.filter(pk=stream.pk).update(last_ok_at=now)
        if jobs.finish(claim) is None:
            transaction.set_rollback(True)
            return
        if seen:
            attempts.note(
                claim,
                Outcome.OK,
                op="pull",
                started_at=started_at,
                message=f"{seen} changed there",
            )
        Connection.objects.filter(pk=connection.pk, breaker_failures__gt=0).update(
            breaker_failures=0, breaker_open_until=None
        )
