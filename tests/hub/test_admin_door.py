"""The support admin has no door of its own."""

import pytest
from django.test import Client
from pytest_django.asserts import assertRedirects

from hub.web import first_run
from tests.factories.clients import signed_in
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_run, "_known_to_be_set_up", True)


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_admin_cannot_be_used_to_try_passwords_without_limit(method: str) -> None:
    sent = {"username": "somebody@hub.example", "password": "a guess, one of many"}

    answer = getattr(Client(), method)("/admin/login/", sent)

    assertRedirects(answer, answer.headers["Location"], fetch_redirect_response=False)
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_who_is_signed_in_and_no_support_is_refused() -> None:
    assert signed_in(person("Administrator")).get("/admin/login/").status_code == 403
