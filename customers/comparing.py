"""Compare the customers who wait for it, and ask people about the pairs that are likely.

Nothing is merged here.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from customers.asking import drafted
from customers.claims import Fact
from customers.duplicates import Candidate, load_current, look_for, weigh_each
from customers.models import Customer, IdentityReview, PendingComparison, ReviewState
from customers.scoring import LIKELY, profile_of, weigh
from hub import history, locks
from hub.actors import Actor

log = structlog.get_logger(__name__)
AT_ONCE = 50
SLICE_SECONDS = 25.0  # of the 30 until the schedule comes again
# What a comparison cannot see for itself, and leaves as it was noted.
NOTED = frozenset({Fact.SAME_EXTERNAL_ID, Fact.SAME_ID})


def compare_alone(*, imported: bool, by: Actor, may_go_on: Callable[[], bool]) -> int:
    """Compare for up to 25 seconds, unless another worker is at it; return how many were.

    Before each batch ``may_go_on`` says whether nothing more urgent has come. The schedule goes
    on with what is left: a bell that rang on would not end before the work, and every bell would
    begin such a row of bells.
    """
    latest, total = time.monotonic() + SLICE_SECONDS, 0
    with locks.alone_in_session(f"compare:{imported}") as is_alone:
        while is_alone and time.monotonic() < latest and may_go_on():
            done = compare_pending(limit=AT_ONCE, imported=imported, by=by)
            if not done:
                break
            total += done
    return total


def compare_pending(*, limit: int, by: Actor, imported: bool | None = None) -> int:
    """Compare up to ``limit`` customers that wait for it, and say how many were.

    Only those that were ``imported``, or only those that were not; else both, the latter first.
    Of either the latest come first. Whoever is just being changed is left, and not counted.
    """
    pending = PendingComparison.objects.order_by("imported", "-since")
    if imported is not None:  # the order of the index: without it each batch would sort them all
        pending = pending.filter(imported=imported).order_by("-since")
    ids = pending.values_list("customer_id", flat=True)
    done = 0
    while done < limit and (count := _compare_batch(ids[: min(limit - done, AT_ONCE)], by=by)):
        done += count
    return done


def _compare_batch(ids: Iterable[UUID], *, by: Actor) -> int:
    """Search for all of ``ids`` first, which holds nobody up, then write what was found."""
    customers = Customer.objects.with_contacts().in_bulk(list(ids))
    likely = _likely([one for one in customers.values() if one.is_current])
    unique = [one for pk, one in customers.items() if not one.is_current or likely.get(pk) == []]
    done = _finish(unique, (), by=by)
    for pk, candidates in likely.items():
        if candidates:  # in a transaction of its own: nobody waits for the questions of others
            done += _finish([customers[pk]], candidates, by=by)
    return done


@transaction.atomic
def _finish(customers: Sequence[Customer], candidates: Sequence[Candidate], *, by: Actor) -> int:
    """Ask whether each of ``customers`` is one of ``candidates``; return how many are done with.

    Whoever was changed meanwhile, or is just being changed, waits on.
    """
    ids = {one.pk for one in customers} | {candidate.customer.pk for candidate in candidates}
    now = _locked(ids)
    if any(candidate.customer.pk not in now for candidate in candidates):
        return 0
    unchanged = [one for one in customers if one.pk in now and now[one.pk].version == one.version]
    for one in unchanged:
        for candidate in candidates:
            # Whoever was merged away meanwhile is asked about as part of the survivor.
            if now[candidate.customer.pk].is_current:
                _ask(one, candidate, by=by)
    PendingComparison.objects.filter(pk__in=[one.pk for one in unchanged]).delete()
    return len(unchanged)


def _locked(ids: Collection[UUID]) -> dict[UUID, Customer]:
    """Lock those of ``ids`` whom nobody else has locked."""
    rows = Customer.objects.select_for_update(no_key=True, skip_locked=True)
    return {row.pk: row for row in rows.filter(pk__in=ids).order_by("pk")}


def _likely(customers: Sequence[Customer]) -> dict[UUID, list[Candidate]]:
    """Return for each whom to ask about: who is likely, and who shares an open question already.

    Whoever cannot be compared is missing, so that the others do not wait for the repair.
    """
    asked = _in_open_questions(customers)
    found: dict[UUID, set[UUID]] = {}
    for one in customers:
        with _alone(one):
            found[one.pk] = set(look_for(one, list(one.contact_points.all()))) - {one.pk}
    known = load_current(set().union(*found.values(), *asked.values()))
    likely: dict[UUID, list[Candidate]] = {}
    for one in customers:
        with _alone(one):
            likely[one.pk] = _likely_for(one, found[one.pk], asked[one.pk], known)
    return likely


@contextmanager
def _alone(customer: Customer) -> Iterator[None]:
    """Let what is wrong with one customer be a matter of that one."""
    try:
        yield
    except Exception:
        log.exception("comparison_failed", customer_id=str(customer.pk))


def _likely_for(
    customer: Customer, found: set[UUID], asked: set[UUID], known: Mapping[UUID, Customer]
) -> list[Candidate]:
    profile = profile_of(customer, customer.contact_points.all())
    # Apart: whoever only an open question leads to does not count among the namesakes.
    first = weigh_each(profile, [known[pk] for pk in sorted(found) if pk in known])
    rest = weigh_each(profile, [known[pk] for pk in sorted(asked - found) if pk in known])
    return [one for one in (*first, *rest) if one.score >= LIKELY or one.customer.pk in asked]


def _in_open_questions(customers: Sequence[Customer]) -> Mapping[UUID, set[UUID]]:
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
    # Locked, so that an answer somebody is just giving is waited for.
    known = IdentityReview.objects.between(customer, other).select_for_update().first()
    if known is None:
        history.create(drafted(customer, other, evidence), by=by)
    elif known.state == ReviewState.OPEN:
        evidence = [fact for fact in known.evidence if fact in NOTED] + evidence
        if evidence != known.evidence:
            known.evidence, known.score = evidence, weigh(evidence)
            history.save(known, fields=["evidence", "score"], by=by)
