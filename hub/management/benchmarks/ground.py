"""The business that is measured: one location, twenty people, open around the clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone
from psycopg.types.range import DateRange

from billing.document import PriceMode, TaxCategory
from billing.models import LegalEntity, LocationBilling, TaxRate
from customers.identity import Claim, find_or_create
from customers.models import Customer
from hub import history
from hub.accounts.models import User
from hub.accounts.people import add_person
from hub.accounts.roles import grant_role
from hub.actors import Actor
from hub.models import Business
from scheduling.booking import Booking, book_appointment
from scheduling.hours import DAY_MINUTES, Hours
from scheduling.models import Appointment, Location, Service, Staff, WorkingHours
from scheduling.models.hours import WEEKDAYS

BY = Actor.imported("Benchmark")
PEOPLE = 20
MINUTES = 15
ALL_DAY = Hours([(0, DAY_MINUTES)])


@dataclass
class Ground:
    location: Location
    service: Service
    staff: list[Staff]
    customer: Customer
    owner: User
    taken: int = 0

    def next_slot(self) -> tuple[Staff, datetime]:
        """A person and a time that nobody has asked for yet, from tomorrow on."""
        number, self.taken = self.taken, self.taken + 1
        begin = datetime.combine(date.today() + timedelta(days=1), time(), tzinfo=UTC)  # noqa: DTZ011
        person = self.staff[number % len(self.staff)]
        return person, begin + timedelta(minutes=MINUTES * (number // len(self.staff)))

    def book(self) -> Appointment:
        person, start = self.next_slot()
        booking = Booking(self.customer.pk, self.service.pk, person.pk, start)
        return book_appointment(booking, at=timezone.now(), by=BY)


def lay_ground() -> Ground:
    """Make the business in an empty, migrated database."""
    Business.objects.create(name="Bench", time_zone="UTC", country="US")
    owner = add_person(email="a@bench.example", name="Ada", password=None, by=BY)
    grant_role(owner.pk, role="Administrator", at=timezone.now(), by=BY)
    location = history.create(
        Location(
            name="Bench",
            time_zone="UTC",
            country="US",
            currency="USD",
            **dict.fromkeys(WEEKDAYS, ALL_DAY),
        ),
        by=BY,
    )
    _bill(location)
    service = history.create(
        Service(name="Checkup", category="All", duration_minutes=MINUTES, price=Decimal("49.00")),
        by=BY,
    )
    staff = [_hire(number, location, service) for number in range(PEOPLE)]
    claim = Claim(given_name="Mara", family_name="Winter", email="mara@bench.example")
    customer = find_or_create(claim, at=timezone.now(), by=BY).customer
    return Ground(location, service, staff, customer, owner)


def _hire(number: int, location: Location, service: Service) -> Staff:
    staff = history.create(Staff(name=f"Person {number}", location=location), by=BY)
    staff.services.add(service)
    week = WorkingHours(staff=staff, location=location, **dict.fromkeys(WEEKDAYS, ALL_DAY))
    history.create(week, by=BY)
    return staff


def _bill(location: Location) -> None:
    seller = LegalEntity(
        name="Bench LLC",
        street="1 Main Street",
        postal_code="10001",
        city="New York",
        country="US",
        time_zone="UTC",
    )
    history.create(seller, by=BY)
    rate = TaxRate(
        location=location,
        tax_class="standard",
        name="Tax",
        category=TaxCategory.STANDARD.value,
        rate=Decimal("8.5"),
        valid=DateRange(date(2020, 1, 1), None),
    )
    history.create(rate, by=BY)
    billing = LocationBilling(
        location=location, legal_entity=seller, price_mode=PriceMode.EXCLUSIVE.value
    )
    history.create(billing, by=BY)
