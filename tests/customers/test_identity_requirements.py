"""The rows ID-1 … ID-6 of the requirements, each as its sentence, through the real doors.

And what REM-1 and UX-2 ask of customers. ID-2 has many cases, in ``test_match_order.py``; the
nightly look of ID-3 and the figures of ID-7 are in ``tests/syncs/test_weekly_review.py``, the
order of work of ID-8 in ``tests/architecture/test_release_gate.py``.
"""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.belonging import misplaced_lines
from billing.drafting import draft_invoice
from billing.models import Invoice
from customers.erasure import prospect_of
from customers.identity import ExternalKey, Identified, Tier, find_or_create
from customers.known import survivor_of
from customers.merging import Merging, merge_customers
from customers.models import Customer, ExternalId, IdentityReview
from customers.traces import external_ids_of
from customers.updating import update_customer
from hub import history
from hub.identifiers import public_id
from hub.notifications.models import Notification, NotificationStatus
from hub.notifications.sending import send_due
from scheduling.booking import Booking, book_appointment
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment
from syncs.models import Connection, Link
from tests.customers.merged import merge
from tests.factories import billing as make
from tests.factories.clients import api_key, signed_in
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import booked, location, service, staff

pytestmark = pytest.mark.django_db
KEY = ExternalKey("Old salon software", "4711")
EMAIL, PHONE = "claire@marchetti.example", "+33612345678"


def identify(name: str = "Claire Marchetti", **values: Any) -> Identified:
    return find_or_create(claim(name, **values), at=timezone.now(), by=SETUP)


def test_a_record_with_only_an_equal_name_never_links_never_merges_and_asks_id_1() -> None:
    """ID-1: a hundred pairs of namesakes give no link, no merge, and a question each."""
    for number in range(100):
        name = f"Anna {chr(97 + number // 10)}{chr(97 + number % 10)}son"
        first, second = identify(name), identify(name)

        assert (second.created, second.tier) == (True, Tier.NONE)
        assert [review.candidate for review in second.reviews] == [first.customer]

    assert Customer.objects.filter(canonical=None).count() == 200
    assert IdentityReview.objects.filter(state="open").count() == 100


def test_a_line_for_the_appointment_of_another_customer_cannot_be_inserted_id_3() -> None:
    """ID-3: the database refuses it, whoever writes; for the same customer it takes it."""
    visit = make.completed(customer=customer(email=EMAIL))
    line = visit.invoice_lines.get()
    other = draft_of(customer("Luc Perrin", email="luc@perrin.example"))
    own = draft_of(visit.customer)

    line.pk, line.invoice = None, other
    with pytest.raises(IntegrityError, match="belongs to another customer"), transaction.atomic():
        history.create(line, by=SETUP)

    line.invoice = own
    history.create(line, by=SETUP)
    assert own.lines.get().appointment == visit
    assert list(misplaced_lines()) == []


def draft_of(whose: Customer) -> Invoice:
    make.billing()
    return draft_invoice(whose.pk, location_id=location().pk, by=SETUP)


def test_the_same_contact_ten_times_leaves_exactly_one_customer_id_4() -> None:
    """ID-4: by its id, then its address in another case, then its phone in another format."""
    said: list[dict[str, Any]] = [
        {"external": KEY, "email": EMAIL, "phone": PHONE},
        {"email": EMAIL.upper()},
        {"phone": "06 12 34 56 78", "region": "FR"},
    ]

    for values in said:
        for _ in range(10):
            identify(**values)

    assert Customer.objects.count() == 1
    assert ExternalId.objects.count() == 1
    assert not IdentityReview.objects.exists()


@pytest.fixture
def pair() -> tuple[Customer, Customer]:
    claire = customer(email=EMAIL)
    return claire, customer("Clara Roux", email="clara@roux.example", external=KEY)


def test_after_a_merge_messages_address_the_survivor_id_5(
    pair: tuple[Customer, Customer],
) -> None:
    """ID-5, reminders: a message that was planned before the merge goes to the survivor.

    Reminders themselves come with a later issue and are sent by the same queue.
    """
    claire, clara = pair
    visit = book(clara, start_in=timedelta(days=3))

    merge(claire, clara)
    send_due(at=timezone.now() + timedelta(minutes=1))

    assert [letter.to for letter in mail.outbox] == [[EMAIL]]
    assert Appointment.objects.get(pk=visit.pk).customer == claire


def test_after_a_merge_rebooking_is_for_the_survivor_id_5(
    pair: tuple[Customer, Customer],
) -> None:
    """ID-5, rebooking: an old link to the absorbed record books for the survivor."""
    claire, clara = pair
    merge(claire, clara)

    assert booked(clara).customer == claire


def test_after_a_merge_collections_find_the_survivor_id_5(
    pair: tuple[Customer, Customer],
) -> None:
    """ID-5, dunning: what is owed is the survivor's, and so is every new invoice.

    Dunning itself comes with a later issue; it asks for the open invoices of a customer, and
    resolves an id it has kept with ``survivor_of``.
    """
    claire, clara = pair
    owed = make.issued(customer=clara)

    merge(claire, clara)

    owed.refresh_from_db()
    assert owed.customer == claire
    assert draft_of(clara).customer == claire
    clara.refresh_from_db()
    assert survivor_of(clara) == claire
    assert prospect_of(claire.pk, at=timezone.now()).obstacles != []


