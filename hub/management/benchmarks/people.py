"""Invented people for measurements, the same ones for the same seed, and what they say of
themselves as time goes by: with slips, swapped names, new addresses, a family's phone.

Nobody here is real: names are put together from lists and syllables, domains are reserved ones.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import phonenumbers
from phonenumbers import PhoneNumberFormat

from customers.claims import Claim
from hub.management.benchmarks.names import COMMON, GIVEN, SYLLABLES, WITHOUT_ACCENTS

DOMAINS = ("mail", "post", "inbox", "letters", "web", "home", "work", "net", "online", "city")
STREETS = (
    "Main Street",
    "rue Victor Hugo",
    "Gartenweg",
    "Oak Avenue",
    "quai Saint-Antoine",
    "Calle Mayor",
    "Hill Road",
    "Lindenallee",
    "rue de la Paix",
    "Station Road",
)
CITIES = (
    ("FR", "Lyon", "69"),
    ("US", "Albany", "122"),
    ("DE", "Bremen", "28"),
    ("ES", "Burgos", "09"),
    ("AT", "Graz", "80"),
)
MOBILE = {"FR": ("+336", 8), "US": ("+1212", 7), "DE": ("+49151", 8), "ES": ("+346", 8)}
MOBILE |= {"AT": ("+43664", 7)}
BORN_FROM = date(1935, 1, 1)
BORN_DAYS = 365 * 70
# How often something is so, of one; the figures of ``identity-quality`` rest on these.
FAMILY = 0.13
ONE_PHONE_FOR_ALL = 0.6
ONE_NAME_FOR_ALL = 0.9
COMMON_NAME = 0.3
NEW_EMAIL, ONLY_NEW_PROVIDER = 0.1, 0.5
NEW_PHONE, WEDDING, MOVE = 0.05, 0.02, 0.02
SAYS_EMAIL, SAYS_PHONE, SAYS_ADDRESS, SAYS_BIRTH = 0.8, 0.8, 0.6, 0.4
WRITES_WITHOUT_ACCENTS, SWAPS_NAMES = 0.5, 0.03
# Once in so many times.
SLIP_IN_NAME, SLIP_IN_CONTACT = 25, 50
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Person:
    """What is true of somebody now; ``number`` is who it is."""

    number: int
    given: str
    family: str
    email: str
    phone: str
    region: str
    street: str
    postal_code: str
    city: str
    born: date
    shares_phone: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A claim, and the number of the person who truly made it."""

    person: int
    claim: Claim


