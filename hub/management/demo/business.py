"""Harbor & Pine, a studio for hair and wellness in Brooklyn and Chicago: six people at work."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from psycopg.types.range import DateRange

from billing.document import PriceMode, TaxCategory
from billing.models import LegalEntity, LocationBilling, NumberSeries, TaxRate
from hub import history
from hub.access import ROLES
from hub.accounts.models import User
from hub.accounts.people import add_person
from hub.accounts.roles import grant_role
from hub.actors import Actor
from hub.models import Business
from scheduling.hours import Hours
from scheduling.models import Location, Resource, ResourceKind, Service, Staff, WorkingHours
from scheduling.models.hours import WEEKDAYS

BY = Actor.imported("Demo data")
PASSWORD = "evergreen tide 42"  # noqa: S105  (printed at start; the demo listens on loopback)
PEOPLE = {
    "Front desk": ("Nadia Benali", "desk@harborpine.example"),
    "Practitioner": ("Luc Perrin", "luc@harborpine.example"),
    "Billing": ("Hugo Lenoir", "billing@harborpine.example"),
    "Manager": ("Ines Moreau", "manager@harborpine.example"),
    "Administrator": ("Aya Kimura", "admin@harborpine.example"),
}
PLACES = (
    ("Brooklyn", "America/New_York", "118 Water Street", "11201", "Brooklyn", "4.5"),
    ("Chicago", "America/Chicago", "702 Lake Street", "60607", "Chicago", "10.25"),
)
STAFF = (
    ("Luc Perrin", "Brooklyn", 4),
    ("Sofia Varga", "Brooklyn", 3),
    ("Tom Okafor", "Brooklyn", 2),
    ("Maya Torres", "Chicago", 1),
    ("Jonas Dietz", "Chicago", 6),
    ("Priya Nair", "Chicago", 5),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the price list: minutes of work, before and after; how many rooms it needs."""

    name: str
    category: str
    hue: int
    minutes: int
    price: str
    before: int = 0
    after: int = 0
    rooms: int = 0


OFFERS = (
    Offer("Haircut", "Hair", 1, 45, "58.00"),
    Offer("Cut and style", "Hair", 1, 60, "76.00"),
    Offer("Beard trim", "Hair", 1, 30, "32.00"),
    Offer("Kids' cut", "Hair", 1, 30, "35.00"),
    Offer("Root color", "Color", 2, 75, "98.00", after=15),
    Offer("Full color", "Color", 2, 105, "142.00", after=15),
    Offer("Balayage", "Color", 2, 105, "185.00", before=10, after=15),
    Offer("Highlights", "Color", 2, 90, "155.00", after=15),
    Offer("Scalp treatment", "Treatment", 3, 60, "84.00", rooms=1),
    Offer("Keratin treatment", "Treatment", 3, 75, "165.00", after=15, rooms=1),
    Offer("First consultation", "Consultation", 4, 30, "25.00"),
    Offer("Wedding trial", "Consultation", 4, 60, "110.00"),
    Offer("Massage, 60 minutes", "Wellness", 5, 60, "95.00", before=5, after=10, rooms=1),
    Offer("Hand care", "Wellness", 6, 45, "48.00", after=5),
)


def make_business(*, at: datetime) -> list[Staff]:
    """Make the business with its places, price list, taxes, people and roles; return the staff."""
    Business.objects.create(name="Harbor & Pine", time_zone="America/New_York", country="US")
    users = {role: _person(role, at=at) for role in ROLES}
    services = [_service(offer) for offer in OFFERS]
    places = {name: _place(name, *rest, at=at) for name, *rest in PLACES}
    return [
        _staff(name, places[place], hue, position, services, users)
        for position, (name, place, hue) in enumerate(STAFF)
    ]


def _person(role: str, *, at: datetime) -> User:
    name, email = PEOPLE[role]
    user = add_person(email=email, name=name, password=PASSWORD, by=BY)
    grant_role(user.pk, role=role, at=at, by=BY)
    return user


def _place(  # noqa: PLR0913
    name: str,
    zone: str,
    street: str,
    postal_code: str,
    city: str,
    rate: str,
    *,
    at: datetime,
) -> Location:
    location = history.create(
        Location(
            name=name,
            time_zone=zone,
            street=street,
            postal_code=postal_code,
            city=city,
            country="US",
            currency="USD",
            **dict.fromkeys(WEEKDAYS, Hours([(8 * 60, 19 * 60)])),
        ),
        by=BY,
    )
    for room in ("Treatment room 1", "Treatment room 2"):
        resource = Resource(location=location, kind=ResourceKind.ROOM, name=room)
        history.create(resource, by=BY)
    _billing(location, zone=zone, rate=rate, at=at)
    return location


def _billing(location: Location, *, zone: str, rate: str, at: datetime) -> None:
    entity = history.create(
        LegalEntity(
            name=f"Harbor & Pine {location.name} LLC",
            street=location.street,
            postal_code=location.postal_code,
            city=location.city,
            country="US",
            tax_id=f"EIN 00-{1000000 + len(location.name) * 1111}",
            email="billing@harborpine.example",
            phone="+1 212 555 0140",
            bank_name="First Harbor Bank",
            iban="",
            time_zone=zone,
            payment_term_days=14,
        ),
        by=BY,
    )
    tax = TaxRate(
        location=location,
        tax_class="standard",
        name="Sales tax",
        category=TaxCategory.STANDARD.value,
        rate=Decimal(rate),
        valid=DateRange(date(2020, 1, 1), None),
    )
    history.create(tax, by=BY)
    billing = LocationBilling(
        location=location, legal_entity=entity, price_mode=PriceMode.EXCLUSIVE.value
    )
    history.create(billing, by=BY)
    for year in (at.year - 1, at.year):
        NumberSeries.objects.create(
            legal_entity=entity, period=str(year), prefix=f"{location.name[0]}-{year}-"
        )


def _service(offer: Offer) -> Service:
    service = Service(
        name=offer.name,
        category=offer.category,
        hue=offer.hue,
        duration_minutes=offer.minutes,
        buffer_before_minutes=offer.before,
        buffer_after_minutes=offer.after,
        price=Decimal(offer.price),
        rooms_needed=offer.rooms,
    )
    return history.create(service, by=BY)


def _staff(
    name: str,
    place: Location,
    hue: int,
    position: int,
    services: list[Service],
    users: dict[str, User],
) -> Staff:
    """Everybody does all but one service; each has a lunch break and a day off of their own."""
    user = next((user for user in users.values() if user.name == name), None)
    staff = Staff(name=name, location=place, hue=hue, position=position, user=user)
    history.create(staff, by=BY)
    staff.services.set([s for number, s in enumerate(services) if number % 7 != position])
    lunch = (12 + position % 2) * 60
    hours = Hours([(9 * 60, lunch), (lunch + 45, 18 * 60 + 15)])
    works = [day for weekday, day in enumerate(WEEKDAYS) if weekday != position]
    week = WorkingHours(staff=staff, location=place, **dict.fromkeys(works, hours))
    history.create(week, by=BY)
    return staff
