"""Customers for tests, made through the verbs: Claire is the one who books."""

from typing import Any

from django.utils import timezone

from customers.identity import Claim, find_or_create
from customers.models import Customer
from customers.suggesting import suggest
from hub.access import Access
from hub.actors import Actor
from tests.factories.people import SETUP


def claim(name: str = "Claire Marchetti", **values: Any) -> Claim:
    """Return a claim about somebody; the last word of ``name`` is the family name."""
    given, _, family = name.rpartition(" ")
    return Claim(given_name=given, family_name=family, **values)


def customer(
    name: str = "Claire Marchetti",
    email: str = "",
    phone: str = "",
    *,
    by: Actor = SETUP,
    **values: Any,
) -> Customer:
    """Return a saved customer; the same one again when the address or number is known."""
    stated = claim(name, email=email, phone=phone, **values)
    return find_or_create(stated, at=timezone.now(), by=by).customer


def offered(text: str, *, access: Access) -> list[Customer]:
    """Return whom somebody is offered who types ``text``, in that order."""
    return [Customer.objects.get(pk=one.pk) for one in suggest(text, access=access, limit=8)]
