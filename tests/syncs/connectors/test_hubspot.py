"""The CRM connector against the sandbox: what arrives there, and under which property."""

from dataclasses import replace

import httpx
import pytest

from syncs.canonical import Json
from syncs.connectors.base import Kind, Remote
from syncs.connectors.hubspot.connector import HubSpotConnector
from syncs.failures import (
    DuplicateRemote,
    MissingRelation,
    PreconditionFailed,
)
from tests.syncs.connectors.crm import OBJECTS, billed, booked, feed, hot, log, stored
from tests.syncs.connectors.people import INVOICE, changed, customer


def test_a_customer_arrives_as_a_contact_under_our_unique_property(
    crm: HubSpotConnector, api: httpx.Client
) -> None:
    write = customer()

    remote = crm.create(write, deadline=hot())

    found = stored(api, "contacts", remote.remote_id, "hub_customer_id", "firstname", "zip")
    assert found["properties"]["hub_customer_id"] == str(write.local_id)
    assert (found["properties"]["firstname"], found["properties"]["zip"]) == ("Ada", "10115")
    assert (remote.atoms, remote.marker) == (crm.as_seen(write.kind, write.atoms), write.marker)


def test_creating_a_customer_twice_makes_one_contact(crm: HubSpotConnector) -> None:
    write = customer()

    first = crm.create(write, deadline=hot())
    second = crm.create(changed(write, company="Engines"), deadline=hot())

    assert second.remote_id == first.remote_id
    assert second.atoms == {**first.atoms, "company": "Engines"}


def test_two_people_with_one_address_stay_two_and_the_owner_is_named(
    crm: HubSpotConnector, ada: Remote
) -> None:
    with pytest.raises(DuplicateRemote) as failure:
        crm.create(customer(email=str(ada.atoms["email"])), deadline=hot())

    assert failure.value.remote_id == ada.remote_id
    assert str(ada.atoms["email"]) not in failure.value.message


