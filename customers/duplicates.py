"""Look for records of one person.

Names are found by trigrams, the rest by what was normalized when it
was written; ``customers.scoring`` weighs what is found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from customers.claims import Fact
from customers.models import ContactKind, ContactPoint, Customer
from customers.normalizing import is_placeholder
from customers.scoring import Assessment, Profile, assess, profile_of, rests_on_name, with_fact

SIMILARITY = 0.5
FOUND_BY_NAME = 10
FOUND_BY_EACH = 20
SHORTEST_LOCAL_PART = 3
NAMESAKES = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer who may be the same person as the one that was asked about."""

    customer: Customer
    score: int
    evidence: tuple[str, ...]


def find_candidates(customer: Customer, points: Sequence[ContactPoint]) -> list[Candidate]:
    """Return who may be the same as ``customer``, reached at ``points``, the surest first.

    Looks at names alike, and at everybody with the same number, local part or address.
    """
    found = load_current(look_for(customer, points)).values()
    profile = profile_of(customer, points)
    return weigh_each(profile, [one for one in found if one.pk != customer.pk])


def weigh_each(profile: Profile, found: Iterable[Customer]) -> list[Candidate]:
    """Weigh how likely each of ``found`` is who ``profile`` describes; the surest first."""
    judged = _beside_namesakes([(one, _assess(profile, one)) for one in found])
    candidates = [Candidate(one, said.score, said.evidence) for one, said in judged]
    return sorted(candidates, key=lambda one: (-one.score, one.customer.pk))


def _beside_namesakes(
    judged: list[tuple[Customer, Assessment]],
) -> list[tuple[Customer, Assessment]]:
    """Let a name count for less where several have it: most of them are somebody else."""
    if sum(rests_on_name(said) for _, said in judged) < NAMESAKES:
        return judged
    return [
        (one, with_fact(said, Fact.COMMON_NAME) if rests_on_name(said) else said)
        for one, said in judged
    ]


def _assess(profile: Profile, other: Customer) -> Assessment:
    return assess(profile, profile_of(other, other.contact_points.all()))


def load_current(ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """Return those of ``ids`` who were neither merged nor erased, with their contacts, by id."""
    ids = list(ids)
    if not ids:
        return {}
    found = Customer.objects.current().with_contacts().filter(pk__in=ids).order_by("pk")
    return {customer.pk: customer for customer in found}


def look_for(customer: Customer, points: Sequence[ContactPoint]) -> list[UUID]:
    """Return the ids of everybody found, in one statement; each way finds only so many."""
    ways: list[tuple[str, list[Any]]] = []
    if customer.search_name:
        ways.append((BY_NAME, [customer.search_name] * 2 + [FOUND_BY_NAME]))
    if numbers := [p.normalized for p in points if p.kind == ContactKind.PHONE]:
        ways.append((_BY_PHONE, [numbers, FOUND_BY_EACH]))
    if locals_ := _local_parts(points):
        ways.append((_BY_LOCAL_PART, [locals_, FOUND_BY_EACH]))
    if customer.street:
        place = [customer.street.lower(), customer.postal_code, FOUND_BY_EACH]
        ways.append((_BY_ADDRESS, place))
    if not ways:
        return []
    statement = " UNION ".join(f"({way})" for way, _ in ways)
    values = [value for _, given in ways for value in given]
    with connection.cursor() as cursor:
        # One message of two statements is one transaction, even outside of a longer one.
        cursor.execute(
            f"SET LOCAL pg_trgm.similarity_threshold = {SIMILARITY}; {statement}", values
        )
        cursor.nextset()
        return [row[0] for row in cursor.fetchall()]


def _local_parts(points: Iterable[ContactPoint]) -> list[str]:
    emails = (point.normalized for point in points if point.kind == ContactKind.EMAIL)
    found = {email.rpartition("@")[0] for email in emails if not is_placeholder(email)}
    return sorted(part for part in found if len(part) >= SHORTEST_LOCAL_PART)


BY_NAME = """
    SELECT id FROM customers_customer WHERE search_name %% %s AND canonical_id IS NULL
    ORDER BY similarity(search_name, %s) DESC, id LIMIT %s
"""
_BY_PHONE = """
    SELECT customer_id FROM customers_contactpoint
    WHERE kind = 'phone' AND normalized = ANY(%s) LIMIT %s
"""
_BY_LOCAL_PART = """
    SELECT customer_id FROM customers_contactpoint
    WHERE kind = 'email' AND split_part(normalized, '@', 1) = ANY(%s) LIMIT %s
"""
_BY_ADDRESS = """
    SELECT id FROM customers_customer
    WHERE lower(street) = %s AND postal_code = %s AND street <> '' LIMIT %s
"""
