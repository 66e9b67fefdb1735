"""What every connector promises the engine, on real servers: one table of cases for all."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest

from syncs.connectors.base import (
    Account,
    Connector,
    Kind,
    Remote,
    Write,
    idem_key,
    marker_of,
    parse_marker,
)
from syncs.connectors.caldav.connector import CalDavConnector
from syncs.connectors.hubspot.connector import HubSpotConnector
from syncs.connectors.registry import VENDORS, UnknownVendor, connect
from syncs.deadlines import Deadline
from syncs.failures import DuplicateRemote, Gone, Invalid, PreconditionFailed, Transient
from syncs.merge import agree, merge3, unseen
from tests.syncs.connectors.crm import billed, booked
from tests.syncs.connectors.people import CONNECTION, INVOICE, appointment, customer


@dataclass(frozen=True)
class Case:
    """One kind of record in one tool; ``edited`` says something new in the named atom."""

    connector: Connector
    stream: str
    make: Callable[[], Write]
    edited: tuple[str, object]

    def edit(self, write: Write) -> tuple[Write, frozenset[str]]:
        atom, value = self.edited
        return replace(write, atoms={**write.atoms, atom: value}), frozenset({atom})  # type: ignore[dict-item]


@pytest.fixture(params=["event", "contact", "meeting", "deal"])
def case(
    request: pytest.FixtureRequest, calendar: CalDavConnector, crm: HubSpotConnector, ada: Remote
) -> Case:
    cases = {
        "event": Case(calendar, "events", appointment, ("title", "New")),
        "contact": Case(crm, "contacts", customer, ("company", "New")),
        "meeting": Case(crm, "meetings", lambda: booked(ada), ("status", "no_show")),
        "deal": Case(
            crm, "deals", lambda: billed(ada), ("invoice_state", {**INVOICE, "tax": "7"})
        ),
    }
    return cases[request.param]


def hot() -> Deadline:
    return Deadline.hot()


def listed(case: Case) -> dict[str, Remote]:
    found: dict[str, Remote] = {}
    cursor, more = None, True
    while more:
        page = case.connector.changes(case.stream, cursor, deadline=Deadline.long())
        found |= {item.remote_id: item for item in page.items if isinstance(item, Remote)}
        cursor, more = page.next_cursor, page.more
    return found


def test_what_is_created_reads_back_as_seen_and_carries_our_marker(case: Case) -> None:
    write = case.make()

    remote = case.connector.create(write, deadline=hot())

    again = case.connector.fetch(write.kind, remote.remote_id, deadline=hot())
    assert remote.atoms == again.atoms == case.connector.as_seen(write.kind, write.atoms)
    assert remote.marker == again.marker == marker_of(write.kind, write.local_id)
    assert (remote.etag, remote.container) == (again.etag, again.container)


def test_creating_again_never_makes_a_second_object(case: Case) -> None:
    write = case.make()
    first = case.connector.create(write, deadline=hot())

    try:
        second = case.connector.create(write, deadline=hot()).remote_id
    except DuplicateRemote as duplicate:
        second = str(duplicate.remote_id)

    assert second == first.remote_id
    assert [r.remote_id for r in case.connector.find_by_marker(write, deadline=hot())] == [second]
    assert [r.marker for r in listed(case).values()].count(write.marker) == 1


def test_the_marker_finds_nothing_before_and_one_after_the_create(case: Case) -> None:
    write = case.make()

    before = case.connector.find_by_marker(write, deadline=hot())
    remote = case.connector.create(write, deadline=hot())
    (after,) = case.connector.find_by_marker(write, deadline=hot())

    assert before == ()
    assert (after.remote_id, after.marker) == (remote.remote_id, write.marker)


def test_our_own_write_is_no_news_in_the_feed(case: Case) -> None:
    write = case.make()
    remote = case.connector.create(write, deadline=hot())
    hub, rules = case.connector.as_seen(write.kind, write.atoms), case.connector.rules[write.kind]
    base = agree(hub, remote.atoms, rules)

    seen = listed(case)[remote.remote_id]

    assert seen.etag == remote.etag
    assert not unseen(base, seen.atoms, rules)
    assert merge3(base, hub, seen.atoms, rules).is_empty


def test_an_update_counts_once_and_only_on_the_version_it_was_based_on(case: Case) -> None:
    write = case.make()
    remote = case.connector.create(write, deadline=hot())
    edited, names = case.edit(write)

    updated = case.connector.update(edited, remote.place, names, deadline=hot())

    assert updated.atoms == case.connector.as_seen(write.kind, edited.atoms)
    assert updated.etag != remote.etag
    for place in (remote.place, replace(remote.place, raw=None)):
        with pytest.raises(PreconditionFailed):
            case.connector.update(edited, place, names, deadline=hot())


def test_an_update_that_says_nothing_new_changes_no_version(case: Case) -> None:
    write = case.make()
    remote = case.connector.create(write, deadline=hot())

    same = case.connector.update(write, remote.place, frozenset(remote.atoms), deadline=hot())

    assert (same.etag, same.atoms) == (remote.etag, remote.atoms)


def test_a_place_in_the_feed_may_be_used_twice(case: Case) -> None:
    case.connector.create(case.make(), deadline=hot())
    first = case.connector.changes(case.stream, None, deadline=Deadline.long())

    pages = [
        case.connector.changes(case.stream, first.next_cursor, deadline=hot()) for _ in range(2)
    ]

    assert pages[0] == pages[1]


def test_an_unknown_object_is_gone_and_an_unknown_feed_or_kind_is_refused(case: Case) -> None:
    kind = case.make().kind

    with pytest.raises(Gone):
        case.connector.fetch(kind, "999999999", deadline=hot())
    with pytest.raises(Invalid):
        case.connector.changes("nonsense", None, deadline=hot())
    with pytest.raises(Invalid):
        case.connector.fetch("robot", "1", deadline=hot())


def test_what_is_seen_is_seen_so_again(case: Case) -> None:
    write = case.make()
    seen = case.connector.as_seen(write.kind, write.atoms)

    assert case.connector.as_seen(write.kind, seen) == seen


def test_without_time_nothing_is_sent(case: Case) -> None:
    write = case.make()

    with pytest.raises(Transient):
        case.connector.create(write, deadline=Deadline.hot(budget_seconds=-1))

    assert case.connector.find_by_marker(write, deadline=hot()) == ()


def test_the_identity_of_a_link_is_the_same_at_every_try_and_new_for_each_generation() -> None:
    local_id = uuid4()
    keys = [idem_key(CONNECTION, Kind.APPOINTMENT, local_id, generation=n) for n in (0, 0, 1)]

    assert keys[0] == keys[1] != keys[2]
    assert idem_key(uuid4(), Kind.APPOINTMENT, local_id) != keys[0]
    assert all(len(key) == 32 and key.isalnum() for key in keys)


@pytest.mark.parametrize("text", ["", "customer", "customer:", "robot:" + "0" * 32, ":", "x:y:z"])
def test_only_our_own_marker_is_a_marker(text: str) -> None:
    local_id = uuid4()

    assert parse_marker(marker_of(Kind.CUSTOMER, local_id)) == ("customer", local_id)
    assert parse_marker(text) is None


def test_every_vendor_can_be_connected_and_no_other() -> None:
    for vendor in VENDORS:
        config: dict[str, object] = {"calendar_url": "https://cal.example.com/ben/"}
        connector = connect(Account(CONNECTION, vendor, config, {}))
        assert connector.vendor == vendor
        assert set(connector.rules) == set(connector.relations)
        connector.close()
    with pytest.raises(UnknownVendor):
        connect(Account(CONNECTION, "robot", {}, {}))


def test_credentials_do_not_show_in_what_is_logged() -> None:
    account = Account(CONNECTION, "caldav", {}, {"password": "hush"})

    assert "hush" not in repr(account)