def test_an_appointment_arrives_as_a_meeting_with_its_contact(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    write = booked(ada)

    remote = crm.create(write, deadline=hot())

    found = stored(api, "meetings", remote.remote_id, "hs_meeting_outcome", "hs_timestamp")
    assert found["properties"]["hs_meeting_outcome"] == "SCHEDULED"
    assert found["properties"]["hs_timestamp"] == "2027-03-24T09:00:00Z"
    assert found["associations"]["contacts"]["results"][0]["id"] == ada.remote_id
    assert (remote.atoms, remote.marker) == (crm.as_seen(write.kind, write.atoms), write.marker)


@pytest.mark.parametrize(
    ("status", "outcome", "seen"),
    [
        ("requested", "SCHEDULED", "booked"),
        ("booked", "SCHEDULED", "booked"),
        ("rescheduled", "RESCHEDULED", "rescheduled"),
        ("canceled", "CANCELED", "canceled"),
        ("completed", "COMPLETED", "completed"),
        ("no_show", "NO_SHOW", "no_show"),
    ],
)
def test_every_status_has_its_outcome(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client, status: str, outcome: str, seen: str
) -> None:
    remote = crm.create(booked(ada, status=status), deadline=hot())

    found = stored(api, "meetings", remote.remote_id, "hs_meeting_outcome")
    assert found["properties"]["hs_meeting_outcome"] == outcome
    assert remote.atoms["status"] == seen


def test_an_invoice_arrives_as_a_deal_and_follows_its_payment(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    write = billed(ada)
    remote = crm.create(write, deadline=hot())
    paid: Json = {**INVOICE, "status": "paid", "balance": "0"}

    crm.update(
        changed(write, invoice_state=paid),
        remote.place,
        frozenset({"invoice_state"}),
        deadline=hot(),
    )

    names = ("dealname", "dealstage", "amount", "hub_invoice_status", "hub_invoice_balance")
    found = stored(api, "deals", remote.remote_id, *names, "hub_invoice_url")
    properties = {name: found["properties"][name] for name in (*names, "hub_invoice_url")}
    assert properties == {
        "dealname": "Invoice 2027-0001",
        "dealstage": "closedwon",
        "amount": "119",
        "hub_invoice_status": "paid",
        "hub_invoice_balance": "0",
        "hub_invoice_url": INVOICE["url"],
    }
    assert found["associations"]["contacts"]["results"][0]["id"] == ada.remote_id


@pytest.mark.parametrize("name", ["amount", "hub_invoice_total", "hub_invoice_number"])
def test_an_edit_of_an_invoice_in_the_crm_is_seen(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client, name: str
) -> None:
    remote = crm.create(billed(ada), deadline=hot())
    api.patch(f"{OBJECTS}/deals/{remote.remote_id}", json={"properties": {name: "7"}})

    seen = crm.fetch(Kind.INVOICE, remote.remote_id, deadline=hot())

    assert seen.atoms != remote.atoms
    assert seen.etag != remote.etag


def test_an_edit_of_something_else_is_no_change_to_us(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    path = f"{OBJECTS}/contacts/{ada.remote_id}"
    api.patch(path, json={"properties": {"lifecyclestage": "customer"}}).raise_for_status()

    assert crm.fetch(Kind.CUSTOMER, ada.remote_id, deadline=hot()).etag == ada.etag


def test_an_object_needs_its_contact_first(crm: HubSpotConnector, ada: Remote) -> None:
    for write in (booked(ada), billed(ada)):
        with pytest.raises(MissingRelation) as failure:
            crm.create(replace(write, related={}), deadline=hot())
        assert failure.value.kind == Kind.CUSTOMER


def test_creating_an_appointment_twice_names_the_first(crm: HubSpotConnector, ada: Remote) -> None:
    write = booked(ada)
    first = crm.create(write, deadline=hot())

    with pytest.raises(DuplicateRemote) as failure:
        crm.create(write, deadline=hot())
    (found,) = crm.find_by_marker(write, deadline=hot())

    assert failure.value.remote_id == first.remote_id == found.remote_id
    assert found.marker == write.marker


def test_the_marker_is_looked_up_without_the_lagging_search(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    api.post("/_faults", json={"search_lag_s": 3600})
    write = booked(ada)
    assert crm.find_by_marker(write, deadline=hot()) == ()

    crm.create(write, deadline=hot())

    assert len(crm.find_by_marker(write, deadline=hot())) == 1
    assert not any("search" in entry["path"] for entry in log(api))


def test_an_update_writes_only_what_changed_and_returns_the_whole(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    write = booked(ada)
    remote = crm.create(write, deadline=hot())
    api.delete("/_log")
    canceled = changed(write, status="canceled", title="not named, not written")

    updated = crm.update(canceled, remote.place, frozenset({"status"}), deadline=hot())

    written = [entry["request"] for entry in log(api) if entry["method"] == "PATCH"]
    assert written == [{"properties": {"hs_meeting_outcome": "CANCELED"}}]
    assert updated.atoms == {**remote.atoms, "status": "canceled"}
    assert updated.etag == crm.fetch(Kind.APPOINTMENT, remote.remote_id, deadline=hot()).etag


def test_an_update_over_somebody_else_s_edit_is_refused(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    write = booked(ada)
    remote = crm.create(write, deadline=hot())
    edit = {"properties": {"hs_meeting_title": "Their title"}}
    api.patch(f"{OBJECTS}/meetings/{remote.remote_id}", json=edit).raise_for_status()

    with pytest.raises(PreconditionFailed):
        crm.update(write, remote.place, frozenset({"status"}), deadline=hot())


def test_a_customer_who_was_merged_here_is_linked_there_as_well(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    write = booked(ada)
    remote = crm.create(write, deadline=hot())
    survivor = crm.create(customer(), deadline=hot())
    moved = replace(write, related={Kind.CUSTOMER.value: survivor.remote_id})

    crm.update(moved, remote.place, frozenset({Kind.CUSTOMER.value}), deadline=hot())

    links = stored(api, "meetings", remote.remote_id)["associations"]["contacts"]["results"]
    assert survivor.remote_id in [link["id"] for link in links]


def test_a_cleared_value_is_cleared_there(crm: HubSpotConnector, api: httpx.Client) -> None:
    write = customer(company="Engines")
    remote = crm.create(write, deadline=hot())

    cleared = crm.update(
        changed(write, company=""), remote.place, frozenset({"company"}), deadline=hot()
    )

    found = stored(api, "contacts", remote.remote_id, "company")
    assert cleared.atoms["company"] == ""
    assert not found["properties"]["company"]


def test_no_run_ever_calls_the_files_api_or_line_items(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client
) -> None:
    crm.create(billed(ada), deadline=hot())
    feed(crm, "deals", None)

    paths = {entry["path"] for entry in log(api)}
    assert paths
    assert not any("file" in path or "line_item" in path or "0-8" in path for path in paths)
