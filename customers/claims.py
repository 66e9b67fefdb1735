"""What somebody says about a customer, and what a comparison with the known ones can say back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from customers import details
from customers.models import ContactKind, Customer
from customers.normalizing import Phone, clean_line, normalize_email, normalize_phone
from hub.errors import InvalidInput

SYSTEM_LIMIT = 64
EXTERNAL_ID_LIMIT = 200


@dataclass(frozen=True, slots=True)
class ExternalKey:
    """``value`` is what ``system`` (a connected tool, the source of a file) calls a customer."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says about a customer: a form, a caller at the desk, or another tool.

    ``region`` is where the phone number is dialed. ``hub_id`` is our own id that came back.
    ``email_verified``: the sender has proved that the address is this person's.
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


@dataclass(frozen=True, slots=True)
class Match:
    """``customer`` is the one to link to; ``candidates`` are for a person to look at.

    ``evidence`` says of each of them, by id, what speaks for and against it.
    """

    tier: Tier = Tier.NONE
    customer: Customer | None = None
    candidates: tuple[Customer, ...] = ()
    evidence: Mapping[UUID, tuple[Fact, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Traits:
    """A claim in the form that is compared; ``values`` are its details as they are stored."""

    claim: Claim
    email: str
    phone: Phone | None
    external: ExternalKey | None
    values: Mapping[str, Any]

    @property
    def lock_names(self) -> list[str]:
        """What two simultaneous claims about one new person have in common."""
        names = [lock_name(kind, *point) for kind, *point in self.points]
        if self.external:
            names.append(lock_name("external", self.external.system, self.external.value))
        return names

    @property
    def points(self) -> list[tuple[str, str, str]]:
        """Kind, normalized form and extension of each claimed way to be reached."""
        found = [(ContactKind.EMAIL.value, self.email, "")] if self.email else []
        if self.phone:
            found.append((ContactKind.PHONE.value, self.phone.e164, self.phone.extension))
        return found


def lock_name(kind: str, normalized: str, extension: str = "") -> str:
    return f"identity:{kind}:{normalized}:{extension}"


def traits_of(claim: Claim) -> Traits:
    """:raises InvalidInput: an address, number, name or code of the claim cannot be right."""
    return Traits(
        claim,
        normalize_email(claim.email) if claim.email.strip() else "",
        normalize_phone(claim.phone, region=claim.region) if claim.phone.strip() else None,
        _external(claim.external),
        details.cleaned({name: getattr(claim, name) for name in details.DETAILS}),
    )


def _external(key: ExternalKey | None) -> ExternalKey | None:
    if key is None:
        return None
    system = clean_line(key.system, field="external_system", limit=SYSTEM_LIMIT)
    value = clean_line(key.value, field="external_id", limit=EXTERNAL_ID_LIMIT)
    if not system or not value:
        raise InvalidInput("Name both the tool and the id it uses.", field="external_id")
    return ExternalKey(system, value)
