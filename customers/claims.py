"""What somebody says about a customer, and what a comparison with the known ones can say back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from customers.models import ContactKind, Customer
from customers.normalizing import Phone, normalize_email, normalize_phone


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
    hub_id: UUID | None = None
    email_verified: bool = False
    time_zone: str | ZoneInfo | None = None
    language: str = "en"
    notes: str = ""
    tax_id: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""


class Tier(StrEnum):
    HUB_ID = "hub_id"
    VERIFIED_EMAIL = "verified_email"
    EMAIL = "email"
    PHONE = "phone"
    NONE = "none"


class Fact(StrEnum):
    """What speaks for two customers being one (same_…), or against it (other_…)."""

    SAME_ID = "same_id"
    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"
    SAME_NAME = "same_name"
    OTHER_EMAIL = "other_email"
    OTHER_GIVEN_NAME = "other_given_name"
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
    """A claim in the form that is compared."""

    claim: Claim
    email: str
    phone: Phone | None

    @property
    def lock_names(self) -> list[str]:
        """What two simultaneous claims about one new person have in common."""
        names = [lock_name(ContactKind.EMAIL, self.email)] if self.email else []
        if self.phone:
            names.append(lock_name(ContactKind.PHONE, self.phone.e164, self.phone.extension))
        return names


def lock_name(kind: str, normalized: str, extension: str = "") -> str:
    return f"identity:{kind}:{normalized}:{extension}"


def traits_of(claim: Claim) -> Traits:
    """:raises InvalidInput: the e-mail address or the phone number is none."""
    return Traits(
        claim,
        normalize_email(claim.email) if claim.email.strip() else "",
        normalize_phone(claim.phone, region=claim.region) if claim.phone.strip() else None,
    )
