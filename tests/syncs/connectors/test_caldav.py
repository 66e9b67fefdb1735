"""The calendar connector against a real server: what is written is there, and comes back."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from syncs.connectors.base import (
    Account,
    Inbound,
    Kind,
    OnCancel,
    Page,
    Remote,
    Removed,
    Write,
)
from syncs.connectors.caldav.connector import CHUNK, CalDavConnector
from syncs.deadlines import Deadline
from syncs.failures import (
    AuthFailed,
    ContainerGone,
    CursorInvalid,
    DuplicateRemote,
    Forged,
    Gone,
    Invalid,
    PreconditionFailed,
    Refused,
)
from tests.syncs.connectors.conftest import calendar_connector
from tests.syncs.connectors.people import CONNECTION, HAIRCUT, appointment, changed
from tests.syncs.connectors.servers import Server, make_calendar, radicale

Opener = Callable[..., CalDavConnector]
KIND = Kind.APPOINTMENT
ICS = {"Content-Type": "text/calendar"}
NOW = datetime(2027, 1, 2, tzinfo=UTC)
MODES = [{"sync_collection": True}, {"sync_collection": False}]


def hot() -> Deadline:
    return Deadline.hot()


def created(calendar: CalDavConnector, **atoms: str) -> tuple[Write, Remote]:
    write = appointment(**atoms)
    return write, calendar.create(write, deadline=hot())


def feed(calendar: CalDavConnector, cursor: str | None) -> tuple[list[Remote | Removed], str]:
    """Follow the feed to its end."""
    items: list[Remote | Removed] = []
    while True:
        page = calendar.changes("events", cursor, deadline=hot())
        items += page.items
        cursor = page.next_cursor
        assert cursor is not None
        if not page.more:
            return items, cursor


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


@pytest.mark.parametrize("capabilities", MODES)
def test_the_feed_shows_a_move_and_a_deletion_and_then_nothing(
    open_calendar: Opener,
    calendar_url: str,
    ben: httpx.Client,
    capabilities: dict[str, object],
) -> None:
    calendar = open_calendar(capabilities=capabilities)
    _, remote = created(calendar)
    _, other = created(calendar)
    first, cursor = feed(calendar, None)
    assert {item.remote_id for item in first} == {remote.remote_id, other.remote_id}

    text = ben.get(calendar_url + remote.remote_id).text
    moved = text.replace("T100000", "T120000").replace("T110000", "T130000")
    ben.put(calendar_url + remote.remote_id, content=moved).raise_for_status()
    ben.delete(calendar_url + other.remote_id).raise_for_status()
    items, cursor = feed(calendar, cursor)

    gone = [item for item in items if isinstance(item, Removed)]
    (here,) = [item for item in items if isinstance(item, Remote)]
    assert [item.remote_id for item in gone] == [other.remote_id]
    assert here.marker == remote.marker
    assert here.atoms["when"] == {
        "start": "2027-03-24T11:00:00Z",
        "end": "2027-03-24T12:00:00Z",
        "tz": "Europe/Berlin",
    }
    assert feed(calendar, cursor)[0] == []


@pytest.mark.parametrize("capabilities", MODES)
def test_our_own_write_comes_back_with_the_etag_we_know(
    open_calendar: Opener, capabilities: dict[str, object]
) -> None:
    calendar = open_calendar(capabilities=capabilities)
    _, cursor = feed(calendar, None)

    _, remote = created(calendar)
    items, _ = feed(calendar, cursor)

    assert [(item.remote_id, item.etag) for item in items if isinstance(item, Remote)] == [
        (remote.remote_id, remote.etag)
    ]


@pytest.mark.parametrize("capabilities", MODES)
def test_a_long_list_comes_in_pages_that_can_be_resumed(
    open_calendar: Opener,
    calendar_url: str,
    ben: httpx.Client,
    capabilities: dict[str, object],
) -> None:
    event = "BEGIN:VEVENT\r\nUID:{}\r\nDTSTART:20270324T090000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
    events = "".join(event.format(number) for number in range(CHUNK))
    whole = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n"
    ben.put(calendar_url, content=whole, headers=ICS).raise_for_status()
    calendar = open_calendar(capabilities=capabilities)
    _, remote = created(calendar)

    page = calendar.changes("events", None, deadline=Deadline.long())
    again: list[Page] = [
        calendar.changes("events", page.next_cursor, deadline=hot()) for _ in range(2)
    ]

    assert (len(page.items), page.more) == (CHUNK, True)
    assert again[0] == again[1]
    assert (len(again[0].items), again[0].more) == (1, False)
    markers = {i.marker for p in (page, again[0]) for i in p.items if isinstance(i, Remote)}
    assert markers == {None, remote.marker}


def test_a_copy_made_by_a_person_is_a_private_event(
    calendar: CalDavConnector, calendar_url: str, ben: httpx.Client
) -> None:
    write, remote = created(calendar)
    text = ben.get(calendar_url + remote.remote_id).text
    copied = text.replace(f"{write.idem_key}@hub.internal", "5AE1-COPY")
    ben.put(f"{calendar_url}copy.ics", content=copied).raise_for_status()

    items, _ = feed(calendar, None)

    markers = {item.remote_id: item.marker for item in items if isinstance(item, Remote)}
    assert markers == {remote.remote_id: write.marker, "copy.ics": None}


def test_an_unknown_place_in_the_feed_asks_for_a_full_run(calendar: CalDavConnector) -> None:
    _, cursor = feed(calendar, None)
    forged = cursor.replace("/sync/", "/sync/00")

    for text in (forged, "not json", "[1]", '["etags", null, {}, [], false]'):
        with pytest.raises(CursorInvalid):
            calendar.changes("events", text, deadline=hot())


def test_a_token_the_server_has_thrown_away_asks_for_a_full_run(
    tmp_path: Path, opened: ExitStack
) -> None:
    with radicale(tmp_path, token_age_seconds=0) as server:
        calendar = calendar_connector(server, make_calendar(server, "cal"))
        opened.callback(calendar.close)
        _, cursor = feed(calendar, None)
        created(calendar)
        feed(calendar, None)  # the server cleans up old tokens when it makes a new one

        with pytest.raises(CursorInvalid) as failure:
            feed(calendar, cursor)

    assert failure.value.http_status == 403


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
