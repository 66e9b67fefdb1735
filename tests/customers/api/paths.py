"""Where customers stand in the API."""

from customers.models import Customer
from hub.identifiers import public_id

URL = "/api/v1/customers"


def cus(of: Customer) -> str:
    return public_id("cus", of.pk)


def url(of: Customer, *more: str) -> str:
    return "/".join([URL, cus(of), *more])
