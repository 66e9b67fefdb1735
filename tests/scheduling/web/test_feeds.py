"""The door for calendar programs: what it answers, to whom, and what it keeps to itself."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.test import Client
from icalendar import Calendar

from hub import logs
from hub.accounts.people import deactivate_person
from scheduling.models import Staff
from scheduling.subscribing import revoke_feed
from scheduling.web import feeds
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, feed, staff
from tests.scheduling.web.conftest import NOW

pytestmark = pytest.mark.django_db
UNKNOWN = "A" * 43


@pytest.fixture
def phone() -> Client:
    """A program that has never signed in."""
    return Client()


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the program writes to its log, in its own format, down to the last detail."""
    formatter = logs.configure(level="DEBUG")["formatters"]["json"]
    written, kind = io.StringIO(), formatter.pop("()")
    handler = logging.StreamHandler(written)
    handler.setFormatter(kind(**formatter))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def path(token: str) -> str:
    return f"/feeds/{token}.ics"


def test_a_program_reads_it_without_signing_in(dina: Staff, phone: Client) -> None:
    booked(client("Mara Winter"), staff=dina)

    answer = phone.get(path(feed(dina).token))

    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["summary"]) == "Haircut · Mara W."
    assert {name: answer[name] for name in ("Content-Type", "Cache-Control", "X-Robots-Tag")} == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex, nofollow",
    }
    assert not answer.cookies


def test_who_has_it_is_told_that_nothing_has_changed(dina: Staff, phone: Client) -> None:
    made = path(feed(dina).token)
    etag = phone.get(made)["ETag"]

    same = phone.get(made, headers={"If-None-Match": etag})
    weak = phone.get(made, headers={"If-None-Match": f'"x", W/{etag}'})
    booked(staff=dina)
    changed = phone.get(made, headers={"If-None-Match": etag})

    assert [answer.status_code for answer in (same, weak, changed)] == [304, 304, 200]
    assert (same.content, same["ETag"]) == (b"", etag)
    assert changed["ETag"] != etag


def test_the_headers_can_be_asked_for_alone_and_nothing_is_written(
    dina: Staff, phone: Client
) -> None:
    made = path(feed(dina).token)

    head = phone.head(made)

    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == phone.get(made)["ETag"]
    refused = [getattr(phone, verb)(made).status_code for verb in ("post", "put", "delete")]
    assert refused == [405, 405, 405]


def test_whatever_is_closed_looks_like_what_never_was(dina: Staff, phone: Client) -> None:
    person("Administrator")
    revoked, left = feed(dina), feed(dina, maker=person("Manager", name="Mo Left"))
    revoke_feed(revoked.feed.pk, at=NOW, by=actor(person("Manager", name="Jo Here")))
    assert left.feed.owner_id
    deactivate_person(left.feed.owner_id, by=SETUP)
    gone = staff("Gone", place=dina.location)
    ended = feed(gone)
    Staff.objects.filter(pk=gone.pk).update(is_active=False)

    answers = [
        told(phone.get(path(token)))
        for token in (UNKNOWN, "x", revoked.token, left.token, ended.token)
    ]

    assert answers[0][:2] == (404, b"There is nothing here.\n")
    assert answers == [answers[0]] * 5


def told(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    return answer.status_code, answer.content, dict(answer.headers)


def test_a_browser_that_has_signed_in_reads_it_with_the_eyes_of_its_maker(
    dina: Staff, paula: Client
) -> None:
    booked(client("Mara Winter"), staff=dina)

    answer = paula.get(path(feed(dina).token))

    assert "Mara W." in answer.text
    assert not answer.cookies


def test_one_address_is_read_so_often_a_minute_and_others_go_on(
    dina: Staff, phone: Client, clock: Any
) -> None:
    busy, other = path(feed(dina).token), path(feed(dina).token)

    found = [phone.get(busy).status_code for _ in range(feeds.READS_PER_MINUTE + 1)]
    refused = phone.get(busy)

    assert found == [200] * feeds.READS_PER_MINUTE + [429]
    assert 0 < int(refused["Retry-After"]) <= 60
    assert phone.get(other).status_code == 200
    clock.shift(timedelta(minutes=1))
    assert phone.get(busy).status_code == 200


def test_guessing_is_counted_by_where_it_comes_from(
    dina: Staff, phone: Client, settings: Any
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3

    made, stranger = path(feed(dina).token), "192.0.2.7"

    def ask(address: str, *, asker: str) -> int:
        return int(phone.get(address, REMOTE_ADDR=asker).status_code)

    found = [ask(path(f"{number:043}"), asker=stranger) for number in range(4)]

    assert found == [404, 404, 404, 429]
    assert (ask(made, asker=stranger), ask(made, asker="192.0.2.8")) == (429, 200)


def test_the_log_does_not_have_the_address(
    dina: Staff, phone: Client, logged: io.StringIO
) -> None:
    made, closed = feed(dina).token, feed(dina)
    revoke_feed(closed.feed.pk, at=NOW, by=actor(person("Manager", name="Jo Here")))

    phone.get(path(made))
    phone.post(path(made))
    phone.get(path(closed.token))
    Client(enforce_csrf_checks=True).post(path(made))
    phone.get(path(made) + "x")
    structlog.get_logger("hub").warning("odd", request=f"GET /feeds/{made}.ics")

    written = logged.getvalue()
    assert [token for token in (made, closed.token) if token in written] == []
    # The negative control: the lines are there, without what must not be in them.
    assert said(written) >= {
        "GET /feeds/…",
        "Not Found: /feeds/…",
        "Method Not Allowed (POST): /feeds/…",
        "Forbidden (CSRF cookie not set.): /feeds/…",
    }


def said(written: str) -> set[str]:
    lines = [json.loads(line) for line in written.splitlines()]
    return {str(value) for line in lines for value in line.values()}


def test_other_paths_are_logged_as_they_are(phone: Client, logged: io.StringIO) -> None:
    person("Administrator")
    pk = "0" * 32

    phone.get(f"/api/v1/feeds/fed_{pk}")
    phone.get("/accounts/password/reset/key/3-abc-def/")

    written = logged.getvalue()
    assert f"/api/v1/feeds/fed_{pk}" in written
    assert "abc-def" not in written


def test_everybody_reads_what_was_booked_meanwhile(dina: Staff, phone: Client) -> None:
    made = path(feed(dina).token)
    booked(staff=dina, start=MONDAY_9)

    assert phone.get(made).content.count(b"BEGIN:VEVENT") == 1
