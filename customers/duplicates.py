"""Look for records of one person, and ask people about the pairs that are likely.

Nothing is merged here. Names are found by trigrams, the rest by what was normalized when it
was written; ``customers.scoring`` weighs what is found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from customers.claims import Fact
from customers.models import (
    ContactKind,
    ContactPoint,
    Customer,
    IdentityReview,
    PendingComparison,
    ReviewState,
)
from customers.normalizing import is_placeholder
from customers.scoring import (
    LIKELY,
    Assessment,
    Profile,
    assess,
    profile_of,
    rests_on_name,
    weigh,
    with_fact,
)
from hub import history
from hub.actors import Actor

SIMILARITY = 0.5
FOUND_BY_NAME = 10
FOUND_BY_EACH = 20
SHORTEST_LOCAL_PART = 3
NAMESAKES = 4
# What a comparison cannot see for itself, and leaves as it was noted.
NOTED = frozenset({Fact.SAME_EXTERNAL_ID, Fact.SAME_ID})


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
    found = _load(_look_for(customer, points))
    profile = profile_of(customer, points)
    return _assessed(profile, (one for one in found if one.pk != customer.pk))


def compare_pending(*, limit: int, by: Actor) -> int:
    """Compare up to ``limit`` customers that wait for it, and say how many were.

    The latest first: what somebody just typed does not wait behind a file of a million.
    """
    done = 0
    while done < limit and _compare_next(by=by):
        done += 1
    return done


@transaction.atomic
def _compare_next(*, by: Actor) -> bool:
    """Compare one customer; its row of work is held, so that nobody else takes it too."""
    waiting = PendingComparison.objects.select_for_update(skip_locked=True)
    pending = waiting.order_by("-since", "pk").first()
    if pending is None:
        return False
    customer = Customer.objects.with_contacts().get(pk=pending.customer_id)
    likely = _likely(customer) if customer.canonical_id is None else []
    # Only now the customers are locked, in one order: searching must hold nobody up.
    ids = {customer.pk, *(candidate.customer.pk for candidate in likely)}
    locked = Customer.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    rows = {row.pk: row for row in locked}
    if rows[customer.pk].version == customer.version:
        for candidate in likely:
            # Whoever was merged away meanwhile is asked about as part of the survivor.
            other = rows[candidate.customer.pk]
            if other.canonical_id is None and other.erased_at is None:
                _ask(customer, candidate, by=by)
        pending.delete()
    return True


def _likely(customer: Customer) -> list[Candidate]:
    """Return whom to ask about: likely ones, and all that were asked about before."""
    points = list(customer.contact_points.all())
    found = {candidate.customer.pk: candidate for candidate in find_candidates(customer, points)}
    asked = {
        review.other_id(customer)
        for review in IdentityReview.objects.about(customer).filter(state=ReviewState.OPEN)
    }
    missing = _load(asked - set(found))
    candidates = [*found.values(), *_assessed(profile_of(customer, points), missing)]
    return [one for one in candidates if one.score >= LIKELY or one.customer.pk in asked]


def _ask(customer: Customer, candidate: Candidate, *, by: Actor) -> None:
    """Ask about a pair, or bring an open question up to date; an answer is never touched."""
    other, evidence = candidate.customer, list(candidate.evidence)
    known = IdentityReview.objects.between(customer, other).first()
    if known is None:
        review = IdentityReview(
            customer=customer, candidate=other, evidence=evidence, score=candidate.score
        )
        history.create(review, by=by)
    elif known.state == ReviewState.OPEN:
        evidence = [fact for fact in known.evidence if fact in NOTED] + evidence
        if evidence != known.evidence:
            known.evidence, known.score = evidence, weigh(evidence)
            history.save(known, fields=["evidence", "score"], by=by)


def _assessed(profile: Profile, found: Iterable[Customer]) -> list[Candidate]:
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


def _load(ids: Iterable[UUID]) -> list[Customer]:
    ids = list(ids)
    if not ids:
        return []
    return list(Customer.objects.current().with_contacts().filter(pk__in=ids).order_by("pk"))


def _look_for(customer: Customer, points: Sequence[ContactPoint]) -> list[UUID]:
    """Return the ids of everybody found, in one statement; each way finds only so many."""
    ways: list[tuple[str, list[Any]]] = []
    if customer.search_name:
        ways.append((_BY_NAME, [customer.search_name] * 2 + [FOUND_BY_NAME]))
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


_BY_NAME = """
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
