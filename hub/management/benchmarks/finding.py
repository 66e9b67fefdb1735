"""Finding one among many: by identifier, while typing, by likeness, and page by page.

Every figure stands beside the bare SQL that it cannot beat, run in turns with it.
"""

import random
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from customers.claims import Claim, ExternalKey
from customers.details import describe
from customers.duplicates import SIMILARITY, find_candidates
from customers.matching import match
from customers.models import Customer
from customers.normalizing import fold
from customers.searching import PAGE, page
from customers.suggesting import suggest
from hub import access
from hub.management.benchmarks import crowd
from hub.management.benchmarks.measuring import Row, in_turns, paired_ratio, percentile, timed
from hub.management.benchmarks.people import Person, Population

SEED = 1
PROBES = 200
TURNS = 60
TOP = 10
OFFERED = 8
DEEP_PAGE = 10_000
BARE_CUSTOMER = "SELECT customer.* FROM customers_customer customer"
BY_POINT = f"""{BARE_CUSTOMER}
    JOIN customers_contactpoint point ON point.customer_id = customer.id
    WHERE point.kind = %s AND point.normalized = %s"""
BY_KEY = f"""{BARE_CUSTOMER}
    JOIN customers_externalid known ON known.customer_id = customer.id
    WHERE known.system = %s AND known.value = %s"""
BY_LIKENESS = """SELECT * FROM customers_customer
    WHERE search_name %% %s AND canonical_id IS NULL
    ORDER BY similarity(search_name, %s) DESC LIMIT %s"""
Act = Callable[[], object]


def run(statement: str, *values: str | int) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
        return found


class Crowd:
    """Customers to look for, made once for all measurements of one run."""

    def __init__(self, count: int, *, progress: crowd.Progress) -> None:
        self.people = crowd.gather(count, seed=SEED, progress=progress)
        self.dice = random.Random(SEED)  # noqa: S311
        self.slips = Population(SEED)

    def some(self, count: int = PROBES) -> list[Person]:
        return self.dice.sample(self.people, min(count, len(self.people)))


@cache
def crowd_of(count: int) -> Crowd:
    """Return a crowd that is made at the first call, with its progress told."""

    def progress(done: int) -> None:
        sys.stderr.write(f"made {done:,} of {count:,} customers\n")

    return Crowd(count, progress=progress)


def by_identifier(crowd_: Crowd) -> list[Row]:
    """``identity-exact``: who is it, by address, number and id of another tool."""
    people = [person for person in crowd_.some() if not person.shares_phone]
    pairs: dict[str, Callable[[Person], tuple[Act, Act]]] = {
        "e-mail": lambda one: (
            lambda: match(Claim(given_name=one.given, email=one.email)),
            lambda: run(BY_POINT, "email", one.email),
        ),
        "phone": lambda one: (
            lambda: match(Claim(given_name=one.given, phone=one.phone, region=one.region)),
            lambda: run(BY_POINT, "phone", one.phone),
        ),
        "external id": lambda one: (
            lambda: match(Claim(external=ExternalKey(crowd.SYSTEM, f"X{one.number}"))),
            lambda: run(BY_KEY, crowd.SYSTEM, f"X{one.number}"),
        ),
    }
    return [
        _compared("identity-exact", [make(one) for one in people], len(crowd_.people), what, 99)
        for what, make in pairs.items()
    ]


def while_typing(crowd_: Crowd) -> list[Row]:
    """``customer-search``: the best eight for what was typed so far, against its own SQL."""

    def pair(one: Person) -> tuple[Act, Act]:
        text = fold(one.family)[: crowd_.dice.choice((4, 5, 6, 20))]

        def ours() -> object:
            return suggest(text, access=access.EVERYTHING, limit=OFFERED)

        with CaptureQueriesContext(connection) as asked:
            ours()
        statements = [query["sql"] for query in asked.captured_queries]
        return ours, lambda: [run(statement) for statement in statements]

    pairs = [pair(one) for one in crowd_.some()]
    return [_compared("customer-search", pairs, len(crowd_.people), "as typed", 95)]


def by_likeness(crowd_: Crowd) -> list[Row]:
    """``duplicate-candidates``: who is like somebody whose name has one slip in it."""
    run(f"SELECT set_config('pg_trgm.similarity_threshold', '{SIMILARITY}', false)")
    people, found = crowd_.some(), 0
    pairs = []
    for one in people:
        slip = crowd_.slips.misspelled(one.family)
        probe = Customer(given_name=one.given, family_name=slip)
        probe.search_name = describe(probe)
        pairs.append(_alike(probe))
        best = [candidate.customer for candidate in find_candidates(probe, [])[:TOP]]
        truth = (one.given, one.family)
        found += any((who.given_name, who.family_name) == truth for who in best)
    note = f"recall@{TOP} {found / len(people):.3f}"
    return [_compared("duplicate-candidates", pairs, len(crowd_.people), note, 99)]


def page_by_page(crowd_: Crowd) -> list[Row]:
    """``customer-list``: a page far down against the first one, and queries for 1 and 50 rows."""
    everybody = Customer.objects.current().with_contacts()
    ordered = Customer.objects.order_by("search_name", "pk").values_list("pk", flat=True)
    size = len(crowd_.people)
    number = min(DEEP_PAGE, size // PAGE - 1)
    place = ordered[number * PAGE - 1]
    pairs = [(lambda: page(everybody, after=place), lambda: page(everybody))] * TURNS
    one = _queries(everybody.filter(pk=place))
    many = _queries(everybody)
    note = f"page {number} against page 1; {one} queries for 1 row, {many} for {PAGE}"
    return [_compared("customer-list", pairs, size, note, 99)]


def _alike(probe: Customer) -> tuple[Act, Act]:
    name = probe.search_name
    return lambda: find_candidates(probe, []), lambda: run(BY_LIKENESS, name, name, TOP)


def _queries(customers: QuerySet[Customer]) -> int:
    """Count the queries of a page with what its rows show."""
    with CaptureQueriesContext(connection) as asked:
        for customer in page(customers).rows:
            customer.email(), customer.phone()
    return len(asked)


def _compared(
    name: str, pairs: Sequence[tuple[Act, Act]], size: int, what: str, percent: int
) -> Row:
    """Run each pair in turns, ours and the bare one; ``percent`` is told of ours."""
    ours: list[float] = []
    bare: list[float] = []
    for act, limit in pairs:
        figures = in_turns({"ours": partial(timed, act), "bare": partial(timed, limit)}, rounds=2)
        ours += figures["ours"]
        bare += figures["bare"]
    note = f"{what}; p{percent} {percentile(ours, percent):.2f} ms"
    middle = percentile(bare, 50)
    return Row(name, percentile(ours, 50), "ms p50", middle, paired_ratio(ours, bare), size, note)
