"""Two records become one: what moves, what stays as it is, what is asked first."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.belonging import misplaced_lines
from billing.payments import record_payment
from billing.states import PaymentMethod
from customers.identity import ExternalKey, Tier, match
from customers.merging import preview_merge
from customers.models import (
    Channel,
    Consent,
    ContactPoint,
    Customer,
    ExternalId,
    IdentityReview,
    Merge,
    ReviewState,
)
from hub import history
from hub.models import Change
from scheduling.booking import Booking, book_appointment
from scheduling.models import Appointment
from tests.customers.merged import merge
from tests.factories import billing as make
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, service, staff

pytestmark = pytest.mark.django_db
KEY = ExternalKey("Old salon software", "4711")


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", phone="+33612345678", city="Lyon")


@pytest.fixture
def clara() -> Customer:
    return customer("Clara Roux", email="clara@roux.example", external=KEY)


def consent(of: Customer, *, granted: bool, days_ago: int) -> Consent:
    at = timezone.now() - timedelta(days=days_ago)
    given = Consent(
        customer=of, channel=Channel.EMAIL, granted=granted, given_at=at, source="At the desk"
    )
    return history.create(given, by=SETUP)


def latest_consent(of: Customer) -> bool:
    return of.consents.filter(channel=Channel.EMAIL).order_by("-given_at", "-pk")[0].granted


def test_everything_moves_to_the_survivor_id_5(claire: Customer, clara: Customer) -> None:
    visit, invoice = booked(clara), make.issued(customer=clara)
    payment = record_payment(
        invoice.pk,
        amount=Decimal("49.00"),
        method=PaymentMethod.CASH,
        received_at=make.LATER,
        at=make.LATER,
        by=SETUP,
    )

    merge(claire, clara)

    for row in (visit, invoice, payment):
        row.refresh_from_db()
        assert row.customer == claire
        newest = row.history.latest()
        assert newest.customer_id == claire.pk
        assert newest.history_change_reason == f"Merged {clara.code} into {claire.code}"
    clara.refresh_from_db()
    assert clara.canonical == claire
    assert ExternalId.objects.get().customer == claire
    assert {point.normalized for point in claire.contact_points.all()} == {
        "claire@marchetti.example",
        "clara@roux.example",
        "+33612345678",
    }


def test_an_issued_invoice_keeps_its_buyer_snapshot(claire: Customer, clara: Customer) -> None:
    invoice = make.issued(customer=clara)

    merge(claire, clara)

    before = (invoice.snapshot_text, invoice.snapshot_sha256, invoice.number)
    invoice.refresh_from_db()
    assert (invoice.snapshot_text, invoice.snapshot_sha256, invoice.number) == before
    assert "Clara Roux" in invoice.snapshot_text
    assert invoice.customer == claire


def test_hub_and_external_ids_stay_the_same_after_a_merge_id_6(
    claire: Customer, clara: Customer
) -> None:
    merge(claire, clara)

    for stated in (
        claim("Clara Roux", external=KEY),
        claim("Clara Roux", hub_id=clara.pk),
        claim(email="clara@roux.example"),
        claim(hub_id=claire.pk),
    ):
        found = match(stated)
        assert found.customer == claire
        assert found.tier is not Tier.NONE


def test_an_address_both_had_links_to_the_survivor_again(claire: Customer) -> None:
    twin = customer("Luc Marchetti", phone="+33612345678", email="luc@perrin.example")
    assert ContactPoint.objects.filter(normalized="+33612345678", shared=True).count() == 2

    merge(claire, twin)

    found = match(claim(phone="+33612345678"))
    assert (found.customer, found.tier) == (claire, Tier.PHONE)
    assert claire.contact_points.filter(normalized="+33612345678").count() == 1


def test_an_address_a_third_person_has_stays_shared(claire: Customer) -> None:
    twin = customer("Luc Marchetti", phone="+33612345678", email="luc@perrin.example")
    customer("Zoe Marchetti", phone="+33612345678", email="zoe@perrin.example")

    merge(claire, twin)

    assert match(claim(phone="+33612345678")).customer is None


@pytest.mark.parametrize("yes_was_newer", [True, False])
def test_consent_is_the_stricter_of_both(
    claire: Customer, clara: Customer, *, yes_was_newer: bool
) -> None:
    consent(claire, granted=True, days_ago=1 if yes_was_newer else 9)
    consent(clara, granted=False, days_ago=5)

    merge(claire, clara)

    assert latest_consent(claire) is False
    assert claire.consents.count() == 3


def test_a_consent_nobody_contradicts_moves_along(claire: Customer, clara: Customer) -> None:
    consent(clara, granted=True, days_ago=5)

    merge(claire, clara)

    assert latest_consent(claire) is True
    assert claire.consents.count() == 1


def test_the_question_about_the_two_is_answered_and_others_follow(claire: Customer) -> None:
    luc = customer("Luc Marchetti", phone="+33612345678")
    zoe = customer("Zoe Roux", email="zoe@roux.example", phone="+33712345678")
    ana = customer("Ana Perrin", phone="+33712345678", email="luc@perrin.example")
    about = IdentityReview.objects.get(customer=ana, candidate=zoe)

    merge(claire, luc)
    merge(claire, ana)

    pair = IdentityReview.objects.get(customer=luc, candidate=claire)
    about.refresh_from_db()
    assert pair.state == ReviewState.MERGED
    assert (about.customer, about.candidate, about.state) == (claire, zoe, ReviewState.OPEN)


def test_who_was_merged_before_follows_to_the_last_survivor(
    claire: Customer, clara: Customer
) -> None:
    zoe = customer("Zoe Perrin")
    merge(clara, zoe)

    merge(claire, clara)

    zoe.refresh_from_db()
    assert zoe.canonical == claire
    late = booked_for(zoe)
    assert late.customer == claire


def booked_for(absorbed: Customer) -> Appointment:
    offered = service()
    booking = Booking(absorbed.pk, offered.pk, staff(services=[offered]).pk, MONDAY_9)
    return book_appointment(booking, at=MONDAY_9 - timedelta(days=7), by=SETUP)


def test_the_preview_says_what_would_move_and_changes_nothing(
    claire: Customer, clara: Customer
) -> None:
    booked(clara)
    booked(clara, start=MONDAY_9 + timedelta(days=1))
    make.issued(customer=clara)

    shown = preview_merge(claire.pk, clara.pk, by=SETUP)

    assert shown.moving == ["1 id elsewhere", "2 appointments", "1 invoice", "1 address or number"]
    assert [one.name for one in shown.differences] == ["name", "email", "phone", "address"]
    assert [one.name for one in shown.differences if one.is_taken] == ["name", "email"]
    assert shown.objections == []
    assert not Merge.objects.exists()


def test_a_merge_is_announced_with_no_personal_data(claire: Customer, clara: Customer) -> None:
    visit, invoice = booked(clara), make.issued(customer=clara)
    known = list(Change.objects.values_list("pk", flat=True))

    done = merge(claire, clara, "name")

    told = Change.objects.exclude(pk__in=known).order_by("pk")
    ids = [str(clara.pk), str(claire.pk)]
    assert list(told.values_list("name", "local_id", "fields")) == [
        ("appointment.updated", visit.pk, {"customer": ids}),
        ("invoice.updated", invoice.pk, {"customer": ids}),
        (
            "customer.merged",
            clara.pk,
            {"merged_into": ["", str(claire.pk)], "merge": ["", str(done.pk)]},
        ),
        (
            "customer.updated",
            claire.pk,
            {"family_name": [], "given_name": [], "email": []},
        ),
    ]


def test_a_visit_and_its_invoice_stay_under_one_customer_id_3(
    claire: Customer, clara: Customer
) -> None:
    make.completed(customer=clara)

    merge(claire, clara)

    assert list(misplaced_lines()) == []


def test_the_nightly_query_finds_a_visit_apart_from_its_invoice_id_3(
    claire: Customer, clara: Customer
) -> None:
    """The negative control: as if a merge had forgotten the visits."""
    visit = make.completed(customer=clara)
    line = visit.invoice_lines.get()

    type(line.invoice).objects.filter(pk=line.invoice_id).update(customer=claire)

    assert list(misplaced_lines()) == [line]
