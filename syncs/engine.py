"""Make one object equal on both sides of one connection, whichever side changed.

No transaction is open during a call. The order is: look, decide (``syncs.merge``), let the
hub's verbs accept or refuse, push, then write down what both sides agreed on.
"""

from typing import cast

from syncs import applying, conflicts, linking, records, vanishing
from syncs.canonical import Atoms
from syncs.connectors.base import Place, Remote, Write
from syncs.failures import Gone, PreconditionFailed, Transient
from syncs.linking import Snapshot
from syncs.merge import Base, Plan, agree, merge3, refuse, settle, unseen
from syncs.models import Link
from syncs.records import Record
from syncs.runs import Run
from syncs.states import ConflictType, LinkStatus

MERGES_PER_RUN = 3
LET_GO = frozenset({LinkStatus.DETACHED, LinkStatus.REMOTE_DELETED})


def sync_object(run: Run) -> Link | None:
    """Bring both sides together and return the link to store; None when there is none to keep.

    :raises CallFailed: the call ended badly; nothing that is not true was written down.
    :raises Ambiguous: something there is not clearly ours; a person has to say.
    """
    record = records.load(run.connection, run.kind, run.local_id)
    if record is None:
        return None
    link = linking.get_or_create(run.connection, run.kind, run.local_id)
    if record.is_left_alone:  # what was seen there stays noted, in case a merge is undone
        run.note = "merged into another: left as it is there"
        return link
    run.consumed = link.pending_remote
    return _bring_together(run, link, record)


def _bring_together(run: Run, link: Link, record: Record) -> Link:
    if link.status in LET_GO:
        return _make_anew(run, link, record) if vanishing.wants_back(run, link, record) else link
    if vanishing.is_to_leave(run, record):
        return vanishing.withdraw(run, link, record)
    if link.remote_id is None:
        return _create_or_adopt(run, link, record)
    if link.pending_remote is not None:
        return _look_again(run, link, record)
    return _merge(run, link, record, None)


def _create_or_adopt(run: Run, link: Link, record: Record) -> Link:
    """Create the object there, or take the one that an earlier, unfinished try has made."""
    if not record.worth_creating:
        run.note = "nothing to create"
        return link
    write = _write(run, link, record)
    if linking.has_unfinished_create(link):
        found = linking.adoptable(
            run.connector.find_by_marker(write, deadline=run.deadline), write
        )
        if found is not None:
            return _adopt(run, link, record, found)
    run.did("create", *record.atoms)
    linking.announce_create(run.job_id, link, request_id=run.request_id)
    remote, is_ours_from_before = linking.create(run.connector, write, deadline=run.deadline)
    if is_ours_from_before:
        return _adopt(run, link, record, remote)
    linking.place_at(link, remote)
    linking.agree_on(link, run.connector.as_seen(run.kind, record.atoms), remote, run.rules)
    return link


def _adopt(run: Run, link: Link, record: Record, found: Remote) -> Link:
    run.did("adopt")
    linking.place_at(link, found)
    return _merge(run, link, record, Snapshot.of(found))


def _make_anew(run: Run, link: Link, record: Record) -> Link:
    linking.begin_again(link)
    return _create_or_adopt(run, link, record)


def _look_again(run: Run, link: Link, record: Record) -> Link:
    """It changed or left the list, or refused our write: ask for it before believing that.

    A list can be older than our own last write: what it says is a reason to look, no more.
    """
    found = _fetch(run, link)
    if found is not None:
        return _merge(run, link, record, Snapshot.of(found))
    run.did("removed")
    hub = run.connector.as_seen(run.kind, record.atoms)
    was_edited_here = bool(merge3(Base.from_json(link.base), hub, None, run.rules).push)
    if vanishing.accept_removal(run, link, was_edited_here=was_edited_here):
        return _make_anew(run, link, record)
    return link


def _write(run: Run, link: Link, record: Record) -> Write:
    """:raises MissingRelation: what it belongs to is not there yet."""
    related = linking.related(run.connection, run.connector.relations[run.kind], record.related)
    return Write(run.kind, run.local_id, link.idem_key, record.atoms, related)


