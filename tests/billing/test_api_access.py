"""Who may read and write invoices over the API (PERM-4)."""

from typing import Any

import pytest
from django.utils import timezone

from billing.models import Invoice
from hub.access import Capability
from hub.accounts.roles import grant_role
from hub.identifiers import public_id
from tests.billing.calling import URL, etag, pointers, url
from tests.factories import billing as make
from tests.factories.clients import ApiClient, api_key
from tests.factories.people import SETUP, person
from tests.factories.scheduling import location

pytestmark = pytest.mark.django_db
C = Capability
MONEY = (C.VIEW_INVOICE, C.DRAFT_INVOICE, C.ISSUE_INVOICE, C.RECORD_PAYMENT)
ROLES = ["Front desk", "Practitioner", "Billing", "Manager", "Administrator", None]


ACTIONS = {
    "": {"Billing", "Manager"},
    "lines": {"Billing", "Manager"},
    "issue": {"Billing", "Manager"},
    "discard": {"Billing", "Manager"},
    "payments": {"Billing"},
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_what_it_may(role: str | None) -> None:
    invoice, caller = make.issued(), ApiClient.as_person(person(role))

    answers = [caller.get(path) for path in (URL, url(invoice), url(invoice, "document"))]

    sees = role in {"Billing", "Manager"}
    assert [answer.status_code for answer in answers] == ([200, 200, 409] if sees else [403] * 3)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_role_writes_what_it_may(action: str, role: str | None) -> None:
    draft, caller = make.draft(), ApiClient.as_person(person(role))
    seen = etag(api_key(), draft)
    path = url(draft, action) if action else URL

    answer = caller.post(path, {}, etag=seen)

    if role in ACTIONS[action]:
        assert answer.status_code in (200, 400)
    else:
        assert answer.status_code == 403
        assert Invoice.objects.get().status == "draft"


def test_a_key_needs_the_scope_of_each_act() -> None:
    draft = make.draft()
    seen, reader = etag(api_key(), draft), api_key(C.VIEW_INVOICE)

    answers = [reader.post(url(draft, action), {}, etag=seen) for action in ACTIONS if action]

    assert [answer.status_code for answer in answers] == [403] * 4


def test_somebody_of_another_location_sees_and_changes_nothing() -> None:
    make.billing()
    elsewhere = location("Chicago", zone="America/Chicago")
    bo = person(None, name="Bo Elsewhere")
    grant_role(bo.pk, role="Billing", location_id=elsewhere.pk, at=timezone.now(), by=SETUP)
    invoice, caller = make.issued(), ApiClient.as_person(bo)

    assert caller.get(URL).json()["data"] == []
    assert caller.get(url(invoice)).status_code == 404
    assert caller.get(url(invoice, "document")).status_code == 404
    assert act_blindly(caller, invoice).status_code == 404
    body = {
        "customer": public_id("cus", invoice.customer_id),
        "location": public_id("loc", invoice.location_id),
    }
    assert pointers(caller.post(URL, body)) == ["#/location"]


def act_blindly(caller: ApiClient, invoice: Invoice) -> Any:
    body = {"amount": "1.00", "method": "card"}
    return caller.post(url(invoice, "payments"), body, etag=etag(api_key(), invoice))
