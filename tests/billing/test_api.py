"""Invoices over the API: records, lists, from draft to paid, the document."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from billing.api.serializers import InvoiceAnswer, Lines, NewInvoice, NewPayment
from billing.models import Invoice, Payment
from billing.rendering import render_document
from hub import documents
from hub.access import Capability
from hub.actors import Actor
from hub.identifiers import public_id
from tests.billing.calling import HAIRCUT, URL, act, etag, pointers, url
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


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [record["number"] for record in answer.json()["data"]]


def test_a_record_shows_lines_taxes_and_totals_as_text(tool: ApiClient) -> None:
    visit = make.completed()
    draft = Invoice.objects.get()
    line = draft.lines.get()

    shown = tool.get(url(draft)).json()

    assert shown == {
        "id": public_id("inv", draft.pk),
        "number": "",
        "status": "draft",
        "settlement": "not_due",
        "is_overdue": False,
        "customer": public_id("cus", draft.customer_id),
        "location": public_id("loc", draft.location_id),
        "currency": "EUR",
        "price_mode": "inclusive",
        "issue_date": None,
        "issued_at": None,
        "due_date": None,
        "paid_at": None,
        "net": "41.18",
        "tax": "7.82",
        "total": "49.00",
        "written_off": "0.00",
        "balance": "0.00",
        "lines": [
            {
                "id": public_id("lin", line.pk),
                "description": "Haircut",
                "quantity": "1",
                "unit_price": "49",
                "discount_percent": "0",
                "discount_reason": "",
                "tax_class": "standard",
                "taxes": [{"category": "S", "name": "VAT", "rate": "19.0000"}],
                "amount": "49.00",
                "appointment": public_id("apt", visit.pk),
            }
        ],
        "taxes": [],
        "payments": [],
        "document": None,
        "created_at": shown["created_at"],
    }


def test_from_draft_to_paid(tool: ApiClient) -> None:
    make.billing()
    claire = customer("Claire Marchetti")
    body = {
        "customer": public_id("cus", claire.pk),
        "location": public_id("loc", location().pk),
        "lines": [HAIRCUT, {"description": "Tea", "quantity": "2", "unit_price": "8.50"}],
    }

    created = tool.post(URL, body, key="one")
    again = tool.post(URL, body, key="one")
    draft = Invoice.objects.get()
    issued = tool.post(url(draft, "issue"), etag=created["ETag"])
    paid = tool.post(
        url(draft, "payments"), {"amount": "66.00", "method": "card"}, etag=issued["ETag"]
    )

    assert (created.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert created["Location"].endswith(url(draft))
    assert (issued.status_code, paid.status_code) == (200, 200)
    assert issued.json()["number"] == f"{timezone.now().year}-0001"
    assert issued.json()["taxes"] == [
        {"category": "S", "name": "VAT", "rate": "19", "base": "55.46", "tax": "10.54"}
    ]
    told = paid.json()
    assert (told["settlement"], told["balance"]) == ("paid", "0.00")
    assert [(one["amount"], one["method"]) for one in told["payments"]] == [("66.00", "card")]
    assert Payment.history.get().source == "api"


def test_lines_are_replaced_and_those_with_their_id_keep_their_appointment(
    tool: ApiClient,
) -> None:
    visit = make.completed()
    draft = Invoice.objects.get()
    kept = {"id": public_id("lin", draft.lines.get().pk), "description": "Haircut, long hair"}

    answer = act(
        tool, draft, "lines", {"lines": [{**HAIRCUT, "quantity": "2"}, {**HAIRCUT, **kept}]}
    )

    lines = answer.json()["lines"]
    assert answer.status_code == 200
    assert [line["description"] for line in lines] == ["Haircut", "Haircut, long hair"]
    assert [line["appointment"] for line in lines] == [None, public_id("apt", visit.pk)]
    assert answer.json()["total"] == "147.00"


def test_the_same_event_of_a_provider_is_recorded_once(tool: ApiClient) -> None:
    invoice = make.issued("100.00")
    body = {"amount": "40.00", "method": "card", "provider_event_id": "evt_1"}

    first, again = (act(tool, invoice, "payments", body) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 200)
    assert Payment.objects.count() == 1


def test_what_was_changed_meanwhile_is_not_overwritten(tool: ApiClient) -> None:
    draft = make.draft()
    seen = etag(tool, draft)
    act(tool, draft, "lines", {"lines": [HAIRCUT]})

    late = [
        tool.post(url(draft, action), body, etag=seen)
        for action, body in (("lines", {"lines": []}), ("issue", None), ("discard", None))
    ]
    without = tool.post(url(draft, "issue"))

    assert [answer.status_code for answer in late] == [412] * 3
    assert without.status_code == 428


def test_an_issued_invoice_is_neither_edited_nor_discarded_nor_issued_again(
    tool: ApiClient,
) -> None:
    invoice = make.issued()

    answers = [
        act(tool, invoice, "lines", {"lines": [HAIRCUT]}),
        act(tool, invoice, "discard"),
        act(tool, invoice, "issue"),
    ]

    assert [answer.status_code for answer in answers] == [409] * 3
    assert {answer.json()["code"] for answer in answers} == {"illegal_transition"}


def test_an_empty_draft_is_not_issued(tool: ApiClient) -> None:
    draft = make.draft()
    act(tool, draft, "lines", {"lines": []})

    answer = act(tool, draft, "issue")

    assert (answer.status_code, answer.json()["code"]) == (409, "invoice_incomplete")
    assert pointers(answer) == ["#/lines"]


def test_a_draft_is_discarded(tool: ApiClient) -> None:
    assert act(tool, make.draft(), "discard").json()["status"] == "discarded"


def test_lists_are_narrowed(tool: ApiClient) -> None:
    late, paid = make.issued("10.00"), make.issued("20.00", customer=customer("Noah Klein"))
    make.draft()
    act(tool, paid, "payments", {"amount": "20.00", "method": "cash"})
    due = late.due_date
    assert due is not None

    def found(**query: Any) -> list[str]:
        return numbers(tool.get(URL, **query))

    assert found() == ["2027-0001", "2027-0002", ""]
    assert found(status="issued") == ["2027-0001", "2027-0002"]
    assert found(status="draft,discarded") == [""]
    assert found(settlement="paid") == ["2027-0002"]
    assert found(customer=public_id("cus", paid.customer_id)) == ["2027-0002"]
    assert found(number="2027-0001") == ["2027-0001"]
    assert found(due_before=str(due)) == []
    assert found(due_before=str(due + timedelta(days=1)), status="issued") == [
        "2027-0001",
        "2027-0002",
    ]
    assert found(issued_after=(make.LATER + timedelta(seconds=1)).isoformat()) == []
    assert found(issued_before=(make.LATER + timedelta(seconds=1)).isoformat()) == [
        "2027-0001",
        "2027-0002",
    ]


def test_the_invoice_of_an_appointment_is_found(tool: ApiClient) -> None:
    visit = make.completed()
    make.draft()

    answer = tool.get(URL, appointment=public_id("apt", visit.pk))

    assert [one["id"] for one in answer.json()["data"]] == [
        public_id("inv", Invoice.objects.get(lines__appointment=visit).pk)
    ]


def test_the_customer_is_expanded_on_request(tool: ApiClient) -> None:
    invoice = make.issued(customer=customer("Claire Marchetti"))

    shown = tool.get(url(invoice), expand="customer").json()

    assert shown["customer"]["name"] == "Claire Marchetti"


def test_a_version_that_the_caller_has_is_not_sent_again(tool: ApiClient) -> None:
    invoice = make.issued()

    answer = tool.get(url(invoice), headers={"If-None-Match": etag(tool, invoice)})

    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")
def test_the_document_is_sent_as_stored(tool: ApiClient) -> None:
    invoice = render_document(make.issued().pk, by=Actor.job("render documents"))
    assert invoice.pdf is not None

    first = tool.get(url(invoice, "document"))
    asked = tool.get(url(invoice, "document"), headers={"Accept": "application/pdf"})

    assert first.content == asked.content == documents.read(invoice.pdf.sha256)
    assert (first["Content-Type"], first["ETag"]) == ("application/pdf", f'"{invoice.pdf.sha256}"')
    assert tool.get(url(invoice)).json()["document"] == {
        "sha256": invoice.pdf.sha256,
        "size": len(first.content),
    }


def test_a_document_that_is_not_there_yet_says_so(tool: ApiClient) -> None:
    answer = tool.get(url(make.issued(), "document"), headers={"Accept": "application/pdf"})

    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert answer.json()["code"] == "document_not_ready"


@pytest.mark.parametrize("serializer", [Lines, NewInvoice, NewPayment])
def test_examples_are_valid(serializer: Any) -> None:
    given = serializer(data=serializer.example)
    for field in ("customer", "location"):
        if field in given.fields:
            given.fields[field].of = None
    try:
        given.is_valid(raise_exception=True)
    except ValidationError as error:
        pytest.fail(str(error.detail))


def test_the_example_of_an_answer_has_its_fields(tool: ApiClient) -> None:
    shown = tool.get(url(make.issued())).json()

    assert list(InvoiceAnswer.example) == list(shown)
    assert list(InvoiceAnswer.example["lines"][0]) == list(shown["lines"][0])
    assert list(InvoiceAnswer.example["taxes"][0]) == list(shown["taxes"][0])


def test_more_invoices_cost_no_more_queries(
    tool: ApiClient, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        make.issued("10.00", "20.00")
    tool.get(URL)

    with django_assert_max_num_queries(8):
        assert len(tool.get(URL).json()["data"]) == 3