def test_after_a_chain_of_merges_everybody_is_one_step_away_from_the_survivor_id_5(
    pair: tuple[Customer, Customer],
) -> None:
    claire, clara = pair
    zoe = customer("Zoe Perrin", email="zoe@perrin.example")
    merge(claire, clara)
    merge(zoe, claire)

    absorbed = Customer.objects.filter(pk__in=[claire.pk, clara.pk])
    assert {survivor_of(one) for one in absorbed.select_related("canonical")} == {zoe}
    assert set(absorbed.values_list("canonical", flat=True)) == {zoe.pk}


def test_one_call_returns_all_ids_and_rename_email_and_merge_change_none_id_6() -> None:
    """ID-6: of a customer with an appointment, an invoice and a connection."""
    claire = identify(external=KEY, email=EMAIL).customer
    booked(claire)
    make.issued(customer=claire)
    owner = person("Administrator")
    crm = history.create(Connection(vendor="hubspot", label="CRM", owner=owner), by=SETUP)
    Link.objects.create(
        connection=crm, kind="customer", local_id=claire.pk, remote_id="90151", idem_key="x"
    )
    tool, place = api_key(), f"/api/v1/customers/{public_id('cus', claire.pk)}"
    before: Any = tool.get(f"{place}/ids").json()
    assert before == {
        "id": public_id("cus", claire.pk),
        "code": claire.code,
        "merged_ids": [],
        "external_ids": [
            {"system": "CRM", "value": "90151"},
            {"system": "Old salon software", "value": "4711"},
        ],
    }
    assert before["external_ids"] == external_ids_of(claire.pk)

    update_customer(claire.pk, {"family_name": "Roux", "email": "new@roux.example"}, by=SETUP)
    assert tool.get(f"{place}/ids").json() == before

    clara = customer("Clara Roux", email="clara@roux.example")
    merge(claire, clara)
    assert tool.get(f"{place}/ids").json() == before | {"merged_ids": [public_id("cus", clara.pk)]}
    for model in (Appointment, Invoice):
        assert model.objects.get().customer == claire

    zoe = customer("Zoe Perrin", email="zoe@perrin.example")
    merge_customers(Merging(zoe.pk, claire.pk), at=timezone.now(), by=SETUP)
    told: Any = tool.get(f"/api/v1/customers/{public_id('cus', zoe.pk)}/ids").json()
    assert told["external_ids"] == before["external_ids"]
    assert before["id"] in told["merged_ids"]


def test_after_a_cancellation_no_message_about_the_visit_is_left_to_send_rem_1(
    pair: tuple[Customer, Customer],
) -> None:
    """REM-1, the customer's part: the confirmation is withdrawn in the same transaction.

    That balances and tasks follow belongs to billing and to later issues.
    """
    visit = book(pair[0], start_in=timedelta(days=3))
    by = actor(person("Manager"))

    cancel_appointment(visit.pk, reason="Ill", at=timezone.now(), by=by)
    left = Notification.objects.filter(object_id=visit.pk, status=NotificationStatus.PLANNED)
    assert list(left.values_list("kind", flat=True)) == ["appointment_canceled"]

    send_due(at=timezone.now() + timedelta(hours=1))
    assert [letter.to for letter in mail.outbox] == [[EMAIL]]


@pytest.mark.parametrize(
    "text", ["{number}", "+33 6 12 34 56 78", "0033612345678", "612 345", "{email}", "90151"]
)
def test_search_returns_the_customer_first_ux_2(text: str) -> None:
    """UX-2: by invoice number, phone in any format, e-mail and external id."""
    claire = customer(email=EMAIL, phone=PHONE, external=ExternalKey("CRM", "90151"))
    customer("Luc Perrin", email="luc@perrin.example", phone="+33711223344")
    invoice = make.issued(customer=claire)
    asked = text.format(number=invoice.number, email=EMAIL.upper())

    groups = signed_in(person("Manager")).get("/search/", {"q": asked}).context["groups"]

    label, options = groups[0]
    assert (label, [option.title for option in options]) == ("Customers", [claire.name])


def test_one_click_exports_the_audit_trail_of_a_customer_ux_2(
    pair: tuple[Customer, Customer],
) -> None:
    claire, clara = pair
    merge(claire, clara)
    update_customer(claire.pk, {"city": "Lyon"}, by=actor(person("Front desk")))

    answer = signed_in(person("Manager")).post(f"/customers/{claire.pk}/export/")

    first, second = json.loads(answer.content)["records"]
    assert (first["code"], second["code"]) == (claire.code, clara.code)
    latest = next(edit for edit in first["edits"] if "Lyon" in json.dumps(edit))
    assert "Ben Desk" in json.dumps(latest)


def book(whose: Customer, *, start_in: timedelta) -> Appointment:
    offered = service()
    person_free = staff("Dina Falk", services=[offered])
    at = timezone.now()
    start = at.replace(hour=10, minute=0, second=0, microsecond=0) + start_in
    asked = Booking(whose.pk, offered.pk, person_free.pk, start)
    return book_appointment(asked, at=at, by=actor(person()))