def _merge(run: Run, link: Link, record: Record, seen: Snapshot | None) -> Link:
    for _ in range(MERGES_PER_RUN):
        try:
            return _merge_once(run, link, record, seen)
        except PreconditionFailed:
            fetched = _fetch(run, link)
            if fetched is None:
                return _look_again(run, link, record)
            seen = Snapshot.of(fetched)
            record = records.load(run.connection, run.kind, run.local_id) or record
    raise Transient("It keeps changing there; it will be tried again.", code="busy_remote")


def _merge_once(run: Run, link: Link, record: Record, seen: Snapshot | None) -> Link:
    base = Base.from_json(link.base)
    if record.is_erased and seen is not None:  # all that stands there gives way
        base = agree(seen.atoms, seen.atoms, run.rules)
    hub = run.connector.as_seen(run.kind, record.atoms)
    plan = merge3(base, hub, seen.atoms if seen else None, run.rules)
    plan, record = _apply(run, link, record, plan, base)
    odd_shape = seen is not None and seen.unsupported is not None
    changed = frozenset(plan.push) | ({"when"} if odd_shape else frozenset())
    # Before the push: a crash after it would leave no trace of the value that did not win.
    _keep_questions(run, link, plan, seen)
    remote = _push(run, link, record, changed, seen) if changed else None
    applied = run.connector.as_seen(run.kind, record.atoms)
    settled = settle(plan, returned=remote.atoms if remote else None, applied=applied)
    linking.settle_on(link, settled, etag=_etag(remote, seen, link))
    if remote is not None and unseen(settled, remote.atoms, run.rules):
        linking.remember(link, Snapshot.of(remote))
    return link


def _apply(run: Run, link: Link, record: Record, plan: Plan, base: Base) -> tuple[Plan, Record]:
    """Let the verbs take what the other side changed; what they refuse goes back there."""
    if not plan.apply_to_hub:
        return plan, record
    staff = run.connection.config.get("staff")
    whose = None if staff is None else frozenset(staff)
    label = run.connection.label
    asked = applying.Asked(run.kind, run.local_id, label, run.at, run.by, whose)
    refused = applying.apply(asked, plan.apply_to_hub)
    run.did("pull", *plan.apply_to_hub)
    fresh = records.load(run.connection, run.kind, run.local_id) or record
    if refused:
        hub: Atoms = run.connector.as_seen(run.kind, fresh.atoms)
        plan = refuse(plan, base, hub, set(refused))
        conflicts.open_for(
            run.connection,
            link,
            ConflictType.REJECTED_BY_HUB,
            message=" ".join(dict.fromkeys(refused.values())),
            clashes={atom: plan.conflicts[atom] for atom in refused},
        )
    return plan, fresh


def _push(
    run: Run, link: Link, record: Record, changed: frozenset[str], seen: Snapshot | None
) -> Remote:
    run.did("update", *changed)
    etag = seen.etag if seen is not None else link.remote_etag
    place = Place(cast("str", link.remote_id), link.remote_container, etag)
    try:
        return run.connector.update(
            _write(run, link, record), place, changed, deadline=run.deadline
        )
    except Gone:
        raise PreconditionFailed("It was deleted there meanwhile.", code="gone") from None


def _keep_questions(run: Run, link: Link, plan: Plan, seen: Snapshot | None) -> None:
    """Open a conflict for every value that did not win, so that none is lost."""
    refused = conflicts.open_atoms(link, ConflictType.REJECTED_BY_HUB)
    contested = {atom: clash for atom, clash in plan.conflicts.items() if atom not in refused}
    if contested:
        conflicts.open_for(
            run.connection,
            link,
            ConflictType.BOTH_CHANGED,
            message="Changed here and there. The hub's value stands until somebody decides.",
            clashes=contested,
        )
    if seen is not None and seen.unsupported is not None:
        conflicts.open_for(
            run.connection,
            link,
            ConflictType.REJECTED_BY_HUB,
            message=seen.unsupported,
            clashes={},
        )
    if plan.reverted:
        run.note = f"put back: {', '.join(sorted(plan.reverted))}"


def _fetch(run: Run, link: Link) -> Remote | None:
    try:
        return run.connector.fetch(run.kind, cast("str", link.remote_id), deadline=run.deadline)
    except Gone:
        return None


def _etag(remote: Remote | None, seen: Snapshot | None, link: Link) -> str:
    if remote is not None:
        return remote.etag or ""
    return (seen.etag or "") if seen is not None else link.remote_etag
