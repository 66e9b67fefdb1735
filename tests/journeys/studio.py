"""The small business of all journeys: who works there, and what it is connected to."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from django.test import override_settings

from hub.accounts.models import User
from hub.management.laboratory import Laboratory
from hub.models import Business
from scheduling.models import Staff
from syncs.connecting import add_connection
from syncs.models import Connection
from tests.factories import billing as bills
from tests.factories.people import CAST, SETUP, person
from tests.factories.scheduling import staff
from tests.syncs.conftest import CalendarProgram
from tests.syncs.connectors.people import HUBSPOT_TOKEN

HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # what the web process checks
SEEN_IN_CRM = (
    "email,hub_customer_id,hub_appointment_id,hs_meeting_outcome,hs_meeting_start_time,"
    "hub_invoice_id,hub_invoice_number,hub_invoice_status,hub_invoice_balance"
)


@dataclass(frozen=True)
class Chair:
    """Somebody who works at the studio, and what they see in a calendar program of their own."""

    staff: Staff
    calendar: Connection
    program: CalendarProgram


@dataclass(frozen=True)
class Studio:
    """A small business with everybody of the cast, connected to a CRM."""

    stack: Laboratory
    people: dict[str, User]
    crm: Connection

    def hire(self, name: str) -> Chair:
        """Let somebody work here every day, with a calendar that is connected."""
        hired = staff(name)
        url = f"{self.stack.calendar_url}studio/{uuid4().hex}/"
        program = CalendarProgram(url)
        program.http.auth = httpx.BasicAuth("studio", "x")
        program.http.request("MKCALENDAR", url).raise_for_status()
        calendar = add_connection(
            vendor="caldav",
            label=f"{name.partition(' ')[0]}’s calendar",
            owner=self.people["Administrator"],
            config={"calendar_url": url, "staff": [str(hired.pk)]},
            secrets={"username": "studio", "password": "x"},
            by=SETUP,
        )
        return Chair(hired, calendar, program)

    def in_crm(self, object_type: str) -> list[dict[str, Any]]:
        """What the CRM holds of one type, as its own people would see it."""
        answer = httpx.get(
            f"{self.stack.crm_url}/crm/objects/2026-09/{object_type}",
            params={"limit": 100, "properties": SEEN_IN_CRM},
            headers={"Authorization": f"Bearer {HUBSPOT_TOKEN}"},
        )
        answer.raise_for_status()
        return [found["properties"] for found in answer.json()["results"]]


def open_studio(stack: Laboratory) -> Studio:
    Business.objects.create(name="Harbor Hair", time_zone="Europe/Berlin", country="DE")
    with override_settings(PASSWORD_HASHERS=HASHERS):
        people = {role: person(role) for role in CAST}
    bills.billing()
    crm = add_connection(
        vendor="hubspot",
        label="HubSpot",
        owner=people["Administrator"],
        config={"base_url": stack.crm_url},
        secrets={"access_token": HUBSPOT_TOKEN},
        by=SETUP,
    )
    return Studio(stack, people, crm)
