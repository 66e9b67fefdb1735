"""How sure two records are one person: points for what they share, and the evidence in facts.

Pure: no database, no clock. The score is what the shown evidence adds up to, nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from customers.claims import Fact
from customers.models import ContactKind, ContactPoint, Customer
from customers.naming import (
    are_clearly_different,
    differ_by_a_slip,
    is_initial_of,
    likeness,
    likeness_of_names,
)
from customers.normalizing import bare_tax_id, fold, is_placeholder

# From here on a question is asked, and shown in the queue.
LIKELY = 50
SUREST = 100
# In points of a hundred. A name alone is just enough to ask, and too little once contacts differ.
WEIGHTS = {
    Fact.SAME_EXTERNAL_ID: 80,
    Fact.SAME_ID: 60,
    Fact.SAME_EMAIL: 65,
    Fact.SAME_PHONE: 45,
    Fact.SAME_NAME: 58,
    Fact.SAME_GIVEN_NAME: 25,
    Fact.SAME_TAX_ID: 45,
    Fact.SAME_BIRTH_DATE: 35,
    Fact.SAME_ADDRESS: 30,
    Fact.SHARED_EMAIL: 25,
    Fact.SHARED_PHONE: 25,
    Fact.ALIKE_EMAIL: 25,
    Fact.ALIKE_PHONE: 25,
    Fact.COMMON_NAME: -4,
    Fact.OTHER_CONTACTS: -15,
    Fact.OTHER_CONTACT: -2,
    Fact.OTHER_ADDRESS: -4,
    Fact.OTHER_EMAIL: -15,
    Fact.OTHER_GIVEN_NAME: -60,
    Fact.OTHER_BIRTH_DATE: -80,
    Fact.OTHER_TAX_ID: -60,
}
ALIKE_FROM_PERCENT = 80
# From 92 % on, a slip in a long name, it counts nearly as much as the same name.
ALIKE_POINTS = 25
ALIKE_STEP = 2.5
ALIKE_AT_MOST = 55
INITIAL_LIKENESS = 0.92
LOCAL_PART_LIKENESS = 0.85
DIGITS_COMPARED = 7


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of one customer; names and address are folded."""

    given: str = ""
    family: str = ""
    company: str = ""
    tax_id: str = ""
    birth_date: date | None = None
    address: str = ""
    emails: frozenset[str] = frozenset()
    verified: frozenset[str] = frozenset()
    phones: frozenset[tuple[str, str]] = frozenset()
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Assessment:
    """``score`` is 0 to 100; ``evidence`` are facts, those in favor first."""

    score: int
    evidence: tuple[str, ...]


def profile_of(customer: Customer, points: Iterable[ContactPoint]) -> Profile:
    """Return what is compared of ``customer``, who is reached at ``points``."""
    points = list(points)
    emails = [point for point in points if point.kind == ContactKind.EMAIL]
    phones = [point for point in points if point.kind == ContactKind.PHONE]
    return Profile(
        given=fold(customer.given_name),
        family=fold(customer.family_name),
        company=fold(customer.company),
        tax_id=bare_tax_id(customer.tax_id),
        birth_date=customer.birth_date,
        address=fold(f"{customer.postal_code} {customer.street}") if customer.street else "",
        emails=frozenset(point.normalized for point in emails),
        verified=frozenset(p.normalized for p in emails if p.verified and not p.shared),
        phones=frozenset((point.normalized, point.extension) for point in phones),
        shared=frozenset(
            point.normalized
            for point in points
            if point.shared or is_placeholder(point.normalized)
        ),
    )


def assess(one: Profile, other: Profile) -> Assessment:
    """Weigh everything two customers have in common, and what speaks against it."""
    contacts = list(_contacts(one, other))
    evidence = (
        *contacts,
        *_names(one, other),
        *_details(one, other),
        *_differences(one, other, has_common=bool(contacts)),
    )
    return Assessment(weigh(evidence), evidence)


def with_fact(said: Assessment, fact: Fact) -> Assessment:
    """Return ``said`` with one fact more."""
    evidence = (*said.evidence, fact)
    return Assessment(weigh(evidence), evidence)


def rests_on_name(said: Assessment) -> bool:
    """Say whether the names are so alike that they would be reason enough to ask."""
    names = (fact for fact in said.evidence if fact.startswith((Fact.SAME_NAME, Fact.ALIKE_NAME)))
    return any(_points(fact) >= LIKELY for fact in names)


def weigh(evidence: Iterable[str]) -> int:
    """Return how sure ``evidence`` makes us, 0 to 100."""
    points = sum(_points(fact) for fact in evidence)
    return max(0, min(SUREST, points))


def _points(fact: str) -> int:
    name, _, percent = fact.partition(":")
    if name == Fact.ALIKE_NAME:
        above = int(percent) - ALIKE_FROM_PERCENT
        return round(min(ALIKE_AT_MOST, ALIKE_POINTS + ALIKE_STEP * above))
    return WEIGHTS[Fact(name)]


