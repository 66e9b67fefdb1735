"""What load balancers ask."""

from typing import Any

import pytest
from django.test import Client

from hub.web import health

pytestmark = pytest.mark.django_db


def test_a_living_process_says_so_without_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/healthz").json() == {"status": "ok"}


def test_ready_means_database_and_migrations() -> None:
    answer = Client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["checks"] | {"broker": "ok"} == {
        "database": "ok",
        "migrations": "ok",
        "broker": "ok",
    }


def test_a_broker_that_is_away_does_not_count(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()["checks"]["broker"]) == (200, "failed")


def test_missing_migrations_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def behind() -> None:
        raise health._Behind

    monkeypatch.setattr(health, "_require_migrations", behind)

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
