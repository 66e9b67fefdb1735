"""Customer, visit and invoice in the CRM: one contact, a status, a number and amounts."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.utils import timezone

from billing.issuing import issue_invoice
from billing.models import Invoice
from billing.payments import record_payment
from billing.states import PaymentMethod
from customers.models import Customer
from customers.updating import update_customer
from scheduling.attendance import complete_appointment
from scheduling.booking import reschedule_appointment
from scheduling.canceling import cancel_appointment
from syncs import deciding, jobs, linking
from syncs.linking import Snapshot
from syncs.models import Attempt, Conflict, Connection, Job, Link
from syncs.sweeping import sweep
from tests.factories import billing as make
from tests.factories.customers import customer
from tests.factories.people import SETUP
from tests.factories.scheduling import booked
from tests.syncs.conftest import ask_pull
from tests.syncs.connectors.people import HUBSPOT_TOKEN
from tests.syncs.connectors.servers import Server

pytestmark = pytest.mark.django_db
Sync = Callable[[], None]


@pytest.fixture
def there(crm_server: Server) -> Callable[[str, str], dict[str, Any]]:
    """Read one object of the CRM by our unique property, as its own people would see it."""

    def read(object_type: str, hub_property: str, local_id: object = "") -> dict[str, Any]:
        answer = httpx.get(
            f"{crm_server.url}/crm/objects/2026-09/{object_type}/{local_id}",
            params={"idProperty": hub_property, "properties": ALL},
            headers={"Authorization": f"Bearer {HUBSPOT_TOKEN}"},
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    return read


ALL = (
    "firstname,lastname,email,phone,amount,hs_meeting_outcome,hub_appointment_status,"
    "hub_invoice_number,hub_invoice_status,hub_invoice_balance,hub_invoice_url"
)


def test_a_customer_becomes_one_contact_by_our_own_property(
    crm: Connection, sync: Sync, there: Any
) -> None:
    claire = claire_marchetti()
    sync()
    sync()

    contact = there("contacts", "hub_customer_id", claire.pk)
    assert contact["properties"]["firstname"] == "Claire"
    assert Link.objects.get().remote_id == contact["id"]


def test_a_visit_waits_for_its_contact_and_then_carries_its_status(
    crm: Connection, sync: Sync, there: Any
) -> None:
    visit = booked(claire_marchetti())
    settle(sync)
    reschedule_appointment(
        visit.pk, start_at=visit.start_at + timedelta(hours=2), at=timezone.now(), by=SETUP
    )
    settle(sync)
    meeting = there("meetings", "hub_appointment_id", visit.pk)
    assert "rescheduled" in str(meeting["properties"]).lower()

    cancel_appointment(visit.pk, reason="Ill", at=timezone.now(), by=SETUP)
    settle(sync)

    again = there("meetings", "hub_appointment_id", visit.pk)
    assert again["id"] == meeting["id"]
    assert "cancel" in str(again["properties"]).lower()


def test_an_invoice_arrives_as_number_status_amounts_and_link(
    crm: Connection, sync: Sync, there: Any
) -> None:
    claire = claire_marchetti()
    make.billing()
    visit = booked(claire)
    complete_appointment(visit.pk, at=visit.end_at, by=SETUP)
    invoice = issue_invoice(Invoice.objects.get().pk, at=make.LATER, by=SETUP)
    settle(sync)
    deal = there("deals", "hub_invoice_id", invoice.pk)
    assert deal["properties"]["hub_invoice_number"] == invoice.number
    assert Decimal(deal["properties"]["hub_invoice_balance"]) == Decimal("49.00")
    assert deal["properties"]["hub_invoice_url"].endswith(f"/invoices/{invoice.pk}/")

    pay_at = make.LATER + timedelta(hours=1)
    record_payment(
        invoice.pk,
        amount=Decimal("49.00"),
        method=PaymentMethod.CASH,
        received_at=pay_at,
        at=pay_at,
        by=SETUP,
    )
    settle(sync)

    paid = there("deals", "hub_invoice_id", invoice.pk)
    assert paid["id"] == deal["id"]
    assert paid["properties"]["hub_invoice_status"] == "paid"


def test_a_draft_is_not_told_to_the_crm(crm: Connection, sync: Sync) -> None:
    make.draft(customer=claire_marchetti())
    settle(sync)

    assert not Link.objects.filter(kind="invoice", remote_id__isnull=False).exists()


def test_a_change_made_there_and_here_is_asked_about_and_nothing_is_lost(
    crm: Connection, crm_server: Server, sync: Sync, there: Any
) -> None:
    claire = claire_marchetti()
    sync()
    contact = there("contacts", "hub_customer_id", claire.pk)
    edit_there(crm_server, contact["id"], firstname="Clara")
    update_customer(claire.pk, {"given_name": "Klara"}, by=SETUP)
    ask_pull(crm, "contacts")
    settle(sync)

    conflict = Conflict.objects.get()
    assert conflict.type == "both_changed"
    assert there("contacts", "hub_customer_id", claire.pk)["properties"]["firstname"] == "Klara"

    deciding.decide(conflict.pk, answer="remote", at=timezone.now(), by=SETUP)
    settle(sync)

    claire.refresh_from_db()
    assert claire.given_name == "Clara"
    assert there("contacts", "hub_customer_id", claire.pk)["properties"]["firstname"] == "Clara"


def test_a_contact_edited_there_changes_the_customer_through_the_verb(
    crm: Connection, crm_server: Server, sync: Sync, there: Any
) -> None:
    claire = claire_marchetti()
    sync()
    contact = there("contacts", "hub_customer_id", claire.pk)

    edit_there(crm_server, contact["id"], company="Marchetti Interiors")
    ask_pull(crm, "contacts")
    settle(sync)

    claire.refresh_from_db()
    assert claire.company == "Marchetti Interiors"
    assert claire.history.latest().actor_name == "HubSpot"


def test_a_search_older_than_our_own_write_does_not_undo_it(
    crm: Connection, sync: Sync, there: Any
) -> None:
    """Its index lags: it told of the cancellation after the undo had been written there."""
    visit = booked(claire_marchetti())
    settle(sync)
    link = Link.objects.get(kind="appointment")
    late = Snapshot({**link.base["remote"], "status": "canceled"}, etag="late")

    linking.remember(link, late)
    link.save(update_fields=["pending_remote"])
    jobs.request([(crm.pk, jobs.object_key("appointment", visit.pk))])
    settle(sync)

    visit.refresh_from_db()
    assert visit.status == "booked"
    link.refresh_from_db()
    assert link.pending_remote is None
    assert not Conflict.objects.exists()


def test_an_outage_is_visible_retried_and_leaves_one_contact(
    crm: Connection, crm_server: Server, sync: Sync, there: Any
) -> None:
    fault(crm_server, method="POST", path="/crm/objects", status=500, times=1, apply=True)
    claire = claire_marchetti()

    sync()
    job = Job.objects.get(key__startswith="obj:")
    assert (job.state, job.attempts) == ("ready", 1)
    assert Attempt.objects.filter(outcome="retry").count() == 1
    Job.objects.update(available_at=timezone.now() - timedelta(seconds=1))
    sync()

    assert Job.objects.get(key__startswith="obj:").state == "idle"
    assert there("contacts", "hub_customer_id", claire.pk)["id"] == Link.objects.get().remote_id


def test_too_many_requests_hold_the_connection_without_using_up_tries(
    crm: Connection, crm_server: Server, sync: Sync
) -> None:
    fault(crm_server, method="POST", path="/crm/objects", status=429, times=1, retry_after=7)
    claire_marchetti()

    sync()

    job = Job.objects.get(key__startswith="obj:")
    crm.refresh_from_db()
    assert (job.state, job.attempts) == ("ready", 0)
    assert crm.available_at is not None


def test_a_refused_record_is_parked_with_the_words_of_the_other_side(
    crm: Connection, crm_server: Server, sync: Sync
) -> None:
    fault(crm_server, method="POST", path="/crm/objects", status=400, times=1)
    claire_marchetti()

    sync()

    job = Job.objects.get(key__startswith="obj:")
    assert job.state == "parked"
    assert job.last_message
    assert Conflict.objects.get().type == "rejected_by_remote"


def test_a_sweep_polls_every_feed_once_per_interval(crm: Connection) -> None:
    sweep(at=timezone.now())
    sweep(at=timezone.now())

    pulls = Job.objects.filter(key__startswith="pull:")
    assert {job.key for job in pulls} == {"pull:contacts", "pull:meetings", "pull:deals"}
    assert {job.wanted_seq for job in pulls} == {1}


def claire_marchetti() -> Customer:
    """The CRM keeps what earlier tests left there, so each Claire has an address of her own."""
    return customer("Claire Marchetti", email=f"claire-{uuid4().hex}@marchetti.example")


def settle(sync: Sync) -> None:
    """Let those that waited for a related record go on at once."""
    for _ in range(4):
        sync()
        Job.objects.filter(state="ready").update(available_at=timezone.now())


def edit_there(server: Server, contact_id: str, **properties: str) -> None:
    httpx.patch(
        f"{server.url}/crm/objects/2026-09/contacts/{contact_id}",
        json={"properties": properties},
        headers={"Authorization": f"Bearer {HUBSPOT_TOKEN}"},
    ).raise_for_status()


def fault(server: Server, *, method: str, path: str, status: int, times: int, **more: Any) -> None:
    plan = {"method": method, "path": path, "status": status, "times": times}
    if more.pop("apply", False):
        plan["apply_then_fail"] = True
    httpx.post(f"{server.url}/_faults", json=plan | more).raise_for_status()
