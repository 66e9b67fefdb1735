"""Series over the API: preview, all or nothing, what follows, pause and end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.access import Capability
from hub.identifiers import public_id
from scheduling.models import Series
from tests.factories.clients import api_key
from tests.factories.scheduling import booked, client, service, staff

pytestmark = pytest.mark.django_db
URL = "/api/v1/series"
# Far enough ahead of the clock of this machine, at 10:00 in Berlin.
START = datetime(2099, 3, 2, 9, 0, tzinfo=UTC)


def wish(**changes: Any) -> dict[str, Any]:
    hired = changes.pop("hired", None) or staff("Dina Falk")
    return {
        "customer": public_id("cus", client().pk),
        "service": public_id("svc", service().pk),
        "staff": public_id("stf", hired.pk),
        "start_at": "2099-03-02T10:00:00+01:00",
        "unit": "week",
        "interval": 2,
        "count": 3,
    } | changes


def url_of(series: Series, action: str = "") -> str:
    return f"{URL}/{public_id('ser', series.pk)}{action}"


def etag(series: Series) -> str:
    seen: str = api_key().get(url_of(series))["ETag"]
    return seen


def started(**changes: Any) -> Series:
    answer = api_key().post(URL, wish(**changes))
    assert answer.status_code == 201, answer.json()
    return Series.objects.latest("created_at")


def test_a_series_answers_with_its_rule_and_its_visits_are_appointments() -> None:
    answer = api_key().post(URL, wish())

    series, body = Series.objects.get(), answer.json()
    assert answer.status_code == 201
    assert answer["Location"].endswith(url_of(series))
    assert body["rrule"] == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=3"
    assert body["in_words"] == "every 2 weeks on Monday, 3 times"
    assert (body["start_time"], body["time_zone"]) == ("10:00", "Europe/Berlin")
    listed = api_key().get(f"/api/v1/appointments?series={body['id']}").json()["data"]
    assert [visit["occurs_on"] for visit in listed] == ["2099-03-02", "2099-03-16", "2099-03-30"]
    assert {visit["series"] for visit in listed} == {body["id"]}


def test_a_preview_names_what_stands_against_each_date_and_saves_nothing() -> None:
    hired = staff("Dina Falk")
    booked(staff=hired, start=START + timedelta(weeks=2))

    body = api_key().post(f"{URL}/preview", wish(hired=hired)).json()

    assert [visit["date"] for visit in body["data"]] == ["2099-03-02", "2099-03-16", "2099-03-30"]
    assert [len(visit["reasons"]) for visit in body["data"]] == [0, 1, 0]
    assert body["goes_on"] is False
    assert not Series.objects.exists()


def test_a_date_that_is_taken_refuses_all_until_it_is_left_out() -> None:
    hired = staff("Dina Falk")
    booked(staff=hired, start=START + timedelta(weeks=2))
    asked = wish(hired=hired)

    refused = api_key().post(URL, asked)

    assert (refused.status_code, refused.json()["code"]) == (409, "visits_refused")
    told = refused.json()["details"]["visits"]
    assert [one["date"] for one in told] == ["2099-03-16"]
    made = api_key().post(URL, asked | {"leave_out": [one["date"] for one in told]})
    assert made.status_code == 201
    assert made.json()["left_out"] == [
        {"date": "2099-03-16", "reason": "Left out when it was booked."}
    ]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"interval": 0}, "/interval"),
        ({"count": 10**6}, "/count"),
        ({"unit": "hour"}, "/unit"),
        ({"weekdays": ["XX"]}, "/weekdays/0"),
        ({"until": "2099-03-01", "count": None}, "/count"),
        ({"count": 3, "until": "2099-05-01"}, "/count"),
        ({"start_at": "2099-03-02T10:00:00"}, "/start_at"),
        ({"leave_out": ["soon"]}, "/leave_out/0"),
        ({"leave_out": ["2099-03-02", "2099-03-16", "2099-03-30"]}, "/leave_out"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(wrong: dict[str, Any], pointer: str) -> None:
    answer = api_key().post(URL, wish(**wrong))

    assert answer.status_code == 400, answer.json()
    assert f"#{pointer}" in [error["pointer"] for error in answer.json()["errors"]]
    assert not Series.objects.exists()


def test_what_follows_goes_on_as_another_series() -> None:
    series = started()

    changed = api_key().post(
        url_of(series, "/following"),
        {"from_date": "2099-03-16", "start_time": "15:00"},
        etag=etag(series),
    )

    assert changed.status_code == 201, changed.json()
    body = changed.json()
    assert (body["start_time"], body["continues"]) == ("15:00", public_id("ser", series.pk))
    new = Series.objects.get(continues=series)
    assert [str(visit.occurs_on) for visit in new.visits.order_by("start_at")] == [
        "2099-03-16",
        "2099-03-30",
    ]


def test_a_new_rule_is_named_whole() -> None:
    series = started()
    url = url_of(series, "/following")

    part = api_key().post(url, {"from_date": "2099-03-16", "count": 2}, etag=etag(series))
    whole = api_key().post(
        url,
        {"from_date": "2099-03-16", "first_date": "2099-03-17", "unit": "day", "count": 2},
        etag=etag(series),
    )

    assert (part.status_code, whole.status_code) == (400, 201)
    assert whole.json()["in_words"] == "every day, 2 times"


def test_pause_resume_and_end_need_the_version_that_was_seen() -> None:
    series = started()
    day = {"from_date": "2099-03-01"}

    assert api_key().post(url_of(series, "/pause"), day | {"reason": "Ill"}).status_code == 428
    seen = etag(series)
    paused = api_key().post(url_of(series, "/pause"), day | {"reason": "Ill"}, etag=seen)
    assert (paused.status_code, paused.json()["status"]) == (200, "paused")
    stale = api_key().post(url_of(series, "/resume"), day, etag=seen)
    assert stale.status_code == 412
    resumed = api_key().post(url_of(series, "/resume"), day, etag=etag(series))
    assert resumed.json()["status"] == "active"
    ended = api_key().post(url_of(series, "/end"), day | {"reason": "Moves"}, etag=etag(series))
    assert ended.json()["status"] == "ended"
    assert series.visits.filter(status="booked").count() == 0


def test_a_key_without_the_right_to_book_sees_and_does_not_change() -> None:
    series = started()
    reader = api_key(Capability.VIEW_CALENDAR)

    assert reader.get(url_of(series)).status_code == 200
    assert reader.get(f"{URL}?status=active").json()["data"][0]["code"] == series.code
    assert reader.post(URL, wish()).status_code == 403
    assert reader.post(f"{URL}/preview", wish()).status_code == 403
