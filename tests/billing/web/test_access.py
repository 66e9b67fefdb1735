"""Who may open and do what about invoices: over HTTP, with real sessions (PERM-4)."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Invoice, Payment
from hub.accounts.roles import grant_role
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, person
from tests.factories.scheduling import location

pytestmark = pytest.mark.django_db
ROLES = ["Front desk", "Practitioner", "Billing", "Manager", "Administrator", None]
SEES = {"Billing", "Manager"}
# Address, method, which invoice, who may: the others are refused.
MATRIX: list[tuple[str, str, Callable[[], Invoice], set[str]]] = [
    ("/invoices/", "get", make.issued, SEES),
    ("/invoices/new/", "get", make.issued, SEES),
    ("/invoices/new/?customer={customer}", "get", make.issued, SEES),
    ("/invoices/new/?customer={customer}", "post", make.issued, SEES),
    ("/invoices/{id}/", "get", make.draft, SEES),
    ("/invoices/{id}/", "get", make.issued, SEES),
    ("/invoices/{id}/lines/", "post", make.draft, SEES),
    ("/invoices/{id}/preview/", "post", make.draft, SEES),
    ("/invoices/{id}/discard/", "post", make.draft, SEES),
    ("/invoices/{id}/issue/", "get", make.draft, SEES),
    ("/invoices/{id}/issue/", "post", make.draft, SEES),
    ("/invoices/{id}/pay/", "get", make.issued, {"Billing"}),
    ("/invoices/{id}/pay/", "post", make.issued, {"Billing"}),
    ("/invoices/{id}/write-off/", "get", make.issued, {"Manager"}),
    ("/invoices/{id}/write-off/", "post", make.issued, {"Manager"}),
    ("/invoices/{id}/document/", "get", make.issued, SEES),
    ("/invoices/{id}/document.pdf", "get", make.issued, SEES),
    ("/invoices/{id}/document.png", "get", make.issued, SEES),
    ("/invoices/{id}/arithmetic/", "get", make.issued, SEES),
]
NAMES = [f"{method} {url}" for url, method, _, _ in MATRIX]


def address(url: str, invoice: Invoice) -> str:
    return url.format(id=invoice.pk, customer=invoice.customer_id)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("url", "method", "kind", "allowed"), MATRIX, ids=NAMES)
def test_a_role_opens_and_does_what_it_may(
    url: str, method: str, kind: Callable[[], Invoice], allowed: set[str], role: str | None
) -> None:
    invoice = kind()
    before = Invoice.objects.values("status", "version", "number").get(pk=invoice.pk)

    response = getattr(signed_in(person(role)), method)(address(url, invoice))

    if role in allowed:
        assert response.status_code in (200, 302, 409, 422)
    else:
        assert response.status_code == 403
        assert Invoice.objects.values("status", "version", "number").get() == before
    assert not Payment.objects.exists()


@pytest.mark.parametrize(("url", "method", "kind", "_allowed"), MATRIX, ids=NAMES)
def test_a_stranger_is_sent_to_the_sign_in(
    client: Client, url: str, method: str, kind: Callable[[], Invoice], _allowed: object
) -> None:
    person("Manager")  # else the hub is new, and everybody is sent to its first page
    response = getattr(client, method)(address(url, kind()))

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("url", "method", "kind", "_allowed"), MATRIX, ids=NAMES)
def test_an_invoice_of_another_location_is_not_there(
    url: str, method: str, kind: Callable[[], Invoice], _allowed: object
) -> None:
    invoice = kind()
    place = location("Chicago", zone="America/Chicago")
    bo = person(None, name="Bo Elsewhere")
    for role in ("Billing", "Manager"):
        grant_role(bo.pk, role=role, location_id=place.pk, at=timezone.now(), by=SETUP)

    response = getattr(signed_in(bo), method)(address(url, invoice))

    if "{id}" in url:
        assert response.status_code == 404
    assert str(invoice.pk) not in response.content.decode()
    assert Invoice.objects.get().version == invoice.version


@pytest.mark.parametrize(("role", "allowed"), [("Billing", False), ("Front desk", True)])
def test_billing_moves_no_appointments_and_booking_touches_no_money(
    role: str, *, allowed: bool
) -> None:
    visit = make.completed()
    browser = signed_in(person(role))

    move = browser.post(f"/appointments/{visit.pk}/reschedule/")
    money = browser.post(f"/invoices/{Invoice.objects.get().pk}/issue/")

    assert (move.status_code != 403) is allowed
    assert (money.status_code == 403) is allowed


@pytest.mark.parametrize(
    ("role", "on_draft", "on_issued"),
    [
        ("Billing", {"lines/", "issue", "discard/"}, {"pay/"}),
        ("Manager", {"lines/", "issue", "discard/"}, {"write-off/"}),
    ],
)
def test_the_pages_offer_only_what_the_role_may_do(
    role: str, on_draft: set[str], on_issued: set[str]
) -> None:
    draft, issued = make.draft(), make.issued()
    browser = signed_in(person(role))

    def offered(invoice: Invoice) -> set[str]:
        html = browser.get(invoice.get_absolute_url()).content.decode()
        acts = ("lines/", "issue", "discard/", "pay/", "write-off/")
        return {act for act in acts if f"{invoice.pk}/{act}" in html or f'value="{act}"' in html}

    assert (offered(draft), offered(issued)) == (on_draft, on_issued)


def test_a_post_needs_the_token() -> None:
    draft = make.draft()
    browser = signed_in(person("Billing"))
    browser.handler.enforce_csrf_checks = True

    for act in ("lines", "preview", "discard", "issue"):
        answer = browser.post(f"/invoices/{draft.pk}/{act}/", {"version": draft.version})
        assert answer.status_code == 403
    assert Invoice.objects.get().status == "draft"
