"""Headers on every route, sessions that end, tokens that are needed."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from hub.accounts.models import User
from tests.architecture.addresses import api_actions, pages
from tests.factories.clients import api_key, signed_in
from tests.factories.people import PASSWORD, person
from tests.hub.test_role_matrix import address, ask

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
SIGN_IN_PAGES = ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/change/")


def everything(browser: Client) -> dict[str, Any]:
    """Ask for every page and every action once; what comes back may be a refusal."""
    routes = [page.route for page in pages()] + [*SIGN_IN_PAGES, "/nowhere/", "/admin/"]
    answers: dict[str, Any] = {route: browser.get(address(route)) for route in routes}
    for answer in answers.values():
        if answer.streaming:  # read to its end, a file that was made for it is closed
            list(answer)
    return answers | {str(action): ask(browser, action) for action in api_actions()}


@pytest.mark.parametrize("role", ["Manager", "Administrator", None])
def test_every_route_carries_the_headers(role: str | None) -> None:
    person("Administrator", name="Ida Two", email="two@hub.example")
    browser = signed_in(person(role)) if role else Client()

    answers = everything(browser)

    assert len(answers) > 80
    for route, answer in answers.items():
        policy = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
        assert policy == POLICY, route
        assert answer["X-Content-Type-Options"] == "nosniff", route
        assert answer["X-Frame-Options"] == "DENY", route
        assert answer["Referrer-Policy"] == "same-origin", route
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", route
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin", route
        assert "camera=()" in answer["Permissions-Policy"], route
        assert "Access-Control-Allow-Origin" not in answer, route


def test_personal_pages_are_kept_nowhere() -> None:
    answers = everything(signed_in(person("Manager")))

    kept = {
        route: answer["Cache-Control"]
        for route, answer in answers.items()
        if "no-store" not in answer["Cache-Control"]
        and "private" not in answer["Cache-Control"].split(", ")
    }
    assert kept == {}


def test_every_post_by_a_session_needs_its_token() -> None:
    browser = signed_in(person("Manager"))
    browser.handler.enforce_csrf_checks = True

    statuses = {
        page.route: browser.post(address(page.route)).status_code
        for page in pages()
        if not page.is_public
    } | {
        str(action): ask(browser, action).status_code
        for action in api_actions()
        if action.method != "get"
    }

    # 405 answers before the token is looked at only where nothing can be posted.
    assert set(statuses.values()) <= {403, 405}
    assert statuses["/settings/people/new/"] == 403
    assert statuses["POST /api/v1/appointments"] == 403


def test_the_session_changes_at_sign_in_and_ends_at_sign_out() -> None:
    user, browser = person("Manager"), Client()
    browser.get("/accounts/login/")
    before = browser.session.session_key
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    during = browser.session.session_key
    browser.post("/accounts/logout/")
    thief = Client()
    thief.cookies["hub_session"] = str(during)

    assert during
    assert during != before
    assert thief.get("/customers/").status_code == 302


def test_a_new_password_ends_the_other_sessions() -> None:
    user, here, elsewhere = person("Manager"), Client(), Client()
    for browser in (here, elsewhere):
        browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    new = "staple battery horse"

    here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert elsewhere.get("/customers/").status_code == 302


def test_cookies_are_closed_to_scripts_and_other_sites() -> None:
    user, browser = person("Manager"), Client()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})

    session = browser.cookies["hub_session"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")


def test_many_wrong_passwords_are_stopped_and_others_are_not() -> None:
    user, other = person("Manager"), person("Billing")
    browser = Client()
    wrong = {"login": user.email, "password": "wrong wrong wrong"}

    statuses = [browser.post("/accounts/login/", wrong).status_code for _ in range(12)]

    elsewhere = Client(REMOTE_ADDR="203.0.113.7")
    right = {"login": other.email, "password": PASSWORD}
    assert statuses[0] == 200
    assert statuses[-1] == 429 or b"Too many" in browser.post("/accounts/login/", wrong).content
    assert elsewhere.post("/accounts/login/", right).status_code == 302


def test_an_address_elsewhere_is_not_followed_after_sign_in() -> None:
    user = person("Manager")
    form = {"login": user.email, "password": PASSWORD, "next": "https://evil.example/"}

    assert Client().post("/accounts/login/", form)["Location"] == "/"


def test_nobody_signs_up() -> None:
    form = {"email": "new@hub.example", "password1": PASSWORD, "password2": PASSWORD}
    person("Administrator")

    Client().post("/accounts/signup/", form)

    assert not Client().login(email="new@hub.example", password=PASSWORD)


def test_a_known_and_an_unknown_address_get_the_same_answer_to_a_lost_password() -> None:
    user = person("Manager")

    known, unknown = (
        Client().post("/accounts/password/reset/", {"email": email})
        for email in (user.email, "nobody@hub.example")
    )

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


@override_settings(
    SECURE_SSL_REDIRECT=True,
    SECURE_HSTS_SECONDS=31_536_000,
    SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
    SECURE_HSTS_PRELOAD=True,
    SESSION_COOKIE_SECURE=True,
    CSRF_COOKIE_SECURE=True,
    SECRET_KEY="k" * 50 + "0123456789",
)
def test_the_deployment_checks_have_nothing_to_say_behind_https(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Set for this process by the browser tests, never by a deployment.
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)

    call_command("check", deploy=True, fail_level="WARNING")


def test_logs_hold_neither_tokens_nor_what_was_looked_for(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    tool = api_key()
    browser = signed_in(person("Manager"))
    token = tool.headers["Authorization"].split()[1]

    tool.get("/api/v1/customers", q="canary@hub.example")
    browser.get("/search/", {"q": "canary@hub.example"})
    Client().post("/accounts/login/", {"login": "canary@hub.example", "password": "canary-pass"})

    heard = "".join(capfd.readouterr()) + caplog.text
    assert "request_finished" in heard
    assert "canary" not in heard
    assert token not in heard
    assert browser.cookies["hub_session"].value not in heard


def test_nobody_outside_chooses_the_request_id_of_the_history() -> None:
    ida = signed_in(person("Administrator"))
    form = {"name": "Cleo Outside", "email": "cleo@hub.example"}

    ida.post("/settings/people/new/", form, headers={"X-Request-ID": "forged"})

    kept = User.objects.get(email="cleo@hub.example").history.get().request_id
    assert kept
    assert kept != "forged"
