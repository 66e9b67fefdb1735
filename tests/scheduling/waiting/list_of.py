"""A full day of Dina on Monday, for which people wait."""

from datetime import date, timedelta
from typing import Any

from customers.models import Customer
from hub.actors import Actor
from scheduling.models import Appointment, Location, Service, Staff, WaitingEntry
from scheduling.waiting.joining import join
from scheduling.waiting.wishes import Wished
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff

MONDAY = date(2027, 3, 1)
AT = MONDAY_9 - timedelta(days=7)  # ten in the morning in Berlin, when mails are read


def dina(**values: Any) -> Staff:
    """Somebody who has time for one haircut a day: at ten in Berlin."""
    return staff("Dina Falk", services=[service()], hours="10:00–10:45", **values)


def waits(
    name: str = "Ada Winter",
    *,
    of: Service | None = None,
    place: Location | None = None,
    customer: Customer | None = None,
    by: Actor = SETUP,
    **wishes: Any,
) -> WaitingEntry:
    """Return the entry of a customer with an address, who waits for Monday since ``AT``."""
    email = f"{name.partition(' ')[0].lower()}@winter.example"
    wished = Wished(
        (customer or client(name, email=email)).pk,
        (of or service()).pk,
        (place or location()).pk,
        **{"first_date": MONDAY, "last_date": MONDAY, **wishes},
    )
    return join(wished, at=AT, by=by)


def taken(person: Staff) -> Appointment:
    """Return the appointment that fills the day of ``person``."""
    return booked(client("Kim Early"), staff=person, service=service())


def now(entry: WaitingEntry) -> WaitingEntry:
    return WaitingEntry.objects.get(pk=entry.pk)
