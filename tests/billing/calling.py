"""What tests of the API of invoices send, and how they read what comes back."""

from typing import Any

from billing.models import Invoice
from hub.identifiers import public_id
from tests.factories.clients import ApiClient

URL = "/api/v1/invoices"
HAIRCUT = {"description": "Haircut", "unit_price": "49.00"}
CARD = {"amount": "5.00", "method": "card"}


def url(invoice: Invoice, *more: str) -> str:
    return "/".join([URL, public_id("inv", invoice.pk), *more])


def etag(tool: ApiClient, invoice: Invoice) -> str:
    return str(tool.get(url(invoice))["ETag"])


def act(tool: ApiClient, invoice: Invoice, action: str, body: Any = None, **more: str) -> Any:
    return tool.post(url(invoice, action), body, etag=etag(tool, invoice), **more)


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]
