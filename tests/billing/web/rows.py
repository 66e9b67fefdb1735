"""Rows of a draft as its form sends them, and what became of them."""

from typing import Any

from django.test import Client

from billing.models import Invoice


def row(number: int = 0, **values: str) -> dict[str, str]:
    usual = {
        "id": "",
        "description": "Haircut",
        "quantity": "1",
        "unit_price": "49.00",
        "tax_class": "standard",
        "discount_percent": "",
        "discount_reason": "",
    }
    return {f"lines-{number}-{name}": value for name, value in (usual | values).items()}


def send(
    browser: Client, draft: Invoice, *rows: dict[str, str], act: str = "lines", **more: Any
) -> Any:
    body: dict[str, Any] = {"version": draft.version} | more
    for each in rows:
        body |= each
    return browser.post(f"/invoices/{draft.pk}/{act}/", body)


def lines(draft: Invoice) -> list[tuple[object, ...]]:
    rows = draft.lines.order_by("position")
    return [(line.description, line.quantity, line.amount) for line in rows]


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]
