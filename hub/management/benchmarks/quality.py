"""``identity-quality``: who is recognized, who is asked about, and whether that was right."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from customers.claims import traits_of
from customers.comparing import compare_pending
from customers.identity import find_or_create_all
from customers.models import IdentityReview, PendingComparison
from customers.scoring import LIKELY
from hub.actors import Actor
from hub.management.benchmarks.measuring import Row
from hub.management.benchmarks.people import Population, Said

NAME = "identity-quality"
PER_DUPLICATE = "candidates shown per true duplicate"
SEED = 1
AT_ONCE = 10
COMPARED_AT_ONCE = 1000
BY = Actor.imported("Benchmark")
PRECISION, RECALL, SHOWN = 1.0, 0.98, 1.3
Pair = frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``person_of`` says of each customer who it truly is; links are those nobody was asked."""

    person_of: Mapping[UUID, int]
    right_links: int
    wrong_links: int


def measure(*, rows: int) -> list[Row]:
    """Let ``rows`` people arrive as often as they do, then look for the duplicates left."""
    story = Population(SEED).story(rows)
    outcome = arrive(story)
    # The workers of the laboratory take their share; what they hold now is theirs to finish.
    while PendingComparison.objects.exists():
        compare_pending(limit=COMPARED_AT_ONCE, by=BY)
    links = outcome.right_links + outcome.wrong_links
    needed = len(story) - len({said.person for said in story})
    true, shown = _true_pairs(outcome.person_of), _shown_pairs()
    found = true & shown
    precision, recall = outcome.right_links / links, len(found) / len(true)
    automatic, shown_each = outcome.right_links / needed, len(shown) / len(true)
    return [
        _high("precision", precision, PRECISION, links, f"{outcome.wrong_links} wrong links"),
        _high("recall", automatic, 1.0, needed, "automatic links; the rest is asked about"),
        _high("recall", recall, RECALL, len(true), f"queue; {len(true - found)} not found"),
        Row(NAME, shown_each, "shown", SHOWN, shown_each / SHOWN, len(shown), PER_DUPLICATE),
    ]


def arrive(story: Iterable[Said]) -> Outcome:
    """Bring all claims in, in their order, as an import or a busy day would."""
    told = list(story)
    person_of: dict[UUID, int] = {}
    counted: Counter[bool] = Counter()
    for start in range(0, len(told), AT_ONCE):
        part = told[start : start + AT_ONCE]
        found = find_or_create_all(
            [traits_of(said.claim) for said in part], at=timezone.now(), by=BY
        )
        for said, one in zip(part, found, strict=True):
            if one.created:
                person_of[one.customer.pk] = said.person
            else:
                counted[person_of[one.customer.pk] == said.person] += 1
    return Outcome(person_of, counted[True], counted[False])


def _high(unit: str, figure: float, limit: float, rows: int, note: str) -> Row:
    """A figure that should be as high as its limit: the ratio is how much is missing."""
    return Row(NAME, figure, unit, limit, limit / figure, rows, note)


def _true_pairs(person_of: Mapping[UUID, int]) -> set[Pair]:
    records: dict[int, list[UUID]] = defaultdict(list)
    for customer_id, person in person_of.items():
        records[person].append(customer_id)
    return {
        frozenset((one, other))
        for same in records.values()
        for place, one in enumerate(same)
        for other in same[place + 1 :]
    }


def _shown_pairs() -> set[Pair]:
    waiting = IdentityReview.objects.all().waiting(at=timezone.now()).filter(score__gte=LIKELY)
    return {frozenset(pair) for pair in waiting.values_list("customer_id", "candidate_id")}
