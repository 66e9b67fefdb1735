"""What tests about merging ask and look at, each as one call."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from billing.models import Invoice, Payment
from customers.merging import Merging, merge_customers
from customers.models import (
    Consent,
    ContactPoint,
    Customer,
    ExternalId,
    Merge,
    PostalAddress,
    ReviewState,
)
from customers.unmerging import unmerge
from hub.actors import Actor
from scheduling.models import Appointment
from tests.factories.people import SETUP


def merge(
    survivor: Customer,
    absorbed: Customer,
    *chosen: str,
    reason: str = "",
    at: datetime | None = None,
    by: Actor = SETUP,
) -> Merge:
    """Merge with exactly ``chosen`` taken from the absorbed one."""
    wanted = Merging(survivor.pk, absorbed.pk, chosen, reason)
    return merge_customers(wanted, at=at or timezone.now(), by=by)


def undo(merge: Merge, *, verdict: ReviewState = ReviewState.OPEN, by: Actor = SETUP) -> Merge:
    return unmerge(merge.pk, verdict=verdict, at=timezone.now(), by=by)


def everything(*customers: Customer) -> dict[str, list[Any]]:
    """Return all that is known of ``customers``, as it can be compared; no versions."""
    ids = [customer.pk for customer in customers]
    return {
        "customers": rows(Customer.objects.filter(pk__in=ids), "version"),
        "contact_points": rows(ContactPoint.objects.filter(customer__in=ids)),
        "addresses": rows(PostalAddress.objects.filter(customer__in=ids)),
        "external_ids": rows(ExternalId.objects.filter(customer__in=ids)),
        "consents": rows(Consent.objects.filter(customer__in=ids)),
        "appointments": rows(Appointment.objects.filter(customer__in=ids), "version"),
        "invoices": rows(Invoice.objects.filter(customer__in=ids), "version"),
        "payments": rows(Payment.objects.filter(customer__in=ids), "version"),
    }


def rows(found: Any, *without: str) -> list[dict[str, Any]]:
    kept = [field.attname for field in found.model._meta.fields if field.name not in without]
    return list(found.order_by("pk").values(*kept))
