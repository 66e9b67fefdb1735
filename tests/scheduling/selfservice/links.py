"""Ada Winter has an appointment, and a mail with the link to it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from customers.models import Customer
from scheduling.linking import token_for
from scheduling.models import Appointment, Location, Staff
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff

MAIL = "ada@winter.example"
SUNDAY = MONDAY_9 - timedelta(days=1)


def place() -> Location:
    return location(
        street="Harbor Street 1",
        postal_code="20457",
        city="Hamburg",
        phone="+49 40 5550100",
        email="hello@salon.example",
    )


def dina() -> Staff:
    return staff("Dina Falk", place=place(), services=[service()])


def visit(customer: Customer | None = None, **values: Any) -> Appointment:
    """Return an appointment of Ada, who has an address, on Monday at ten in Berlin."""
    values.setdefault("staff", None)
    if values["staff"] is None:
        values["staff"] = dina()
    return booked(customer or client("Ada Winter", email=MAIL), **values)


def with_fee() -> Appointment:
    """Return one that costs 20.00 to cancel in the twelve hours before it."""
    service(cancellation_window_minutes=720, late_fee_kind="flat", late_fee=Decimal("20.00"))
    return visit()


def token_of(appointment: Appointment, email: str = MAIL) -> str:
    return token_for(appointment.pk, email=email)


def path(appointment: Appointment, page: str = "visit", *, email: str = MAIL) -> str:
    return reverse(f"scheduling:{page}", args=[token_of(appointment, email)])


def phone() -> Client:
    """A browser that has never signed in, and whose forms must carry their token."""
    return Client(enforce_csrf_checks=True)


def post(browser: Client, address: str, **values: Any) -> Any:
    """Send a form of the page as a browser does, with the token that the page gave."""
    browser.get(address.rsplit("/", 2)[0] + "/")
    token = browser.cookies["hub_csrf"].value
    return browser.post(address, {"csrfmiddlewaretoken": token, **values})