@dataclass
class Population:
    """Makes people and what they say; every choice comes from ``seed``."""

    seed: int
    dice: random.Random = field(init=False)
    phones: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311  (measurements, no secrets)

    def people(self, count: int) -> Iterator[Person]:
        """Yield ``count`` people; three in ten live in a family with one name and address."""
        number = 0
        while number < count:
            size = self.dice.choice((2, 3, 4)) if self._happens(FAMILY) else 1
            for person in self._household(number, min(size, count - number)):
                number += 1
                yield person

    def story(self, count: int) -> list[Said]:
        """Return everything that ``count`` people say, in the order in which it arrives."""
        told: list[tuple[float, Said]] = []
        for person in self.people(count):
            times = sorted(self.dice.random() for _ in range(self.dice.choice((1, 1, 2, 2, 3, 4))))
            now = person
            for visit, at in enumerate(times):
                if visit:
                    now = self._changed(now)
                claim = self._claim(now, slips=bool(visit))
                told.append((at, Said(person.number, claim)))
        return [said for _, said in sorted(told, key=lambda pair: pair[0])]

    def misspelled(self, text: str) -> str:
        """Return ``text`` with one slip: a letter too many, too few, another, or two swapped."""
        if len(text) < 3:  # noqa: PLR2004
            return text
        at = self.dice.randrange(1, len(text) - 1)
        letter = self.dice.choice(LETTERS)
        return self.dice.choice(
            (
                text[:at] + letter + text[at:],
                text[:at] + text[at + 1 :],
                text[:at] + letter + text[at + 1 :],
                text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            )
        )

    def _household(self, first: int, size: int) -> Iterator[Person]:
        dice = self.dice
        region, city, code = dice.choice(CITIES)
        street = f"{dice.randrange(1, 200)} {dice.choice(STREETS)}"
        postal_code = f"{code}{dice.randrange(10 ** (5 - len(code))):0{5 - len(code)}}"
        family, shared = self._family_name(), self._number(region)
        has_one_phone = size > 1 and self._happens(ONE_PHONE_FOR_ALL)
        taken: set[str] = set()
        for place in range(size):
            given = next(name for name in iter(self._given_name, "") if _plain(name) not in taken)
            taken.add(_plain(given))
            own = family if self._happens(ONE_NAME_FOR_ALL) else self._family_name()
            born = BORN_FROM + timedelta(days=dice.randrange(BORN_DAYS))
            phone = shared if has_one_phone or place == 0 else self._number(region)
            shares = has_one_phone and place > 0
            yield Person(
                first + place,
                given,
                own,
                self._email(given, own, born),
                phone,
                region,
                street,
                postal_code,
                city,
                born,
                shares,
            )

    def _given_name(self) -> str:
        # Some names are much more common than others.
        return GIVEN[min(int(self.dice.expovariate(3.0) * len(GIVEN)), len(GIVEN) - 1)]

    def _family_name(self) -> str:
        if self._happens(COMMON_NAME):
            return self.dice.choice(COMMON)
        return "".join(self.dice.choice(part) for part in SYLLABLES).capitalize()

    def _number(self, region: str) -> str:
        start, digits = MOBILE[region]
        while True:
            low = 2 * 10 ** (digits - 1)
            number = f"{start}{self.dice.randrange(low, 10**digits)}"
            if number not in self.phones:
                self.phones.add(number)
                return number

    def _email(self, given: str, family: str, born: date) -> str:
        dice = self.dice
        first, last = _plain(given), _plain(family)
        while True:
            local = dice.choice(
                (
                    f"{first}.{last}",
                    f"{first[0]}{last}{dice.randrange(100)}",
                    f"{first}{born:%y}{dice.randrange(10)}",
                    f"{_plain(dice.choice(COMMON))}{dice.randrange(10_000)}",
                )
            )
            email = f"{local}@{dice.choice(DOMAINS)}.example"
            if email not in self.emails:
                self.emails.add(email)
                return email

    def _changed(self, now: Person) -> Person:
        """What may be new at the next visit: an address, a number, a name after a wedding."""
        dice, new = self.dice, now
        if self._happens(NEW_EMAIL):
            local = now.email.partition("@")[0]
            moved = f"{local}@{dice.choice(DOMAINS)}.example"
            keeps = self._happens(ONLY_NEW_PROVIDER) and moved not in self.emails
            email = moved if keeps else self._email(now.given, now.family, now.born)
            self.emails.add(email)
            new = replace(new, email=email)
        elif self._happens(NEW_PHONE):
            new = replace(new, phone=self._number(now.region))
        if self._happens(WEDDING):
            new = replace(new, family=self._family_name())
        if self._happens(MOVE):
            street = f"{dice.randrange(1, 200)} {dice.choice(STREETS)}"
            new = replace(new, street=street)
        return new

    def _claim(self, person: Person, *, slips: bool) -> Claim:
        with_email, with_phone = self._happens(SAYS_EMAIL), self._happens(SAYS_PHONE)
        given, family, email = person.given, person.family, person.email
        phone = self._written(person.phone, person.region)
        if slips:
            given, family = self._slipped(given, family)
            email = self._once_in(SLIP_IN_CONTACT, email, self._mistyped(email))
            phone = self._once_in(SLIP_IN_CONTACT, phone, self._other_digit(person.phone))
        with_address, with_birth = self._happens(SAYS_ADDRESS), self._happens(SAYS_BIRTH)
        return Claim(
            given_name=given,
            family_name=family,
            email=email if with_email or not with_phone else "",
            phone=phone if with_phone else "",
            region=person.region,
            birth_date=person.born if with_birth else None,
            street=person.street if with_address else "",
            postal_code=person.postal_code if with_address else "",
            city=person.city if with_address else "",
            country=person.region if with_address else "",
        )

    def _slipped(self, given: str, family: str) -> tuple[str, str]:
        if self._happens(WRITES_WITHOUT_ACCENTS):
            given, family = given.translate(WITHOUT_ACCENTS), family.translate(WITHOUT_ACCENTS)
        given = self._once_in(SLIP_IN_NAME, given, self.misspelled(given))
        family = self._once_in(SLIP_IN_NAME, family, self.misspelled(family))
        return (family, given) if self._happens(SWAPS_NAMES) else (given, family)

    def _happens(self, share: float) -> bool:
        return self.dice.random() < share

    def _once_in(self, times: int, usual: str, other: str) -> str:
        return other if self.dice.randrange(times) == 0 else usual

    def _mistyped(self, email: str) -> str:
        local, _, domain = email.partition("@")
        return f"{self.misspelled(local)}@{domain}"

    def _other_digit(self, phone: str) -> str:
        at = self.dice.randrange(len(phone) - 4, len(phone))
        return phone[:at] + str((int(phone[at]) + 1) % 10) + phone[at + 1 :]

    def _written(self, phone: str, region: str) -> str:
        """Write a number as people do: at home, abroad, without spaces, with dots."""
        number = phonenumbers.parse(phone, region)
        at_home = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        abroad = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        ways = (phone, at_home, abroad, at_home.replace(" ", "."), phone.replace("+", "00"))
        return self.dice.choice(ways[:4] if region == "US" else ways)


def _plain(name: str) -> str:
    text = name.lower().translate(WITHOUT_ACCENTS)
    return "".join(letter for letter in text if letter in LETTERS)
