"""A merge is taken apart: exactly what it moved goes back, what came since stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.belonging import misplaced_lines
from billing.issuing import issue_invoice
from billing.models import Invoice
from customers.erasure import erase_customer
from customers.identity import match
from customers.models import ContactPoint, Customer, IdentityReview, Merge, ReviewState
from customers.unmerging import AlreadyUndone, ErasedSince, LaterMerge, preview_unmerge, unmerge
from customers.updating import remove_contact, update_customer
from hub.access import AccessDenied
from hub.errors import StaleVersion
from hub.models import Change
from scheduling.attendance import complete_appointment
from tests.customers.merged import everything, merge, undo
from tests.customers.test_merging import KEY, consent
from tests.factories import billing as make
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", phone="+33612345678", city="Lyon")


@pytest.fixture
def clara() -> Customer:
    """Somebody with everything: visits, an issued invoice, consents, ids, a shared number."""
    found = customer(
        "Clara Roux",
        email="clara@roux.example",
        phone="+33612345678",
        external=KEY,
        company="Roux SARL",
    )
    make.completed(customer=found)
    make.issued(customer=found)
    consent(found, granted=True, days_ago=2)
    return found


def test_merge_then_unmerge_leaves_everything_as_it_was(claire: Customer, clara: Customer) -> None:
    consent(claire, granted=False, days_ago=9)
    before = everything(claire, clara)

    undo(merge(claire, clara, "name", "company", "email", "phone"))

    assert everything(claire, clara) == before
    assert list(misplaced_lines()) == []


def test_both_are_found_as_before(claire: Customer) -> None:
    luc = customer("Luc Marchetti", phone="+33612345678", email="luc@perrin.example")

    undo(merge(claire, luc))

    assert match(claim(phone="+33612345678")).customer is None
    assert match(claim("Luc Marchetti", email="luc@perrin.example")).customer == luc


def test_what_came_since_stays_with_the_survivor(claire: Customer, clara: Customer) -> None:
    done = merge(claire, clara)
    late = booked(clara, start=MONDAY_9 + timedelta(days=3))
    draft = make.draft(customer=clara)
    update_customer(claire.pk, {"email": "new@marchetti.example"}, by=SETUP)

    shown = preview_unmerge(done.pk, by=SETUP)
    undo(done)

    assert shown.staying == [late, draft]
    assert shown.returning == [
        "1 id elsewhere",
        "1 consent",
        "1 appointment",
        "2 invoices",
        "1 address or number",
    ]
    for row in (late, draft):
        row.refresh_from_db()
        assert row.customer == claire
    assert claire.email() == "new@marchetti.example"
    assert clara.email() == "clara@roux.example"


def test_a_visit_that_was_invoiced_since_stays_with_its_invoice_id_3(
    claire: Customer, clara: Customer
) -> None:
    visit = booked(clara, start=MONDAY_9 + timedelta(days=3))
    done = merge(claire, clara)
    complete_appointment(visit.pk, at=visit.end_at, by=SETUP)
    draft = Invoice.objects.get(lines__appointment=visit)
    issue_invoice(draft.pk, at=visit.end_at, by=SETUP)

    shown = preview_unmerge(done.pk, by=SETUP)
    undo(done)

    visit.refresh_from_db()
    draft.refresh_from_db()
    assert (visit.customer, draft.customer) == (claire, claire)
    assert shown.staying == [visit, draft]
    assert list(misplaced_lines()) == []


def test_details_edited_since_stay_as_they_are(claire: Customer, clara: Customer) -> None:
    done = merge(claire, clara, "name", "company")
    update_customer(claire.pk, {"company": "Roux & Marchetti"}, by=SETUP)

    shown = preview_unmerge(done.pk, by=SETUP)
    undo(done)

    claire.refresh_from_db()
    assert (claire.name, claire.company) == ("Claire Marchetti", "Roux & Marchetti")
    assert (shown.restored, shown.kept) == (["Name"], ["Company"])
    assert claire.search_name == "marchetti claire roux marchetti"


def test_an_address_that_was_rewritten_since_stays(claire: Customer, clara: Customer) -> None:
    done = merge(claire, clara, "email")
    update_customer(claire.pk, {"email": "both@roux.example"}, by=SETUP)

    undo(done)

    assert claire.email() == "both@roux.example"
    assert not clara.contact_points.filter(kind="email").exists()


def test_an_address_that_was_taken_away_since_stays_away(
    claire: Customer, clara: Customer
) -> None:
    done = merge(claire, clara)
    point = ContactPoint.objects.get(normalized="clara@roux.example")
    remove_contact(claire.pk, point.pk, by=SETUP)

    undo(done)

    assert clara.email() == ""


@pytest.mark.parametrize("verdict", [ReviewState.OPEN, ReviewState.DIFFERENT])
def test_the_question_is_open_again_or_answered(
    claire: Customer, clara: Customer, verdict: ReviewState
) -> None:
    asked = IdentityReview.objects.get()
    zoe = customer("Zoe Perrin", phone="+33712345678")
    customer("Ana Perrin", phone="+33712345678", email="a@perrin.example")
    about = IdentityReview.objects.exclude(pk=asked.pk).get()
    first = merge(claire, clara)
    second = merge(claire, zoe)

    undo(second)
    undo(first, verdict=verdict)

    asked.refresh_from_db()
    about.refresh_from_db()
    assert asked.state == verdict
    assert (about.candidate, about.state) == (zoe, ReviewState.OPEN)


def test_chained_merges_are_undone_from_the_last_one(claire: Customer, clara: Customer) -> None:
    zoe = customer("Zoe Perrin", email="zoe@perrin.example")
    booked(zoe)
    before = everything(claire, clara, zoe)
    first = merge(clara, zoe)
    second = merge(claire, clara)

    with pytest.raises(
        LaterMerge, match=f"{clara.code} was merged into {claire.code} since. Undo that"
    ):
        undo(first)
    undo(second)
    zoe.refresh_from_db()
    assert zoe.canonical == clara
    undo(first)

    assert everything(claire, clara, zoe) == before


def test_merges_into_one_survivor_are_undone_in_any_order_unless_they_changed_the_same(
    claire: Customer, clara: Customer
) -> None:
    zoe = customer("Zoe Perrin", company="Perrin SA")
    before = everything(claire, clara, zoe)
    first, second = merge(claire, clara, "name"), merge(claire, zoe, "company")

    undo(first)
    undo(second)

    assert everything(claire, clara, zoe) == before
    first, second = merge(claire, clara, "name"), merge(claire, zoe, "name")
    with pytest.raises(LaterMerge, match="changed the name, too"):
        undo(first)


def test_a_merge_is_undone_once(claire: Customer, clara: Customer) -> None:
    done = merge(claire, clara)
    undo(done)

    with pytest.raises(AlreadyUndone):
        undo(done)
    again = merge(claire, clara)
    undo(again)

    assert Merge.objects.filter(undone_at=None).count() == 0


def test_a_later_version_of_the_merge_is_not_undone(claire: Customer, clara: Customer) -> None:
    done = merge(claire, clara)

    with pytest.raises(StaleVersion):
        unmerge(
            done.pk,
            verdict=ReviewState.OPEN,
            at=timezone.now(),
            by=SETUP,
            expected_version=done.version + 1,
        )


@pytest.mark.parametrize("role", ["Front desk", "Billing", "Administrator"])
def test_only_managers_undo(claire: Customer, clara: Customer, role: str) -> None:
    done, by = merge(claire, clara), actor(person(role))

    with pytest.raises(AccessDenied):
        undo(done, by=by)
    with pytest.raises(AccessDenied):
        preview_unmerge(done.pk, by=by)


def test_undoing_is_announced(claire: Customer, clara: Customer) -> None:
    done = merge(claire, clara)
    known = list(Change.objects.values_list("pk", flat=True))

    undo(done)

    told = Change.objects.exclude(pk__in=known).values_list("name", "local_id")
    assert set(told) >= {("customer.unmerged", clara.pk), ("customer.updated", claire.pk)}
    assert [name for name, _ in told].count("appointment.updated") == 1


def test_a_merge_of_whoever_was_erased_is_not_undone() -> None:
    claire, clara = customer("Claire Marchetti", city="Lyon"), customer("Clara Roux")
    done = merge(claire, clara)
    erase_customer(claire.pk, reason="Asked", at=timezone.now(), by=SETUP)

    with pytest.raises(ErasedSince, match="was erased since"):
        preview_unmerge(done.pk, by=SETUP)
    with pytest.raises(ErasedSince, match="was erased since"):
        undo(done)

    assert Customer.objects.current().count() == 0


def test_a_number_that_came_since_is_the_main_one_when_the_merged_one_goes_back() -> None:
    survivor, absorbed = (
        customer("Ann Alpha", email="ann@x.example"),
        customer(phone="+33612345678"),
    )
    done = merge(survivor, absorbed)
    customer("Ann Alpha", email="ann@x.example", phone="+33612345999")

    undo(done)

    assert (survivor.phone(), absorbed.phone()) == ("+33 6 12 34 59 99", "+33 6 12 34 56 78")
