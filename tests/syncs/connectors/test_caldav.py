"""The calendar connector against a real server: what is written is there, and stays ours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from syncs.connectors.base import (
    Account,
    Inbound,
    Kind,
    OnCancel,
    Removed,
)
from syncs.connectors.caldav.connector import CalDavConnector
from syncs.deadlines import Deadline
from syncs.failures import (
    AuthFailed,
    ContainerGone,
    DuplicateRemote,
    Forged,
    Gone,
    Invalid,
    PreconditionFailed,
    Refused,
)
from tests.syncs.connectors.calendars import created, feed, hot
from tests.syncs.connectors.people import CONNECTION, HAIRCUT, appointment, changed
from tests.syncs.connectors.servers import Server

Opener = Callable[..., CalDavConnector]

KIND = Kind.APPOINTMENT

NOW = datetime(2027, 1, 2, tzinfo=UTC)


def test_preflight_proves_what_the_server_can_do_and_leaves_nothing(
    calendar: CalDavConnector,
) -> None:
    _, before = feed(calendar, None)

    found = calendar.preflight(deadline=Deadline.long())

    assert not found.is_blocked
    assert found.capabilities == {"sync_collection": True, "put_etag": True}
    assert {check.level for check in found.checks} == {"ok"}
    assert [type(item) for item in feed(calendar, before)[0]] in ([], [Removed])


def test_preflight_says_in_words_that_the_calendar_is_missing(
    calendar_url: str, open_calendar: Opener
) -> None:
    missing = open_calendar(url=f"{calendar_url}nowhere/")

    found = missing.preflight(deadline=Deadline.long())

    assert found.is_blocked
    assert [check.code for check in found.checks] == ["calendar_missing"]


def test_preflight_blocks_what_is_no_calendar(
    calendar_server: Server, open_calendar: Opener
) -> None:
    found = open_calendar(url=f"{calendar_server.url}/ben/").preflight(deadline=Deadline.long())

    assert [check.code for check in found.checks if check.level == "block"] == ["no_calendar"]


def test_a_created_appointment_stands_on_the_server_under_its_fixed_name(
    calendar: CalDavConnector, calendar_url: str, ben: httpx.Client
) -> None:
    write, remote = created(calendar)

    stored = ben.get(f"{calendar_url}hub-{write.idem_key}.ics")

    assert stored.headers["ETag"] == remote.etag
    assert f"UID:{write.idem_key}@hub.internal" in stored.text
    assert (remote.atoms, remote.marker) == (calendar.as_seen(KIND, HAIRCUT), write.marker)
    assert calendar.fetch(KIND, remote.remote_id, deadline=hot()).atoms == remote.atoms


def test_creating_twice_is_a_duplicate_and_our_own_is_found_by_its_marker(
    calendar: CalDavConnector,
) -> None:
    write, remote = created(calendar)

    with pytest.raises(DuplicateRemote) as failure:
        calendar.create(write, deadline=hot())
    (found,) = calendar.find_by_marker(write, deadline=hot())

    assert failure.value.remote_id == remote.remote_id
    assert (found.remote_id, found.etag, found.marker) == (
        remote.remote_id,
        remote.etag,
        write.marker,
    )


def test_nothing_is_found_by_the_marker_of_what_was_never_created(
    calendar: CalDavConnector,
) -> None:
    assert calendar.find_by_marker(appointment(), deadline=hot()) == ()


def test_an_event_that_a_program_stored_under_another_name_is_found_by_its_uid(
    calendar: CalDavConnector, calendar_url: str, ben: httpx.Client
) -> None:
    write, remote = created(calendar)
    text = ben.get(calendar_url + remote.remote_id).text.replace(write.marker, "lost")
    ben.delete(calendar_url + remote.remote_id).raise_for_status()
    ben.put(f"{calendar_url}renamed.ics", content=text).raise_for_status()

    with pytest.raises(DuplicateRemote) as failure:
        calendar.create(write, deadline=hot())
    (found,) = calendar.find_by_marker(write, deadline=hot())

    assert (found.remote_id, found.marker) == ("renamed.ics", write.marker)
    assert failure.value.http_status == 409


def test_an_update_writes_over_the_version_it_was_based_on_and_no_other(
    calendar: CalDavConnector,
) -> None:
    write, remote = created(calendar)
    renamed = changed(write, title="Haircut and beard")

    updated = calendar.update(renamed, remote.place, frozenset({"title"}), deadline=hot())

    assert updated.atoms == {**remote.atoms, "title": "Haircut and beard"}
    with pytest.raises(PreconditionFailed):
        calendar.update(
            changed(write, title="x"), remote.place, frozenset({"title"}), deadline=hot()
        )
    unread = replace(remote.place, raw=None)
    with pytest.raises(PreconditionFailed):
        calendar.update(write, unread, frozenset({"title"}), deadline=hot())


def test_an_update_without_the_stored_text_reads_it_first(calendar: CalDavConnector) -> None:
    write, remote = created(calendar)
    place = replace(remote.place, raw=None)

    updated = calendar.update(
        changed(write, title="New"), place, frozenset({"title"}), deadline=hot()
    )

    assert updated.atoms["title"] == "New"


def test_an_update_that_says_nothing_new_writes_nothing(calendar: CalDavConnector) -> None:
    write, remote = created(calendar)

    same = calendar.update(write, remote.place, frozenset(HAIRCUT), deadline=hot())

    assert same.etag == remote.etag


def test_what_a_person_added_survives_our_edit(
    calendar: CalDavConnector, calendar_url: str, ben: httpx.Client
) -> None:
    write, remote = created(calendar)
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT10M\r\nEND:VALARM\r\n"
    text = (
        ben.get(calendar_url + remote.remote_id).text.replace("\r\n", "\n").replace("\n", "\r\n")
    )
    text = text.replace("END:VEVENT", f"X-COLOR:teal\r\n{alarm}END:VEVENT")
    ben.put(calendar_url + remote.remote_id, content=text).raise_for_status()
    seen = calendar.fetch(KIND, remote.remote_id, deadline=hot())

    calendar.update(changed(write, title="New"), seen.place, frozenset({"title"}), deadline=hot())

    stored = ben.get(calendar_url + remote.remote_id).text
    assert "SUMMARY:New" in stored
    assert "X-COLOR:teal" in stored
    assert "TRIGGER:-PT10M" in stored


def test_a_deleted_event_is_gone_for_every_call(calendar: CalDavConnector) -> None:
    write, remote = created(calendar)

    calendar.delete(KIND, remote.place, deadline=hot())

    with pytest.raises(Gone):
        calendar.fetch(KIND, remote.remote_id, deadline=hot())
    with pytest.raises((Gone, PreconditionFailed)):
        calendar.delete(KIND, remote.place, deadline=hot())
    with pytest.raises(PreconditionFailed):
        calendar.update(
            changed(write, title="x"), remote.place, frozenset({"title"}), deadline=hot()
        )
    assert calendar.create(write, deadline=hot()).remote_id == remote.remote_id


def test_a_changed_event_is_not_deleted(
    calendar: CalDavConnector, calendar_url: str, ben: httpx.Client
) -> None:
    _, remote = created(calendar)
    text = ben.get(calendar_url + remote.remote_id).text.replace("Haircut", "Cut")
    ben.put(calendar_url + remote.remote_id, content=text).raise_for_status()

    with pytest.raises(PreconditionFailed):
        calendar.delete(KIND, remote.place, deadline=hot())


def test_a_missing_calendar_is_never_taken_for_missing_events(
    calendar: CalDavConnector, calendar_url: str, ben: httpx.Client
) -> None:
    write, remote = created(calendar)
    _, cursor = feed(calendar, None)
    ben.delete(calendar_url).raise_for_status()

    with pytest.raises(ContainerGone):
        calendar.fetch(KIND, remote.remote_id, deadline=hot())
    with pytest.raises(ContainerGone):
        feed(calendar, cursor)
    with pytest.raises(ContainerGone):
        calendar.find_by_marker(write, deadline=hot())
    with pytest.raises(ContainerGone):
        calendar.create(write, deadline=hot())


def test_a_wrong_password_is_a_matter_of_credentials(open_calendar: Opener) -> None:
    stranger = open_calendar(password="guessed")

    for call in (
        lambda: stranger.preflight(deadline=hot()),
        lambda: stranger.changes("events", None, deadline=hot()),
        lambda: stranger.create(appointment(), deadline=hot()),
    ):
        with pytest.raises(AuthFailed):
            call()


def test_a_calendar_on_this_machine_needs_the_allow_list(calendar_url: str) -> None:
    with pytest.raises(Refused):
        CalDavConnector(Account(CONNECTION, "caldav", {"calendar_url": calendar_url}, {}))


def test_calendars_hold_appointments_ring_nobody_and_may_delete_on_cancel(
    open_calendar: Opener, calendar: CalDavConnector
) -> None:
    deleting = open_calendar(config={"on_cancel": "delete"})

    assert (calendar.on_cancel, deleting.on_cancel) == (OnCancel.MARK, OnCancel.DELETE)
    assert calendar.subscribe("events", "https://hub.example.com/", deadline=hot()) is None
    with pytest.raises(Forged):
        calendar.verify(Inbound("POST", "", {}, b""), at=NOW)
    with pytest.raises(Invalid):
        calendar.fetch(Kind.INVOICE, "x.ics", deadline=hot())
    with pytest.raises(Invalid):
        calendar.changes("contacts", None, deadline=hot())
