"""Compare the customers who wait for it, and ask people about the pairs that are likely.

Nothing is merged here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from customers.claims import Fact
from customers.duplicates import Candidate, assessed, loaded, look_for
from customers.models import Customer, IdentityReview, PendingComparison, ReviewState
from customers.scoring import LIKELY, profile_of, weigh
from hub import history
from hub.actors import Actor

AT_ONCE = 50
# What a comparison cannot see for itself, and leaves as it was noted.
NOTED = frozenset({Fact.SAME_EXTERNAL_ID, Fact.SAME_ID})


def compare_pending(*, limit: int, by: Actor, imported: bool | None = None) -> int:
    """Compare up to ``limit`` customers that wait for it, and say how many were.

    Only those that were ``imported``, or only those that were not; else both, the latter first.
    Of either the latest come first.
    """
    waiting = PendingComparison.objects.order_by("imported", "-since", "pk")
    if imported is not None:
        waiting = waiting.filter(imported=imported)
    done = 0
    while done < limit and (count := _compare(waiting[: min(limit - done, AT_ONCE)], by=by)):
        done += count
    return done


@transaction.atomic
def _compare(waiting: QuerySet[PendingComparison], *, by: Actor) -> int:
    """Compare who is ``waiting``; their rows are held, so that nobody else takes them too."""
    held = [row.customer_id for row in waiting.select_for_update(skip_locked=True)]
    customers = Customer.objects.with_contacts().in_bulk(held)
    likely = _likely([one for one in customers.values() if one.is_current])
    # Only now the customers are locked, in one order: searching must hold nobody up.
    others = {candidate.customer.pk for found in likely.values() for candidate in found}
    now = _locked(others.union(customers))
    # Whoever was changed meanwhile waits on, to be compared as they are now.
    compared = [pk for pk, one in customers.items() if now[pk].version == one.version]
    for pk in compared:
        for candidate in likely.get(pk, ()):
            # Whoever was merged away meanwhile is asked about as part of the survivor.
            if now[candidate.customer.pk].is_current:
                _ask(customers[pk], candidate, by=by)
    PendingComparison.objects.filter(pk__in=compared).delete()
    return len(customers)


def _locked(ids: Iterable[UUID]) -> dict[UUID, Customer]:
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in rows}


def _likely(customers: Sequence[Customer]) -> Mapping[UUID, list[Candidate]]:
    """Return whom to ask about: likely ones, and all that were asked about before."""
    asked = _asked_before(customers)
    points = {one.pk: list(one.contact_points.all()) for one in customers}
    found = {one.pk: set(look_for(one, points[one.pk])) - {one.pk} for one in customers}
    known = loaded(set().union(*found.values(), *asked.values()))
    likely = {}
    for one in customers:
        profile = profile_of(one, points[one.pk])
        # Those asked about before, and not found now, make no name a common one.
        first = assessed(profile, [known[pk] for pk in sorted(found[one.pk]) if pk in known])
        missing = asked[one.pk] - found[one.pk]
        rest = assessed(profile, [known[pk] for pk in sorted(missing) if pk in known])
        likely[one.pk] = [
            candidate
            for candidate in (*first, *rest)
            if candidate.score >= LIKELY or candidate.customer.pk in asked[one.pk]
        ]
    return likely


def _asked_before(customers: Sequence[Customer]) -> Mapping[UUID, set[UUID]]:
    """Return with whom each of ``customers`` shares an open question."""
    asked: dict[UUID, set[UUID]] = defaultdict(set)
    about = Q(customer__in=customers) | Q(candidate__in=customers)
    pairs = IdentityReview.objects.filter(about, state=ReviewState.OPEN)
    for customer, candidate in pairs.values_list("customer_id", "candidate_id"):
        asked[customer].add(candidate)
        asked[candidate].add(customer)
    return asked


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
