"""What connected tools see of a merge: names follow, and nothing there is merged or deleted."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from customers.models import Customer
from customers.traces import external_ids_of
from customers.updating import update_customer
from scheduling.models import Appointment
from syncs.models import Connection, Job, Link
from tests.customers.merged import merge, undo
from tests.factories.customers import customer
from tests.factories.people import SETUP
from tests.syncs.conftest import CalendarProgram, ask_pull
from tests.syncs.connectors.people import HUBSPOT_TOKEN
from tests.syncs.connectors.servers import Server
from tests.syncs.test_crm_sync import edit_there

pytestmark = pytest.mark.django_db
Sync = Callable[[], None]
Read = Callable[[Customer], dict[str, Any]]


@pytest.fixture
def contact_of(crm_server: Server) -> Read:
    """Read a contact of the CRM by our unique property, as its own people would see it."""

    def read(of: Customer) -> dict[str, Any]:
        answer = httpx.get(
            f"{crm_server.url}/crm/objects/2026-09/contacts/{of.pk}",
            params={"idProperty": "hub_customer_id", "properties": "firstname,company"},
            headers={"Authorization": f"Bearer {HUBSPOT_TOKEN}"},
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    return read


@pytest.fixture
def pair(crm: Connection, sync: Sync) -> tuple[Customer, Customer]:
    """Two customers with a contact each."""
    claire = customer("Claire Marchetti", email=f"claire-{uuid4().hex}@marchetti.example")
    clara = customer("Clara Roux", email=f"clara-{uuid4().hex}@roux.example")
    sync()
    return claire, clara


def test_the_contact_of_the_absorbed_one_is_left_as_it_is(
    pair: tuple[Customer, Customer],
    crm: Connection,
    crm_server: Server,
    sync: Sync,
    contact_of: Read,
) -> None:
    claire, clara = pair
    known = {of.pk: contact_of(of)["id"] for of in pair}

    merge(claire, clara, "company")
    update_customer(claire.pk, {"company": "Marchetti Interiors"}, by=SETUP)
    sync()
    edit_there(crm_server, known[clara.pk], company="Edited there")
    ask_pull(crm, "contacts")
    sync()

    assert contact_of(claire)["properties"]["company"] == "Marchetti Interiors"
    left = contact_of(clara)
    assert (left["id"], left["properties"]["firstname"]) == (known[clara.pk], "Clara")
    assert left["properties"]["company"] == "Edited there"
    links = Link.objects.filter(kind="customer").values_list("local_id", "remote_id")
    assert dict(links) == known
    assert not Job.objects.filter(state="parked").exists()
    claire.refresh_from_db()
    assert claire.company == "Marchetti Interiors"


def test_every_contact_is_an_id_of_the_survivor_id_6(pair: tuple[Customer, Customer]) -> None:
    claire, clara = pair
    before = external_ids_of(claire.pk) + external_ids_of(clara.pk)

    merge(claire, clara)

    told = external_ids_of(claire.pk)
    assert {one["value"] for one in told} == {one["value"] for one in before}
    assert len(told) == 2


def test_after_an_undo_both_contacts_are_followed_again(
    pair: tuple[Customer, Customer],
    crm: Connection,
    crm_server: Server,
    sync: Sync,
    contact_of: Read,
) -> None:
    claire, clara = pair
    done = merge(claire, clara)
    sync()
    edit_there(crm_server, contact_of(clara)["id"], company="Edited there")
    ask_pull(crm, "contacts")
    sync()

    undo(done)
    sync()
    update_customer(clara.pk, {"given_name": "Klara"}, by=SETUP)
    sync()

    clara.refresh_from_db()
    assert clara.company == "Edited there"
    assert contact_of(clara)["properties"]["firstname"] == "Klara"


def test_a_coming_visit_gets_its_new_name_in_the_calendar(
    visit: Appointment, program: CalendarProgram, sync: Sync
) -> None:
    claire = customer(email="claire@marchetti.example")
    assert "Mara Winter" in program.only_event()[1]

    done = merge(claire, visit.customer)
    sync()
    assert "Claire Marchetti" in program.only_event()[1]
    undo(done)
    sync()

    assert "Mara Winter" in program.only_event()[1]
