"""What changed in a calendar, by tokens and by comparing etags."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from syncs.connectors.base import (
    Page,
    Remote,
    Removed,
)
from syncs.connectors.caldav.connector import CHUNK, CalDavConnector
from syncs.deadlines import Deadline
from syncs.failures import (
    CursorInvalid,
)
from tests.syncs.connectors.calendars import created, feed, hot
from tests.syncs.connectors.conftest import calendar_connector
from tests.syncs.connectors.servers import make_calendar, radicale

Opener = Callable[..., CalDavConnector]

ICS = {"Content-Type": "text/calendar"}

MODES = [{"sync_collection": True}, {"sync_collection": False}]


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
