"""Load the demo business into an empty hub, or say how to sign in to it."""

import os
from collections.abc import Iterable
from random import Random
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from hub.accounts.models import User
from hub.management.demo import business, customers, invoices, tools, visits
from syncs import dispatch

Made = TypeVar("Made")
SEED = 20260
STEP = 100


class Command(BaseCommand):
    help = "Load the demo business (only into an empty hub)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--credentials", action="store_true", help="only print how to sign in as each role"
        )

    def handle(self, *_: Any, credentials: bool, **__: Any) -> None:
        if credentials:
            self.stdout.write(credentials_text())
            return
        if User.objects.exists():
            raise CommandError("There is data already; the demo is for an empty hub.")
        self.load()

    def load(self) -> None:
        """All or nothing: an interrupted load leaves the hub empty."""
        at, random = timezone.now(), Random(SEED)  # noqa: S311  (the same demo every time)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            staff = business.make_business(at=at)
            people = customers.make_customers(random, at=at)
            self.count("appointments", visits.make_visits(staff, people, random, at=at))
            self.count("invoices", invoices.make_invoices(people, random, at=at))
            # What was loaded is no news: only what happens from now on travels by itself.
            while dispatch.dispatch(at=at):
                pass
        calendar_url, crm_url = os.environ.get("DEMO_CALENDAR_URL"), os.environ.get("DEMO_CRM_URL")
        if calendar_url and crm_url:
            tools.connect_tools(staff, calendar_url=calendar_url, crm_url=crm_url, at=at)

    def count(self, what: str, made: Iterable[Made]) -> None:
        number = 0
        for number, _ in enumerate(made, start=1):
            if number % STEP == 0:
                self.stdout.write(f"  {number} {what}", ending="\r")
                self.stdout.flush()
        self.stdout.write(f"  {number} {what}")


def credentials_text() -> str:
    """How to sign in as each role."""
    rows = [
        f"  {role:<14} {email:<28} {business.PASSWORD}"
        for role, (_, email) in business.PEOPLE.items()
    ]
    return "\n".join(["Sign in with (e-mail, password):", *rows])
