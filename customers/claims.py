"""What somebody says about a customer, and what a comparison with the known ones can say back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from customers import details
from customers.holding import lock_of
from customers.labels import name_of
from customers.models import ContactKind, Customer
from customers.normalizing import Phone, clean_line, fold, normalize_email, normalize_phone
from hub.errors import InvalidInput

SYSTEM_LIMIT = 64
EXTERNAL_ID_LIMIT = 200


class ExternalKey(NamedTuple):
    """``value`` is what ``system`` (a connected tool, the source of a file) calls a customer."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says about a customer: a form, a caller at the desk, or another tool.

    ``region`` is where the phone number is dialed. ``hub_id`` is our own id that came back.
    ``email_verified``: the sender has proved that the address is this person's. ``is_unproven``:
    anybody may have typed it, so it links by the e-mail address alone, to which all mail goes,
    and neither adds nor marks anything at those who are known.
    """

    given_name: str = ""
    family_name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    region: str = "US"
    external: ExternalKey | None = None
    hub_id: UUID | None = None
    email_verified: bool = False
    is_unproven: bool = False
    birth_date: date | None = None
    time_zone: str | ZoneInfo | None = None
    language: str = "en"
    notes: str = ""
    tax_id: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""


class Tier(StrEnum):
    EXTERNAL_ID = "external_id"
    HUB_ID = "hub_id"
    VERIFIED_EMAIL = "verified_email"
    EMAIL = "email"
    PHONE = "phone"
    NONE = "none"


class Fact(StrEnum):
    """What speaks for two customers being one (same_…, alike_…), or against it (other_…).

    Evidence is kept as text; where a fact has a measure, it follows: ``alike_name:92`` percent.
    """

    SAME_EXTERNAL_ID = "same_external_id"
    SAME_ID = "same_id"
    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"
    SAME_NAME = "same_name"
    SAME_GIVEN_NAME = "same_given_name"
    SAME_TAX_ID = "same_tax_id"
    SAME_BIRTH_DATE = "same_birth_date"
    SAME_ADDRESS = "same_address"
    SHARED_EMAIL = "shared_email"
    SHARED_PHONE = "shared_phone"
    ALIKE_NAME = "alike_name"
    ALIKE_EMAIL = "alike_email"
    ALIKE_PHONE = "alike_phone"
    COMMON_NAME = "common_name"
    OTHER_CONTACTS = "other_contacts"
    OTHER_CONTACT = "other_contact"
    OTHER_ADDRESS = "other_address"
    OTHER_EMAIL = "other_email"
    OTHER_GIVEN_NAME = "other_given_name"
    OTHER_BIRTH_DATE = "other_birth_date"
    OTHER_TAX_ID = "other_tax_id"


class Match(NamedTuple):
    """``customer`` is the one to link to; ``candidates`` are for a person to look at.

    ``evidence`` says of each of them, by id, what speaks for and against it.
    """

    tier: Tier = Tier.NONE
    customer: Customer | None = None
    candidates: tuple[Customer, ...] = ()
    evidence: Mapping[UUID, tuple[Fact, ...]] = MappingProxyType({})


class Traits(NamedTuple):
    """A claim in the form that is compared; ``values`` are its details as they are stored.

    ``points`` are kind, normalized form and extension of each claimed way to be reached.
    """

    claim: Claim
    email: str
    phone: Phone | None
    external: ExternalKey | None
    values: Mapping[str, Any]
    points: tuple[tuple[str, str, str], ...]

    @property
    def lock_names(self) -> list[str]:
        """What two simultaneous claims about one new person, or a claim and a merge, share."""
        names = [lock_name(kind, *point) for kind, *point in self.points]
        if self.external:
            names.append(lock_name("external", self.external.system, self.external.value))
        if self.claim.hub_id:
            names.append(lock_of(self.claim.hub_id))
        name = name_of(self.claim.given_name, self.claim.family_name, self.claim.company)
        if name and not self.points:  # namesakes are looked for
            names.append(lock_of_name(name))
        return names


def lock_name(kind: str, normalized: str, extension: str = "") -> str:
    return f"identity:{kind}:{normalized}:{extension}"


def lock_of_name(name: str) -> str:
    """Lock all who are called so, in whichever order the words stand."""
    return lock_name("name", " ".join(sorted(fold(name).split())))


def traits_of(claim: Claim) -> Traits:
    """:raises InvalidInput: an address, number, name or code of the claim cannot be right."""
    email = normalize_email(claim.email) if claim.email.strip() else ""
    phone = normalize_phone(claim.phone, region=claim.region) if claim.phone.strip() else None
    values = details.cleaned({name: getattr(claim, name) for name in details.DETAILS})
    return Traits(
        claim, email, phone, _external(claim.external), values, tuple(_points(email, phone))
    )


def _points(email: str, phone: Phone | None) -> Iterator[tuple[str, str, str]]:
    if email:
        yield ContactKind.EMAIL.value, email, ""
    if phone:
        yield ContactKind.PHONE.value, phone.e164, phone.extension


def _external(key: ExternalKey | None) -> ExternalKey | None:
    if key is None:
        return None
    system = clean_line(key.system, field="external_system", limit=SYSTEM_LIMIT)
    value = clean_line(key.value, field="external_id", limit=EXTERNAL_ID_LIMIT)
    if not system or not value:
        raise InvalidInput("Name both the tool and the id it uses.", field="external_id")
    return ExternalKey(system, value)
