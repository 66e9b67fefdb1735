"""The shell around every page, and what happens at its edge."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from hub.access import AccessDenied, public
from hub.accounts.models import User
from hub.errors import DomainError, StaleVersion
from hub.models import Business
from hub.web import first_run
from tests.factories.clients import signed_in
from tests.factories.people import person

pytestmark = pytest.mark.django_db
FAILURES: dict[str, tuple[Exception, int]] = {
    "rule": (DomainError("That is taken."), 409),
    "stale": (StaleVersion("Changed meanwhile."), 412),
    "denied": (AccessDenied("Not you."), 403),
    "absent": (Http404("no"), 404),
    "locked": (OperationalError("lock timeout"), 503),
    "nul": (DataError("NUL"), 400),
}


@public
def fail(request: HttpRequest, name: str) -> HttpResponse:
    raise FAILURES[name][0]


urlpatterns = [path("fail/<str:name>/", fail), path("", include("hub.urls"))]
handler404 = "hub.web.errors.not_found"
handler403 = "hub.web.errors.permission_denied"


@pytest.fixture(autouse=True)
def _set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_run, "_known_to_be_set_up", True)


@pytest.mark.urls("tests.hub.test_web")
@pytest.mark.parametrize("name", sorted(FAILURES))
@pytest.mark.parametrize(
    "headers", [{"Accept": "application/json"}, {"HX-Request": "true", "Accept": "*/*"}]
)
def test_scripts_get_problem_details(name: str, headers: dict[str, str]) -> None:
    answer = Client().get(f"/fail/{name}/", headers=headers)

    assert answer.status_code == FAILURES[name][1]
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


@pytest.mark.urls("tests.hub.test_web")
@pytest.mark.parametrize("name", sorted(FAILURES))
@pytest.mark.parametrize("role", [None, "Manager"])
def test_people_get_a_page(name: str, role: str | None) -> None:
    browser = signed_in(person(role)) if role else Client()

    answer = browser.get(f"/fail/{name}/", headers={"Accept": "text/html,*/*"})

    assert answer.status_code == FAILURES[name][1]
    assert answer["Content-Type"].startswith("text/html")
    assert b"<h1" in answer.content


@pytest.mark.urls("tests.hub.test_web")
def test_a_lock_that_is_held_asks_for_patience() -> None:
    assert Client().get("/fail/locked/")["Retry-After"] == "1"


def test_a_bug_is_answered_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.web import health

    def break_down(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(health, "_works", break_down)
    browser = Client(raise_request_exception=False)

    page = browser.get("/readyz")
    problem = browser.get("/readyz", headers={"Accept": "application/json"})

    assert (page.status_code, problem.status_code) == (500, 500)
    assert b"Something went wrong" in page.content
    assert problem.json()["code"] == "internal"


def test_an_unknown_address_is_a_page_or_a_problem() -> None:
    page, problem = Client().get("/nowhere/"), Client().get("/api/v1/nowhere")

    assert (page.status_code, problem.status_code) == (404, 404)
    assert problem["Content-Type"] == "application/problem+json"


def test_a_form_without_its_token_is_refused() -> None:
    browser = signed_in(person("Administrator"))
    browser.handler.enforce_csrf_checks = True

    page = browser.post("/settings/people/new/")
    problem = browser.post("/settings/people/new/", headers={"HX-Request": "true"})

    assert (page.status_code, problem.status_code) == (403, 403)
    assert problem.json()["code"] == "csrf_failed"


def test_the_start_page_is_the_first_that_one_may_open() -> None:
    opened = {
        role: signed_in(person(role)).get("/")["Location"]
        for role in ("Front desk", "Practitioner", "Billing", "Manager", "Administrator")
    }

    assert set(opened.values()) == {"/calendar/"}


def test_who_has_no_role_is_told_so() -> None:
    page = signed_in(person(None)).get("/")

    assert page.status_code == 200
    assert b"You have no role yet" in page.content


def test_nobody_is_sent_to_sign_in() -> None:
    answer = Client().get("/settings/people/")

    assert (answer.status_code, answer["Location"]) == (
        302,
        "/accounts/login/?next=/settings/people/",
    )


def test_the_navigation_shows_what_one_may_open() -> None:
    desk = signed_in(person("Front desk")).get("/customers/").content
    admin = signed_in(person("Administrator")).get("/customers/").content

    assert b'href="/settings/people/"' not in desk
    assert b'href="/settings/people/"' in admin
    assert b'href="/customers/" aria-current="page"' in desk


def test_a_name_with_nul_in_a_form_is_refused_at_its_field() -> None:
    admin = signed_in(person("Administrator"))

    answer = admin.post("/settings/people/new/", {"name": "a\x00b", "email": "a@hub.example"})

    assert answer.status_code == 422
    assert b"Null characters are not allowed" in answer.content


def test_old_cookies_are_worth_nothing_after_signing_out() -> None:
    browser = signed_in(person("Manager"))
    kept = browser.cookies["hub_session"].value
    browser.post("/accounts/logout/")
    thief = Client()
    thief.cookies["hub_session"] = kept

    assert thief.get("/").status_code == 302
    assert thief.get("/")["Location"].startswith("/accounts/login/")


def test_a_person_signs_in_by_the_form_and_the_time_is_noted() -> None:
    user = person("Manager")
    browser = Client()

    refused = browser.post("/accounts/login/", {"login": user.email, "password": "wrong wrong"})
    signed = browser.post(
        "/accounts/login/", {"login": user.email, "password": "correct horse battery"}
    )

    user.refresh_from_db()
    assert (refused.status_code, signed.status_code) == (200, 302)
    assert user.last_login is not None
    assert user.history.count() == 1


def test_a_new_password_is_in_the_history_under_its_owner() -> None:
    user = person("Manager")
    browser = signed_in(user)
    old, new = "correct horse battery", "staple battery horse"

    changed = browser.post(
        "/accounts/password/change/",
        {"oldpassword": old, "password1": new, "password2": new},
    )

    latest = user.history.first()
    assert changed.status_code == 302
    assert (latest.actor_name, latest.history_change_reason) == ("Ada Manager", "New password")
    assert Client().login(email=user.email, password=new)


def test_the_shell_costs_the_same_on_every_page_and_nothing_on_a_fragment(
    django_assert_max_num_queries: Any,
) -> None:
    ada = signed_in(person("Manager"))

    with django_assert_max_num_queries(9):
        ada.get("/")
    with django_assert_max_num_queries(5):  # business, session, person, roles, one search
        ada.get("/search/", {"q": "-"})


def test_times_are_shown_by_the_clock_of_the_business() -> None:
    Business.objects.create(name="Marchetti Salons", time_zone="Asia/Tokyo", country="JP")
    ida = person("Administrator")
    browser = signed_in(ida)
    User.objects.filter(pk=ida.pk).update(last_login=datetime(2026, 11, 24, 20, 30, tzinfo=UTC))

    page = browser.get("/settings/people/").content.decode()

    assert "Nov. 25, 2026, 05:30" in page
    assert "Tokyo" in page
