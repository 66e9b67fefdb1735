"""What the API of invoices refuses: each value at its field, nothing saved by halves."""

from typing import Any
from uuid import UUID

import pytest

from billing.models import Invoice, Payment
from hub.access import Capability
from hub.identifiers import public_id
from tests.billing.calling import CARD, HAIRCUT, URL, act, etag, pointers, url
from tests.factories import billing as make
from tests.factories.clients import ApiClient, api_key
from tests.factories.scheduling import client as customer
from tests.factories.scheduling import location

pytestmark = pytest.mark.django_db
C = Capability
MONEY = (C.VIEW_INVOICE, C.DRAFT_INVOICE, C.ISSUE_INVOICE, C.RECORD_PAYMENT)
ROLES = ["Front desk", "Practitioner", "Billing", "Manager", "Administrator", None]


@pytest.fixture
def tool() -> ApiClient:
    return api_key(*MONEY, C.VIEW_CUSTOMER)


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ({**HAIRCUT, "unit_price": "1e9"}, "#/lines/0/unit_price"),
        ({**HAIRCUT, "unit_price": "NaN"}, "#/lines/0/unit_price"),
        ({**HAIRCUT, "unit_price": 49}, "#/lines/0/unit_price"),
        ({**HAIRCUT, "unit_price": "-1"}, "#/lines/0/unit_price"),
        ({**HAIRCUT, "unit_price": "0.00001"}, "#/lines/0/unit_price"),
        ({**HAIRCUT, "quantity": "0"}, "#/lines/0/quantity"),
        ({**HAIRCUT, "quantity": "99999999999"}, "#/lines/0/quantity"),
        ({**HAIRCUT, "unit_price": "99999999999", "quantity": "9"}, "#/lines/0/quantity"),
        ({**HAIRCUT, "quantity": None}, "#/lines/0/quantity"),
        ({**HAIRCUT, "description": " "}, "#/lines/0/description"),
        ({**HAIRCUT, "description": "x" * 201}, "#/lines/0/description"),
        ({**HAIRCUT, "description": "a\x00b"}, "#/lines/0/description"),
        ({**HAIRCUT, "discount_percent": "101"}, "#/lines/0/discount_percent"),
        ({**HAIRCUT, "discount_percent": "10"}, "#/lines/0/discount_reason"),
        ({**HAIRCUT, "tax_class": "x" * 21}, "#/lines/0/tax_class"),
        ({**HAIRCUT, "id": "lin_" + "0" * 32}, "#/lines/0/id"),
        ({**HAIRCUT, "id": "inv_" + "0" * 32}, "#/lines/0/id"),
        ({**HAIRCUT, "amount": "1.00"}, "#/lines/0/amount"),
        ({"description": "Haircut"}, "#/lines/0/unit_price"),
        ("Haircut", "#/lines/0"),
    ],
)
def test_a_line_that_cannot_be_right_is_refused_at_its_field(
    tool: ApiClient, line: Any, pointer: str
) -> None:
    draft = make.draft()

    answer = act(tool, draft, "lines", {"lines": [line]})

    assert (answer.status_code, pointers(answer)) == (400, [pointer])
    assert [one.description for one in draft.lines.all()] == ["Work 1"]


@pytest.mark.parametrize("count", [501, 5000])
def test_too_many_lines_are_refused(tool: ApiClient, count: int) -> None:
    draft = make.draft()

    answer = act(tool, draft, "lines", {"lines": [HAIRCUT] * count})

    assert (answer.status_code, pointers(answer)) == (400, ["#/lines"])


def test_a_draft_with_a_wrong_line_is_not_begun(tool: ApiClient) -> None:
    make.billing()
    body = {
        "customer": public_id("cus", customer().pk),
        "location": public_id("loc", location().pk),
        "lines": [{**HAIRCUT, "discount_percent": "10"}],
    }

    assert tool.post(URL, body).status_code == 400
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("field", ["number", "status", "total", "issue_date", "settlement"])
def test_nobody_sets_a_number_a_state_or_a_total(tool: ApiClient, field: str) -> None:
    draft = make.draft()
    body = {"customer": public_id("cus", draft.customer_id), field: "2026-9999"}

    created = tool.post(URL, body)
    patched = tool.patch(url(draft), {field: "2026-9999"}, etag=etag(tool, draft))

    assert f"#/{field}" in pointers(created)
    assert (created.status_code, patched.status_code) == (400, 405)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"amount": "100.01", "method": "card"}, "#/amount"),
        ({"amount": "0", "method": "card"}, "#/amount"),
        ({"amount": "-5.00", "method": "card"}, "#/amount"),
        ({"amount": "5.001", "method": "card"}, "#/amount"),
        ({"amount": "1e2", "method": "card"}, "#/amount"),
        ({"amount": 5, "method": "card"}, "#/amount"),
        ({"amount": "99999999999.9999", "method": "card"}, "#/amount"),
        ({"amount": "5.00", "method": "shells"}, "#/method"),
        ({"amount": "5.00"}, "#/method"),
        ({**CARD, "received_at": "2999-01-01T00:00:00Z"}, "#/received_at"),
        ({**CARD, "received_at": "2026-01-01"}, "#/received_at"),
        ({**CARD, "reference": "x" * 121}, "#/reference"),
        ({**CARD, "invoice": "x"}, "#/invoice"),
    ],
)  # fmt: skip
def test_a_payment_that_cannot_be_right_is_refused_at_its_field(
    tool: ApiClient, body: dict[str, Any], pointer: str
) -> None:
    invoice = make.issued("100.00")

    answer = act(tool, invoice, "payments", body)

    assert answer.status_code in (400, 409)
    assert pointers(answer) == [pointer]
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        {"status": "open"},
        {"customer": "x"},
        {"due_before": "tomorrow"},
        {"due_before": "1/2/2026"},
        {"issued_after": "2026-01-01"},
        {"color": "red"},
        {"expand": "lines"},
        {"number": "\x00"},
    ],
)
def test_a_wrong_parameter_is_named(tool: ApiClient, query: dict[str, Any]) -> None:
    answer = tool.get(URL, **query)

    assert answer.status_code == 400
    assert pointers(answer) == [f"?{next(iter(query))}"]


@pytest.mark.parametrize("wrong", ["inv_" + "0" * 32, "cus_" + "0" * 32, "1", f"{UUID(int=1)}"])
def test_an_unknown_id_is_not_found(tool: ApiClient, wrong: str) -> None:
    for answer in (
        tool.get(f"{URL}/{wrong}"),
        tool.get(f"{URL}/{wrong}/document"),
        tool.post(f"{URL}/{wrong}/issue", etag='"1"'),
    ):
        assert answer.status_code == 404
