"""Which customer a claim is about, if any: tiers of identifiers, and what forbids a link.

An identifier that several people share never links, and neither does a name. A name may
forbid: families share phones and addresses.
"""

from collections.abc import Iterable, Iterator

from customers.claims import Claim, Fact, Match, Tier, Traits, traits_of
from customers.known import HITS_LOOKED_AT, Hit, Known
from customers.models import ContactKind, Customer
from customers.naming import are_clearly_different, may_be_relatives
from customers.normalizing import bare_tax_id, fold

NAMESAKES_ASKED_ABOUT = 5
BY_ID = {Tier.EXTERNAL_ID: Fact.SAME_EXTERNAL_ID, Tier.HUB_ID: Fact.SAME_ID}


def match(claim: Claim) -> Match:
    """Say which customer ``claim`` is about, without changing anything.

    :raises InvalidInput: an address, number, name or code of the claim cannot be right.
    """
    traits = traits_of(claim)
    return match_traits(traits, Known([traits]))


def match_traits(traits: Traits, known: Known) -> Match:
    """Do what ``match`` does, with what was read for many claims at once."""
    hits = known.hits(traits)
    if not hits and not known.knows_id_of(traits):  # nearly everybody who is new
        return Match() if traits.points else _namesakes(traits)
    for tier, found in _tiers(traits, hits, known):
        if not found:
            continue
        linked = found[0] if len(found) == 1 else None
        if linked and any(_against(tier, traits, linked, known)):
            linked = None
        return _judged(tier, linked, found, traits, known)
    return _judged(Tier.NONE, None, [], traits, known)


def _tiers(traits: Traits, hits: list[Hit], known: Known) -> Iterator[tuple[Tier, list[Customer]]]:
    """Yield each tier with its customers, the strongest first."""
    yield Tier.EXTERNAL_ID, _only(known.by_external_id(traits))
    yield Tier.HUB_ID, _only(known.by_hub_id(traits))
    emails = [hit for hit in hits if hit.links and hit.point.kind == ContactKind.EMAIL]
    if traits.claim.email_verified:
        yield Tier.VERIFIED_EMAIL, _distinct(hit for hit in emails if hit.point.verified)
    yield Tier.EMAIL, _distinct(emails)
    if traits.claim.is_unproven:
        return
    phones = (hit for hit in hits if hit.links and hit.point.kind == ContactKind.PHONE)
    yield Tier.PHONE, _distinct(phones)


def _only(customer: Customer | None) -> list[Customer]:
    return [customer] if customer else []


def _distinct(hits: Iterable[Hit]) -> list[Customer]:
    return list({hit.customer.pk: hit.customer for hit in hits}.values())


def _against(tier: Tier, traits: Traits, customer: Customer, known: Known) -> Iterator[Fact]:
    """Yield what forbids to link ``customer`` on the strength of ``tier``."""
    tax_ids = {bare_tax_id(text) for text in (traits.claim.tax_id, customer.tax_id)}
    if len(tax_ids - {""}) > 1:
        yield Fact.OTHER_TAX_ID
    born = {traits.claim.birth_date, customer.birth_date} - {None}
    if len(born) > 1:
        yield Fact.OTHER_BIRTH_DATE
    if tier in BY_ID and any(_is_verified_of_another(hit, customer) for hit in known.hits(traits)):
        yield Fact.OTHER_EMAIL
    if tier is Tier.PHONE and _has_another_verified_email(traits, customer, known):
        yield Fact.OTHER_EMAIL
    if _is_somebody_else(tier, traits.claim, customer):
        yield Fact.OTHER_GIVEN_NAME


def _is_somebody_else(tier: Tier, claim: Claim, customer: Customer) -> bool:
    """A phone is what families share most, so there even a small difference may be a sister."""
    if _has_same_name(claim, customer):
        return False
    names = claim.given_name, customer.given_name
    if tier is Tier.PHONE:
        return may_be_relatives(*names) or _is_nearly_called(claim, customer)
    return tier is Tier.EMAIL and are_clearly_different(*names)


def _is_nearly_called(claim: Claim, customer: Customer) -> bool:
    """Say whether the given names are only alike and the family names are not: Ana and Anna."""
    given = {fold(claim.given_name), fold(customer.given_name)}
    families = claim.family_name, customer.family_name
    return len(given - {""}) > 1 and all(families) and are_clearly_different(*families)


def _is_verified_of_another(hit: Hit, customer: Customer) -> bool:
    return hit.links and hit.point.verified and hit.customer != customer


def _has_another_verified_email(traits: Traits, customer: Customer, known: Known) -> bool:
    if not traits.email:
        return False
    points = known.emails_of(customer)
    has_verified = any(point.verified and not point.shared for point in points)
    return has_verified and traits.email not in {point.normalized for point in points}


def _judged(
    tier: Tier, linked: Customer | None, found: list[Customer], traits: Traits, known: Known
) -> Match:
    """Gather the candidates beside the one that is linked, and the evidence on all of them."""
    hits = known.hits(traits)
    asked = [hit for hit in hits if may_be(traits, hit)]
    looked_at = {customer.pk: customer for customer in [*found, *_distinct(asked)]}
    by_id = found if tier in BY_ID else []
    evidence = {
        customer.pk: (
            *((BY_ID[tier],) if customer in by_id else ()),
            *_in_favor(traits.claim, customer, hits),
            *_against(
                tier if customer in (linked, *by_id) else Tier.PHONE, traits, customer, known
            ),
        )
        for customer in looked_at.values()
    }
    candidates = tuple(customer for customer in looked_at.values() if customer != linked)
    return Match(tier if linked else Tier.NONE, linked, candidates, evidence)


def _in_favor(claim: Claim, customer: Customer, hits: list[Hit]) -> Iterator[Fact]:
    kinds = {hit.point.kind for hit in hits if hit.customer == customer}
    if ContactKind.EMAIL in kinds:
        yield Fact.SAME_EMAIL
    if ContactKind.PHONE in kinds:
        yield Fact.SAME_PHONE
    if _has_same_name(claim, customer):
        yield Fact.SAME_NAME


def may_be(traits: Traits, hit: Hit) -> bool:
    """Say whether a claim is linked to the customer of ``hit``, or asked about them."""
    return hit.links or _has_same_name(traits.claim, hit.customer)


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
