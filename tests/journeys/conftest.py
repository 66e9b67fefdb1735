"""One running hub for all stories of a module, with a small business in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from hub.accounts.models import User
from hub.management.laboratory import Laboratory, running
from hub.models import Business
from scheduling.models import Staff
from syncs.connecting import add_connection
from syncs.credentials import _box
from syncs.models import Connection
from tests.factories import billing as bills
from tests.factories.people import SETUP, person
from tests.factories.scheduling import staff
from tests.syncs.connectors.people import HUBSPOT_TOKEN


@dataclass
class Studio:
    """Dina works at Harbor Street; her calendar and the CRM are connected."""

    stack: Laboratory
    dina: Staff
    people: dict[str, User]
    calendar: Connection
    crm: Connection

    @property
    def calendar_url(self) -> str:
        url: str = self.calendar.config["calendar_url"]
        return url


@pytest.fixture(scope="module")
def studio(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Studio]:
    with (
        django_db_blocker.unblock(),
        running(tmp_path_factory.mktemp("studio"), {"SYNCS_POLL_SECONDS": "2"}) as stack,
    ):
        _box.cache_clear()
        yield _furnish(stack)
        connections["default"].close()
    _box.cache_clear()


def _furnish(stack: Laboratory) -> Studio:
    Business.objects.create(name="Harbor Hair", time_zone="Europe/Berlin", country="DE")
    people = {
        role: person(role)
        for role in ("Front desk", "Billing", "Manager", "Administrator", "Practitioner")
    }
    dina = staff("Dina Falk")
    bills.billing()
    url = f"{stack.calendar_url}studio/dina-{uuid4().hex}/"
    httpx.request("MKCALENDAR", url, auth=("studio", "x")).raise_for_status()
    owner = people["Administrator"]
    calendar = add_connection(
        vendor="caldav",
        label="Dina's calendar",
        owner=owner,
        config={"calendar_url": url, "staff": [str(dina.pk)]},
        secrets={"username": "studio", "password": "x"},
        by=SETUP,
    )
    crm = add_connection(
        vendor="hubspot",
        label="HubSpot",
        owner=owner,
        config={"base_url": stack.crm_url},
        secrets={"access_token": HUBSPOT_TOKEN},
        by=SETUP,
    )
    return Studio(stack, dina, people, calendar, crm)
