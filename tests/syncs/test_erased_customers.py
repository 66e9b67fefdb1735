"""What connected tools keep of whoever was erased: nothing by the sync, and the rest is asked."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from customers.erasure import erase_customer, prospect_of
from customers.models import Customer
from customers.updating import update_customer
from scheduling.attendance import complete_appointment
from scheduling.canceling import cancel_appointment
from scheduling.models import Staff
from syncs import conflicts
from syncs.deciding import decide
from syncs.models import Conflict, Connection, Job, Link
from syncs.overview import needs_attention
from syncs.states import ConflictState, ConflictType, ConnectionStatus, LinkStatus
from tests.customers.merged import merge
from tests.customers.test_erasure import CANARY, everywhere
from tests.factories.customers import customer
from tests.factories.people import SETUP
from tests.factories.scheduling import booked
from tests.syncs.conftest import CalendarProgram, ask_pull
from tests.syncs.connectors.people import HUBSPOT_TOKEN
from tests.syncs.connectors.servers import Server
from tests.syncs.test_crm_sync import edit_there

pytestmark = pytest.mark.django_db
Sync = Callable[[], None]
Read = Callable[[str], dict[str, Any]]
NAMES = "firstname,lastname,email,phone,company,city,address"


@pytest.fixture
def contact(crm_server: Server) -> Read:
    """Read what a contact of the CRM says, without what is empty."""

    def read(remote_id: str) -> dict[str, Any]:
        answer = httpx.get(
            f"{crm_server.url}/crm/objects/2026-09/contacts/{remote_id}",
            params={"properties": NAMES},
            headers={"Authorization": f"Bearer {HUBSPOT_TOKEN}"},
        )
        answer.raise_for_status()
        said = answer.json()["properties"]
        return {name: said[name] for name in NAMES.split(",") if said.get(name)}

    return read


@pytest.fixture
def canary(crm: Connection, sync: Sync) -> Customer:
    """Somebody whose every detail is in the CRM, too, with a visit that was canceled."""
    email = f"{CANARY}-{uuid4().hex}@x.example"  # the CRM stand-in outlives the test
    made = customer(f"{CANARY} {CANARY}", email=email, company=CANARY, city=CANARY)
    visit = booked(made)
    sync()
    cancel_appointment(visit.pk, reason="Ill", at=timezone.now(), by=SETUP)
    sync()
    return made


def erase(of: Customer) -> list[str]:
    kept = erase_customer(of.pk, reason="Asked on Nov 22", at=timezone.now(), by=SETUP)
    return [f"{one.what} {one.why}" for one in kept]


def remote_id_of(of: Customer) -> str:
    return str(Link.objects.get(kind="customer", local_id=of.pk).remote_id)


def test_the_record_there_is_emptied_and_no_table_keeps_what_it_said(
    canary: Customer, contact: Read, sync: Sync
) -> None:
    there = remote_id_of(canary)
    assert contact(there)["email"] == canary.email()
    assert "syncs_link" in everywhere()

    told = erase(canary)
    sync()

    assert contact(there) == {"lastname": "Erased customer"}
    assert everywhere() == []
    assert "A record in HubSpot. The sync empties it; delete it there" in " ".join(told)
    assert not Job.objects.filter(state__in=["parked", "dead"]).exists()


def test_each_tool_stays_on_the_list_until_somebody_says_that_it_is_deleted(
    canary: Customer, sync: Sync
) -> None:
    erase(canary)
    sync()

    (item,) = needs_attention()
    assert (item.record, item.connection) == ("Erased customer", "HubSpot")
    assert f"{canary.code} was erased here." in item.detail
    assert item.answers == (("ignore", "It is deleted there"),)
    decide(Conflict.objects.get().pk, answer="ignore", at=timezone.now(), by=SETUP)
    assert needs_attention() == []


def test_what_is_edited_there_meanwhile_comes_neither_back_nor_into_a_question(
    canary: Customer, crm: Connection, crm_server: Server, contact: Read, sync: Sync
) -> None:
    there = remote_id_of(canary)
    edit_there(crm_server, there, company=f"{CANARY} again", phone="+33612345678")

    erase(canary)
    ask_pull(crm, "contacts")
    sync()

    assert contact(there) == {"lastname": "Erased customer"}
    canary.refresh_from_db()
    assert (canary.name, canary.company) == ("Erased customer", "")
    assert everywhere() == []
    assert [one.type for one in Conflict.objects.all()] == [ConflictType.ERASED_HERE]


def test_questions_with_both_values_are_forgotten(
    canary: Customer, crm: Connection, crm_server: Server, sync: Sync
) -> None:
    edit_there(crm_server, remote_id_of(canary), company=f"{CANARY} there")
    update_customer(canary.pk, {"company": f"{CANARY} here"}, by=SETUP)
    ask_pull(crm, "contacts")
    sync()
    assert {"syncs_conflict", "syncs_historicalconflict"} <= set(everywhere())

    erase(canary)
    sync()

    assert everywhere() == []
    types = Conflict.objects.order_by("opened_at").values_list("type", "state")
    assert list(types) == [
        (ConflictType.BOTH_CHANGED, ConflictState.RESOLVED),
        (ConflictType.ERASED_HERE, ConflictState.OPEN),
    ]


def test_the_record_of_whoever_was_merged_into_it_is_emptied_along(
    canary: Customer, contact: Read, sync: Sync
) -> None:
    twin = customer(f"Twin {CANARY}", email=f"twin-{uuid4().hex}@{CANARY}.example")
    sync()
    merge(twin, canary)
    sync()
    known = [remote_id_of(of) for of in (twin, canary)]

    erase(twin)
    sync()

    assert [contact(one) for one in known] == [{"lastname": "Erased customer"}] * 2
    assert everywhere() == []
    assert Conflict.objects.filter(type=ConflictType.ERASED_HERE).count() == 2


def test_a_tool_that_is_not_connected_any_more_is_named(canary: Customer, crm: Connection) -> None:
    Connection.objects.filter(pk=crm.pk).update(status=ConnectionStatus.DISABLED)

    said = [f"{one.what} {one.why}" for one in prospect_of(canary.pk, at=timezone.now()).kept]
    erase(canary)

    assert "A record in HubSpot. It is not connected any more: delete it there." in said
    assert set(Link.objects.values_list("status", flat=True)) == {LinkStatus.DETACHED}
    assert everywhere() == []


def test_past_entries_of_a_calendar_lose_the_name(
    calendar: Connection, program: CalendarProgram, dina: Staff, sync: Sync, tomorrow: datetime
) -> None:
    made = customer(f"{CANARY} {CANARY}")
    visit = booked(made, staff=dina, start=tomorrow)
    complete_appointment(visit.pk, at=tomorrow, by=SETUP)
    sync()
    assert CANARY in program.only_event()[1]

    erase_customer(made.pk, reason="Asked", at=tomorrow, by=SETUP)
    sync()

    assert "Erased customer" in program.only_event()[1]
    assert CANARY not in program.only_event()[1]
    assert everywhere() == []
    assert not Conflict.objects.exists()


def test_the_program_cannot_clear_the_history_of_a_question_by_itself(
    canary: Customer, crm: Connection
) -> None:
    asked = conflicts.open_for(
        crm, None, ConflictType.BOTH_CHANGED, message="Both", clashes={}, subject="customer:x"
    )

    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="first clear"),
        transaction.atomic(),
    ):
        cursor.execute("SELECT syncs_erase_history(%s)", [asked.subject])
