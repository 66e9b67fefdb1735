"""What changed in the CRM: edits, deletions, merges, and what the search shows late."""

import json

import httpx
import pytest

from syncs.canonical import Json
from syncs.connectors.base import Kind, OnCancel, Remote, Removed
from syncs.connectors.hubspot.connector import HubSpotConnector
from syncs.connectors.hubspot.feed import SEARCH_REACH, Cursor
from syncs.failures import (
    CursorInvalid,
    Gone,
    Invalid,
)
from tests.syncs.connectors.crm import OBJECTS, booked, feed, hot, log
from tests.syncs.connectors.people import customer


def test_history_is_never_archived(crm: HubSpotConnector, ada: Remote, api: httpx.Client) -> None:
    with pytest.raises(Invalid):
        crm.delete(Kind.CUSTOMER, ada.place, deadline=hot())

    assert crm.on_cancel is OnCancel.MARK
    assert not any(entry["method"] == "DELETE" for entry in log(api))


def test_an_archived_object_is_gone_and_listed_as_removed(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    remote = crm.create(booked(ada), deadline=hot())
    _, cursor = feed(crm, "meetings", None)
    api.delete(f"{OBJECTS}/meetings/{remote.remote_id}").raise_for_status()

    items, _ = feed(crm, "meetings", cursor)

    removed = [item for item in items if isinstance(item, Removed)]
    assert Removed(Kind.APPOINTMENT, remote.remote_id, "meetings") in removed
    with pytest.raises(Gone):
        crm.fetch(Kind.APPOINTMENT, remote.remote_id, deadline=hot())
    with pytest.raises(Gone):
        crm.update(booked(ada), remote.place, frozenset({"status"}), deadline=hot())


def test_a_merged_contact_leads_to_the_survivor(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    other = crm.create(customer(), deadline=hot())
    _, cursor = feed(crm, "contacts", None)
    pair = {"primaryObjectId": ada.remote_id, "objectIdToMerge": other.remote_id}
    api.post(f"{OBJECTS}/contacts/merge", json=pair).raise_for_status()

    items, _ = feed(crm, "contacts", cursor)

    assert Removed(Kind.CUSTOMER, other.remote_id, "contacts", ada.remote_id) in items
    assert crm.fetch(Kind.CUSTOMER, other.remote_id, deadline=hot()).remote_id == ada.remote_id


def test_the_feed_shows_an_edit_with_its_marker_and_foreign_contacts_without(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    _, cursor = feed(crm, "contacts", None)
    path = f"{OBJECTS}/contacts/{ada.remote_id}"
    api.patch(path, json={"properties": {"phone": "+4930999999"}}).raise_for_status()
    walk_in = {"properties": {"firstname": "Cleo"}, "associations": []}
    foreign = api.post(f"{OBJECTS}/contacts", json=walk_in).json()["id"]

    items, _ = feed(crm, "contacts", cursor)

    seen = {item.remote_id: item for item in items if isinstance(item, Remote)}
    assert seen[ada.remote_id].atoms["phone"] == "+4930999999"
    assert seen[ada.remote_id].marker == ada.marker
    assert seen[foreign].marker is None


def test_only_our_own_meetings_are_read(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    ours = crm.create(booked(ada), deadline=hot())
    call = {"properties": {"hs_timestamp": "2027-01-01T00:00:00Z"}, "associations": []}
    theirs = api.post(f"{OBJECTS}/meetings", json=call).json()["id"]

    seen = {item.remote_id for item in feed(crm, "meetings", None)[0]}

    assert ours.remote_id in seen
    assert theirs not in seen


def test_what_the_search_shows_late_is_still_seen(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    _, cursor = feed(crm, "contacts", None)
    api.post("/_faults", json={"search_lag_s": 30})
    path = f"{OBJECTS}/contacts/{ada.remote_id}"
    api.patch(path, json={"properties": {"company": "Late"}}).raise_for_status()
    late, cursor = feed(crm, "contacts", cursor)
    api.delete("/_faults")

    items, _ = feed(crm, "contacts", cursor)

    def company(found: list[Remote | Removed]) -> list[Json]:
        ours = (i for i in found if isinstance(i, Remote) and i.remote_id == ada.remote_id)
        return [item.atoms["company"] for item in ours]

    assert "Late" not in company(late)
    assert company(items) == ["Late"]


def test_a_long_feed_comes_in_pages(crm: HubSpotConnector, api: httpx.Client) -> None:
    api.post("/_faults", json={"page_size": 2})
    ids = {crm.create(customer(), deadline=hot()).remote_id for _ in range(5)}

    items, cursor = feed(crm, "contacts", None)

    assert ids <= {item.remote_id for item in items}
    assert json.loads(cursor)[0] > 0


def test_a_search_that_reaches_its_end_starts_again_further_on() -> None:
    place = Cursor(since=5, newest=10, start=5, after="8900")

    assert place.following("9000", 99) == Cursor(since=5, newest=99, start=99)
    assert place.following("8999", 99) == Cursor(since=5, newest=99, start=5, after="8999")
    assert place.following("", 99) == Cursor(since=5, newest=99, phase="archived")
    assert SEARCH_REACH < 10_000


@pytest.mark.parametrize("cursor", ["x", "[]", '["a",1,1,"","live"]', "{}"])
def test_a_place_that_is_not_ours_asks_for_a_full_run(crm: HubSpotConnector, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        crm.changes("contacts", cursor, deadline=hot())
