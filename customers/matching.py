"""Which customer a claim is about, if any: tiers of identifiers, and what forbids a link.

An identifier that several people share never links, and neither does a name. A name may
forbid: families share phones and addresses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import Q

from customers.claims import Claim, Fact, Match, Tier, Traits, traits_of
from customers.models import ContactKind, ContactPoint, Customer
from customers.normalizing import fold, is_placeholder

HITS_LOOKED_AT = 50
NAMESAKES_ASKED_ABOUT = 5
LIKE_THE_SAME_NAME = 0.75
SHORT_FORM_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A contact point with the claimed identifier, and the customer who has it today."""

    point: ContactPoint
    customer: Customer

    @property
    def links(self) -> bool:
        return not self.point.shared and not (
            self.point.kind == ContactKind.EMAIL and is_placeholder(self.point.normalized)
        )


def match(claim: Claim) -> Match:
    """Say which customer ``claim`` is about, without changing anything.

    :raises InvalidInput: the e-mail address or the phone number is none.
    """
    return match_traits(traits_of(claim))


def match_traits(traits: Traits) -> Match:
    hits = _hits(traits)
    for tier, found in _tiers(traits, hits):
        if not found:
            continue
        linked = found[0] if len(found) == 1 else None
        if linked and any(_against(tier, traits, linked, hits)):
            linked = None
        return _judged(tier, linked, found, traits, hits)
    if traits.lock_names:
        return _judged(Tier.NONE, None, [], traits, hits)
    return _namesakes(traits)


def survivor_of(customer: Customer) -> Customer:
    """Return the customer that ``customer`` was merged into, or itself."""
    while customer.canonical is not None:
        customer = customer.canonical
    return customer


def are_clearly_different(one: str, other: str) -> bool:
    """Say whether two given names cannot be the same: no initial, short form or slip of either."""
    left, right = sorted((fold(one), fold(other)), key=len)
    if not left or set(left.split()) & set(right.split()):
        return False
    if (len(left) == 1 or len(left) >= SHORT_FORM_LETTERS) and right.startswith(left):
        return False
    return SequenceMatcher(None, left, right).ratio() < LIKE_THE_SAME_NAME


def _hits(traits: Traits) -> list[Hit]:
    condition = Q(pk__in=())
    if traits.email:
        condition |= Q(kind=ContactKind.EMAIL, normalized=traits.email)
    if traits.phone:
        condition |= Q(
            kind=ContactKind.PHONE,
            normalized=traits.phone.e164,
            extension=traits.phone.extension,
        )
    points = (
        ContactPoint.objects.filter(condition)
        .select_related("customer__canonical")
        .prefetch_related("customer__contact_points", "customer__canonical__contact_points")
        .order_by("shared", "created_at", "pk")[:HITS_LOOKED_AT]
    )
    return [Hit(point, survivor_of(point.customer)) for point in points]


def _tiers(traits: Traits, hits: list[Hit]) -> Iterator[tuple[Tier, list[Customer]]]:
    """Yield each tier with its customers, the strongest first."""
    yield Tier.HUB_ID, _by_hub_id(traits.claim)
    emails = [hit for hit in hits if hit.links and hit.point.kind == ContactKind.EMAIL]
    if traits.claim.email_verified:
        yield Tier.VERIFIED_EMAIL, _distinct(hit for hit in emails if hit.point.verified)
    yield Tier.EMAIL, _distinct(emails)
    phones = (hit for hit in hits if hit.links and hit.point.kind == ContactKind.PHONE)
    yield Tier.PHONE, _distinct(phones)


def _by_hub_id(claim: Claim) -> list[Customer]:
    if claim.hub_id is None:
        return []
    known = Customer.objects.with_contacts().select_related("canonical").filter(pk=claim.hub_id)
    return [survivor_of(customer) for customer in known]


def _distinct(hits: Iterable[Hit]) -> list[Customer]:
    return list({hit.customer.pk: hit.customer for hit in hits}.values())


def _against(tier: Tier, traits: Traits, customer: Customer, hits: list[Hit]) -> Iterator[Fact]:
    """Yield what forbids to link ``customer`` on the strength of ``tier``."""
    claimed, known = fold(traits.claim.tax_id), fold(customer.tax_id)
    if claimed and known and claimed.replace(" ", "") != known.replace(" ", ""):
        yield Fact.OTHER_TAX_ID
    if tier is Tier.HUB_ID and any(_is_verified_of_another(hit, customer) for hit in hits):
        yield Fact.OTHER_EMAIL
    if tier is Tier.PHONE and _has_another_verified_email(traits, customer):
        yield Fact.OTHER_EMAIL
    if tier in (Tier.EMAIL, Tier.PHONE) and are_clearly_different(
        traits.claim.given_name, customer.given_name
    ):
        yield Fact.OTHER_GIVEN_NAME


def _is_verified_of_another(hit: Hit, customer: Customer) -> bool:
    return hit.links and hit.point.verified and hit.customer != customer


def _has_another_verified_email(traits: Traits, customer: Customer) -> bool:
    points = [point for point in customer.contact_points.all() if point.kind == ContactKind.EMAIL]
    known = {point.normalized for point in points}
    has_verified = any(point.verified and not point.shared for point in points)
    return bool(traits.email) and has_verified and traits.email not in known


def _judged(
    tier: Tier, linked: Customer | None, found: list[Customer], traits: Traits, hits: list[Hit]
) -> Match:
    """Gather the candidates beside the one that is linked, and the evidence on all of them."""
    asked = [hit for hit in hits if hit.links or _has_same_name(traits.claim, hit.customer)]
    known = {customer.pk: customer for customer in [*found, *_distinct(asked)]}
    by_id = found if tier is Tier.HUB_ID else []
    evidence = {
        customer.pk: (
            *((Fact.SAME_ID,) if customer in by_id else ()),
            *_in_favor(traits.claim, customer, hits),
            *_against(Tier.HUB_ID if customer in by_id else Tier.PHONE, traits, customer, hits),
        )
        for customer in known.values()
    }
    candidates = tuple(customer for customer in known.values() if customer != linked)
    return Match(tier if linked else Tier.NONE, linked, candidates, evidence)


def _in_favor(claim: Claim, customer: Customer, hits: list[Hit]) -> Iterator[Fact]:
    kinds = {hit.point.kind for hit in hits if hit.customer == customer}
    if ContactKind.EMAIL in kinds:
        yield Fact.SAME_EMAIL
    if ContactKind.PHONE in kinds:
        yield Fact.SAME_PHONE
    if _has_same_name(claim, customer):
        yield Fact.SAME_NAME


def _has_same_name(claim: Claim, customer: Customer) -> bool:
    words = fold(f"{claim.given_name} {claim.family_name}") or fold(claim.company)
    return bool(words) and sorted(words.split()) == sorted(fold(customer.name).split())


def _namesakes(traits: Traits) -> Match:
    """Return those with exactly the claimed name, which is a question and never a link."""
    claim = traits.claim
    start = fold(f"{claim.family_name} {claim.given_name}") or fold(claim.company)
    if not start:
        return Match()
    alike = Customer.objects.current().filter(search_name__startswith=start)
    found = [
        customer
        for customer in alike.order_by("search_name", "pk")[:HITS_LOOKED_AT]
        if _has_same_name(claim, customer)
    ][:NAMESAKES_ASKED_ABOUT]
    return Match(
        candidates=tuple(found), evidence={customer.pk: (Fact.SAME_NAME,) for customer in found}
    )
