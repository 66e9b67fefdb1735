"""A POST that is repeated under its Idempotency-Key has its effect once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest
from django.db import connection

from customers.models import Customer
from hub import locks
from hub.models import ApiKey, StoredAnswer
from tests.factories.clients import ApiClient, api_key

CARDS = "/api/v1/cards"
TWINS = 30

pytestmark = pytest.mark.urls("tests.hub.rest_sample")


@pytest.fixture
def tool(db: None) -> ApiClient:
    return api_key()


def test_a_repeat_is_answered_from_memory(tool: ApiClient) -> None:
    first = tool.post(CARDS, {"name": "Ada"}, key="k")
    again = tool.post(CARDS, b'{ "name" : "Ada" }', key="k")

    assert (again.status_code, again.json()) == (201, first.json())
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Customer.objects.count() == 1


def test_another_body_or_path_under_the_same_key_is_refused(tool: ApiClient) -> None:
    made = tool.post(CARDS, {"name": "Ada"}, key="k")

    body = tool.post(CARDS, {"name": "Bea"}, key="k")
    path = tool.post(f"{made['Location']}/rename", {"name": "Ada"}, key="k", etag=made["ETag"])

    assert [answer.status_code for answer in (body, path)] == [422, 422]
    assert body.json()["code"] == "idempotency_key_reused"


def test_keys_of_different_callers_do_not_meet(tool: ApiClient) -> None:
    tool.post(CARDS, {"name": "Ada"}, key="k")

    other = api_key().post(CARDS, {"name": "Bea"}, key="k")

    assert other.json()["name"] == "Bea"


def test_a_refused_request_leaves_no_answer_and_may_be_tried_again(tool: ApiClient) -> None:
    refused = tool.post(CARDS, {"name": "forbidden"}, key="k")
    made = tool.post(CARDS, {"name": "Ada"}, key="k")

    assert (refused.status_code, made.status_code) == (400, 201)


def test_an_answer_that_cannot_be_kept_takes_the_effect_with_it(
    tool: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_values: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(StoredAnswer.objects, "create", fail)
    with pytest.raises(ConnectionError):
        tool.post(CARDS, {"name": "Ada"}, key="k")

    assert not Customer.objects.exists()


def test_a_repeated_change_is_answered_although_the_version_has_moved(tool: ApiClient) -> None:
    made = tool.post(CARDS, {"name": "Ada"})
    path = f"{made['Location']}/rename"

    first = tool.post(path, {"name": "Bea"}, key="k", etag=made["ETag"])
    again = tool.post(path, {"name": "Bea"}, key="k", etag=made["ETag"])

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()


@pytest.mark.parametrize("key", ["x" * 256, "naïve", "tab\tstop"])
def test_a_key_that_cannot_be_one_is_refused(tool: ApiClient, key: str) -> None:
    refused = tool.post(CARDS, {"name": "Ada"}, key=key)

    assert refused.status_code == 400
    assert not Customer.objects.exists()


def another_connection() -> psycopg.Connection:
    values = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    return psycopg.connect(**{name: values[name] for name in names})


def race(tool: ApiClient) -> Counter[int]:
    """Send the same request from thirty threads at the same moment; count the answers."""
    start = Barrier(TWINS)

    def send(_number: int) -> int:
        client = ApiClient(tool.headers)
        start.wait()
        try:
            return int(client.post(CARDS, {"name": "Ada"}, key="race").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(TWINS) as threads:
        return Counter(threads.map(send, range(TWINS)))


@pytest.mark.django_db(transaction=True)
def test_thirty_twins_have_one_effect_and_the_others_are_told_at_once() -> None:
    answers = race(api_key())

    assert Customer.objects.count() == 1
    assert answers[201] >= 1
    assert answers[201] + answers[409] == TWINS


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_twins_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: what the lock is for shows as soon as it is gone."""
    monkeypatch.setattr(locks, "try_exclusively", lambda _key: True)
    waits = Barrier(2, timeout=5)
    original = StoredAnswer.objects.create

    def create(**values: Any) -> StoredAnswer:
        waits.wait()  # both twins have done their work before either can keep its answer
        return original(**values)

    monkeypatch.setattr(StoredAnswer.objects, "create", create)
    tool = api_key()

    def send(_number: int) -> int:
        try:
            return int(ApiClient(tool.headers).post(CARDS, {"name": "Ada"}, key="k").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = Counter(threads.map(send, range(2)))

    # The unique constraint still keeps one of the two; the other one did its work in vain.
    assert answers == {201: 1, 409: 1}
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_twin_under_way_is_named_as_such() -> None:
    tool = api_key()
    held = f"idempotency:key:{ApiKey.objects.get().pk}:k"
    with another_connection() as twin:
        twin.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [held])
        refused = tool.post(CARDS, {"name": "Ada"}, key="k")
    freed = tool.post(CARDS, {"name": "Ada"}, key="k")

    assert (refused.status_code, refused.json()["code"]) == (409, "still_running")
    assert refused["Retry-After"] == "1"
    assert freed.status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_record_that_somebody_holds_is_busy_and_nothing_is_changed() -> None:
    tool = api_key()
    made = tool.post(CARDS, {"name": "Ada"})
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    with another_connection() as other:
        other.execute("SELECT FROM customers_customer FOR UPDATE")
        busy = tool.patch(made["Location"], {"name": "Bea"}, etag=made["ETag"])

    assert (busy.status_code, busy.json()["code"]) == (503, "busy")
    assert busy["Retry-After"] == "1"
    assert tool.get(made["Location"]).json()["name"] == "Ada"