def _contacts(one: Profile, other: Profile) -> Iterator[str]:
    shared = one.shared | other.shared
    emails, phones = one.emails & other.emails, one.phones & other.phones
    if emails:
        yield Fact.SAME_EMAIL if emails - shared else Fact.SHARED_EMAIL
    elif any(_are_alike(mine, theirs) for mine in one.emails for theirs in other.emails):
        yield Fact.ALIKE_EMAIL
    if phones:
        own = {number for number, _ in phones} - shared
        yield Fact.SAME_PHONE if own else Fact.SHARED_PHONE
    elif any(_nearly(mine, theirs) for mine in one.phones for theirs in other.phones):
        yield Fact.ALIKE_PHONE


def _names(one: Profile, other: Profile) -> Iterator[str]:
    mine, theirs = (one.given, one.family), (other.given, other.family)
    if not any(mine) or not any(theirs):
        yield from _alike(likeness(one.company, other.company) if one.company else 0.0)
    elif one.family == other.family and is_initial_of(one.given, other.given):
        yield from _alike(INITIAL_LIKENESS)
    else:
        alike = likeness_of_names(mine, theirs)
        yield from _alike(alike)
        if alike < ALIKE_FROM_PERCENT / 100 and _share_given_name(one, other):
            yield Fact.SAME_GIVEN_NAME


def _alike(alike: float) -> Iterator[str]:
    if alike == 1.0:
        yield Fact.SAME_NAME
    elif alike >= ALIKE_FROM_PERCENT / 100:
        yield f"{Fact.ALIKE_NAME}:{min(99, round(alike * 100))}"


def _details(one: Profile, other: Profile) -> Iterator[str]:
    if one.tax_id and one.tax_id == other.tax_id:
        yield Fact.SAME_TAX_ID
    if one.birth_date and one.birth_date == other.birth_date:
        yield Fact.SAME_BIRTH_DATE
    if one.address and one.address == other.address:
        yield Fact.SAME_ADDRESS


def _differences(one: Profile, other: Profile, *, has_common: bool) -> Iterator[str]:
    if one.verified and other.verified and not one.verified & other.verified:
        yield Fact.OTHER_EMAIL
    elif not has_common:
        yield from _other_contacts(one, other)
    if one.address and other.address and one.address != other.address:
        yield Fact.OTHER_ADDRESS
    if _has_other_given_name(one, other):
        yield Fact.OTHER_GIVEN_NAME
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        yield Fact.OTHER_BIRTH_DATE
    if one.tax_id and other.tax_id and one.tax_id != other.tax_id:
        yield Fact.OTHER_TAX_ID


def _other_contacts(one: Profile, other: Profile) -> Iterator[str]:
    """What both have, and have another one of; what only one of them has says nothing."""
    differ = [bool(one.emails and other.emails), bool(one.phones and other.phones)]
    if all(differ):
        yield Fact.OTHER_CONTACTS
    elif any(differ):
        yield Fact.OTHER_CONTACT


def _has_other_given_name(one: Profile, other: Profile) -> bool:
    return (
        are_clearly_different(one.given, other.given)
        and not (one.family == other.family and differ_by_a_slip(one.given, other.given))
        and not _is_swapped(one, other)
        and not _share_given_name(one, other)
    )


def _share_given_name(one: Profile, other: Profile) -> bool:
    """Say whether a given name stands with both, be it where one of them has the family name.

    So it is after a wedding: Anna Roux, and Maier Anna from a list that puts the family first.
    """
    pairs = (one.given, other.given), (one.given, other.family), (one.family, other.given)
    return any(mine and mine == theirs for mine, theirs in pairs)


def _is_swapped(one: Profile, other: Profile) -> bool:
    """Say whether the given name of one stands where the other has the family name."""
    return bool(one.family and other.family) and not (
        are_clearly_different(one.given, other.family)
        or are_clearly_different(one.family, other.given)
    )


def _are_alike(one: str, other: str) -> bool:
    """Two addresses of one person: moved to another provider, or mistyped."""
    if is_placeholder(one) or is_placeholder(other):
        return False
    (mine, _, here), (theirs, _, there) = one.rpartition("@"), other.rpartition("@")
    if mine == theirs:
        return True
    return here == there and likeness(mine, theirs) >= LOCAL_PART_LIKENESS


def _nearly(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Two numbers of one length that differ in one digit, or in two that changed places."""
    mine, theirs = one[0], other[0]
    if len(mine) != len(theirs) or len(mine) < DIGITS_COMPARED:
        return False
    places = [at for at, digit in enumerate(mine) if digit != theirs[at]]
    if len(places) == 1:
        return True
    return (
        len(places) == 2  # noqa: PLR2004
        and places[1] == places[0] + 1
        and mine[places[0]] == theirs[places[1]]
        and mine[places[1]] == theirs[places[0]]
    )
