"""The table of tests/hub/role_matrix.py is complete, and true over HTTP."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from hub import access
from hub.access import KEY_SCOPES, Access, Capability
from tests.architecture.addresses import ApiAction, api_actions, pages
from tests.factories.clients import api_key, signed_in
from tests.factories.people import person
from tests.hub.role_matrix import EVERYBODY, PAGES, PUBLIC
from tests.hub.role_matrix_api import API

LETTERS = {
    "Front desk": "D",
    "Practitioner": "P",
    "Billing": "B",
    "Manager": "M",
    "Administrator": "A",
}
ABSENT = "01980000-0000-7000-8000-000000000000"
# Who changes a record may see it; adding a customer may find one, for instance.
SEEING = (Capability.VIEW_CUSTOMER, Capability.VIEW_CALENDAR, Capability.VIEW_INVOICE)
CLOSED = {401, 403, 405}  # 405 says nothing about who may come in


def test_every_page_has_a_line_and_every_line_a_page() -> None:
    known = {page.route for page in pages()}

    assert sorted(known - set(PAGES)) == []
    assert sorted(set(PAGES) - known) == []


def test_every_action_has_a_line_and_every_line_an_action() -> None:
    known = {str(action) for action in api_actions()}

    assert sorted(known - set(API)) == []
    assert sorted(set(API) - known) == []


def open_to(role: str | None) -> set[str]:
    """Return what the table opens to somebody signed in with ``role``."""
    letter = LETTERS.get(role or "", "-")
    lines = {**PAGES, **API}.items()
    return {name for name, who in lines if who in {EVERYBODY, PUBLIC} or letter in who.split(" ")}


def opened_by(browser: Client) -> set[str]:
    """Return what opens over HTTP, whatever it then says about an absent record."""
    opened = {
        page.route
        for page in pages()
        if any(is_in(getattr(browser, method)(address(page.route))) for method in ("get", "post"))
    }
    return opened | {str(action) for action in api_actions() if is_in(ask(browser, action))}


def ask(browser: Client, action: ApiAction, **headers: str) -> HttpResponse:
    send = getattr(browser, action.method)
    path = action.route.replace("<id>", f"{action.viewset.prefix}_{ABSENT.replace('-', '')}")
    answer: HttpResponse = send(path, content_type="application/json", headers=headers)
    return answer


def address(route: str) -> str:
    path = re.sub(r"<uuid:\w+>", ABSENT, route).replace("<slug:slug>", "absent")
    return re.sub(r"<int:\w+>", "0", path).replace("<str:kind>", "customer")


def is_in(answer: HttpResponse) -> bool:
    if answer.streaming:  # read to its end, a file that was made for it is closed
        list(answer)
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    return answer.status_code not in CLOSED and not to_sign_in


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*LETTERS, None])
def test_the_table_is_true_for(role: str | None) -> None:
    browser = signed_in(person(role))

    assert opened_by(browser) == open_to(role)


@pytest.mark.django_db
def test_without_signing_in_only_the_public_pages_open() -> None:
    person("Administrator")

    opened = opened_by(Client())

    assert opened == {name for name, who in PAGES.items() if who == PUBLIC}


@pytest.mark.django_db
def test_a_check_that_is_gone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: as if the pages of people had forgotten what they need."""
    honest = Access.can

    def careless(self: Access, *needed: Capability) -> bool:
        return Capability.MANAGE_PEOPLE in needed or honest(self, *needed)

    monkeypatch.setattr(access.Access, "can", careless)

    opened = opened_by(signed_in(person("Front desk")))

    wrong = opened - open_to("Front desk")
    assert "/settings/people/<uuid:pk>/deactivate/" in wrong
    assert all(PAGES[name] == "A" for name in wrong)


@pytest.mark.django_db
def test_a_key_opens_what_its_scopes_name_and_nothing_else(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10_000
    wrong = []
    for action in api_actions():
        needed = set(action.viewset.capabilities[action.name]) & KEY_SCOPES
        with_it, without = api_key(*needed, *SEEING), api_key(*(KEY_SCOPES - needed))
        opens = is_in(ask(with_it.browser, action, **with_it.headers))
        stays_shut = not is_in(ask(without.browser, action, **without.headers))
        if not (opens and stays_shut):
            wrong.append(str(action))

    assert wrong == []
