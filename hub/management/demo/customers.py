"""Three hundred people with names, addresses and numbers that belong to nobody."""

from datetime import datetime
from random import Random

from customers.identity import Claim, find_or_create
from customers.models import Customer
from customers.updating import update_customer
from hub.management.demo.business import BY

GIVEN = [
    "Claire",
    "Paul",
    "Marta",
    "Emil",
    "Hana",
    "Ivo",
    "Ana",
    "Sam",
    "Kim",
    "Olga",
    "Max",
    "Eva",
    "Julia",
    "Ben",
    "Carla",
    "Noah",
    "Yara",
    "Dina",
    "Rosa",
    "Tess",
    "Ugo",
    "Ida",
    "Leo",
    "Nina",
    "Fay",
    "Gus",
    "Ruth",
    "Amir",
    "Zoe",
    "Victor",
]
FAMILY = [
    "Marchetti",
    "Garnier",
    "Nowak",
    "Sand",
    "Suzuki",
    "Petrov",
    "Ruiz",
    "Otieno",
    "Vos",
    "Ivers",
    "Reuter",
    "Lund",
    "Roth",
    "Amar",
    "Simm",
    "Klein",
    "Haddad",
    "Falk",
    "Lind",
    "Moor",
    "Ferri",
    "Berg",
    "Marsh",
    "Costa",
    "Holt",
    "Weil",
    "Abara",
    "Novak",
    "Stone",
    "Rivera",
]
STREETS = ("Bergen Street", "Henry Street", "Halsted Street", "Clark Street", "Court Street")
COUNT = 300


def make_customers(random: Random, *, at: datetime) -> list[Customer]:
    """Make them through ``customers.identity``, like everybody else who arrives."""
    names = [(given, family) for given in GIVEN for family in FAMILY]
    random.shuffle(names)
    return [_customer(number, *names[number], random, at=at) for number in range(COUNT)]


def _customer(number: int, given: str, family: str, random: Random, *, at: datetime) -> Customer:
    claim = Claim(
        given_name=given,
        family_name=family,
        email=f"{given}.{family}{number}@mail.example".lower(),
        phone=f"+1 312 555 {100 + number:04d}" if number % 9 else "",
        region="US",
    )
    found = find_or_create(claim, at=at, by=BY).customer
    address = {
        "street": f"{random.randint(2, 480)} {random.choice(STREETS)}",
        "postal_code": f"{random.choice((11201, 11231, 60607, 60614))}",
        "city": random.choice(("Brooklyn", "Chicago")),
        "country": "US",
    }
    if number % 12 == 0:
        address["company"] = f"{family} Interiors"
    return update_customer(found.pk, address, by=BY)
