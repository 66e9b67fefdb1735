"""Many claims at once end exactly where they would end one by one."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.claims import Traits
from customers.identity import (
    Claim,
    ExternalKey,
    Identified,
    Tier,
    find_or_create,
    find_or_create_all,
    traits_of,
)
from customers.models import (
    ContactPoint,
    Customer,
    ExternalId,
    IdentityReview,
    PendingComparison,
    Recognition,
)
from hub.errors import InvalidInput
from hub.models import Change
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP

some = st.sampled_from
claims = st.builds(
    Claim,
    given_name=some(["Ann", "Bob"]),
    family_name=some(["Lee", "Ray"]),
    email=some(["", "a@x.example", "A@X.example", "b@x.example", "info@x.example"]),
    phone=some(["", "+33612345678", "06 12 34 56 78", "+33612345679"]),
    region=st.just("FR"),
    external=some([None, ExternalKey("old", "1"), ExternalKey("old", "2")]),
    email_verified=st.booleans(),
    tax_id=some(["", "", "FR 1", "FR2"]),
    birth_date=some([None, None, date(1980, 1, 1), date(1990, 1, 1)]),
)
Identify = Callable[[Sequence[Claim]], list[Identified]]


def one_by_one(stated: Sequence[Claim]) -> list[Identified]:
    return [find_or_create(claim, at=timezone.now(), by=SETUP) for claim in stated]


def together(stated: Sequence[Claim]) -> list[Identified]:
    return find_or_create_all([traits_of(claim) for claim in stated], at=timezone.now(), by=SETUP)


def picture(identify: Identify, stated: Sequence[Claim], *, known: Sequence[Claim] = ()) -> Any:
    """Everything that ``stated`` leads to, in a hub that knows ``known``, by order of arrival."""
    with transaction.atomic():
        found = [*one_by_one(known), *identify(stated)]
        noted = ContactPoint.history.order_by("history_id")
        order = list(dict.fromkeys(one.customer.pk for one in found))
        place = {customer_id: number for number, customer_id in enumerate(order)}
        seen = (
            [(place[one.customer.pk], one.tier, one.created, one.evidence) for one in found],
            sorted(
                (
                    place[point.customer_id],
                    point.normalized,
                    (point.shared, point.verified, point.is_primary),
                )
                for point in ContactPoint.objects.all()
            ),
            sorted((key.value, place[key.customer_id]) for key in ExternalId.objects.all()),
            sorted(
                (*sorted((place[review.customer_id], place[review.candidate_id])),)
                for review in IdentityReview.objects.all()
            ),
            Counter(Change.objects.values_list("name", flat=True)),
            sorted(place[row.customer_id] for row in PendingComparison.objects.all()),
            Counter(Recognition.objects.values_list("tier", flat=True)),
            sorted((place[row.id], row.version) for row in Customer.history.all()),
            # What came and changed within one transaction is noted once, as it ended.
            sorted(
                (
                    place[row.customer_id],
                    row.normalized,
                    (row.shared, row.verified, row.is_primary),
                )
                for row in {row.id: row for row in noted}.values()
            ),
        )
        transaction.set_rollback(True)
    return seen


class TestManyAtOnce(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(claims, min_size=2, max_size=7))
    def test_they_end_where_they_would_one_by_one(self, stated: list[Claim]) -> None:
        assert picture(together, stated) == picture(one_by_one, stated)

    @settings(max_examples=25, deadline=None)
    @given(st.lists(claims, min_size=1, max_size=3), st.lists(claims, min_size=2, max_size=5))
    def test_they_end_there_too_where_some_are_known(
        self, known: list[Claim], stated: list[Claim]
    ) -> None:
        expected = picture(one_by_one, stated, known=known)

        assert picture(together, stated, known=known) == expected


@pytest.mark.django_db
def test_a_thousand_new_ones_cost_as_many_statements_as_ten() -> None:
    costs = []
    for count, place in ((10, "a"), (1000, "b")):
        stated = [
            traits_of(claim(f"Ann {place}{number}", email=f"{place}{number}@x.example"))
            for number in range(count)
        ]
        with CaptureQueriesContext(connection) as asked:
            find_or_create_all(stated, at=timezone.now(), by=SETUP)
        costs.append(len(asked))

    assert Customer.objects.count() == 1010
    assert costs[1] <= costs[0] + 6, "bulk inserts are cut into a few pieces"


@pytest.mark.django_db
def test_nothing_is_kept_when_one_of_many_cannot_be() -> None:
    nobody = Claim(notes="Neither a name nor a company")
    stated = [traits_of(one) for one in (claim("Ann Lee", email="a@x.example"), nobody)]

    with pytest.raises(InvalidInput), CaptureQueriesContext(connection) as asked:
        find_or_create_all(stated, at=timezone.now(), by=SETUP)

    assert any("customers_pendingcomparison" in query["sql"] for query in asked), "Ann was there"
    assert not Customer.objects.exists()
    assert not Change.objects.exists()


@pytest.mark.django_db
def test_doubtful_ones_cost_as_many_statements_as_the_others() -> None:
    """Each row of a file has the phone of somebody else's mother: a question each."""

    def families(given: str, numbers: range) -> list[Traits]:
        named = [(f"{given} F{n}", f"+33 6 12 34 {n:04d}") for n in numbers]
        return [traits_of(claim(name, phone=phone)) for name, phone in named]

    find_or_create_all(families("Zoe", range(110)), at=timezone.now(), by=SETUP)
    costs = []
    for numbers in (range(10), range(10, 110)):
        with CaptureQueriesContext(connection) as asked:
            find_or_create_all(families("Ann", numbers), at=timezone.now(), by=SETUP)
        costs.append(len(asked))

    assert costs[0] == costs[1]
    assert IdentityReview.objects.count() == 110
    assert ContactPoint.objects.filter(shared=True).count() == 220
    assert not ContactPoint.objects.filter(shared=False).exists()


@pytest.mark.django_db
def test_a_proven_address_stays_proven_when_a_later_one_shares_it() -> None:
    ann = customer("Ann Lee", email="a@x.example")
    stated = [
        claim("Ann Lee", email="a@x.example", email_verified=True),
        claim("Bob Ray", email="a@x.example", birth_date=date(1990, 1, 1)),
        claim("Zoe Fox", email="a@x.example", phone="+33612345678"),
    ]

    together(stated)

    point = ann.contact_points.get()
    assert (point.verified, point.shared) == (True, True)
    newest = point.history.latest("history_id")
    assert (newest.verified, newest.shared) == (True, True)


@pytest.mark.django_db
def test_a_shared_address_stays_shared_when_its_owner_proves_it() -> None:
    ann = customer("Ann Lee", email="a@x.example", external=ExternalKey("old", "1"))
    stated = [
        claim("Bob Ray", email="a@x.example"),
        claim(
            "Ann Lee", email="a@x.example", email_verified=True, external=ExternalKey("old", "1")
        ),
    ]

    together(stated)

    point = ann.contact_points.get()
    assert (point.verified, point.shared) == (False, True)


@pytest.mark.django_db
def test_whoever_has_proven_an_address_before_is_found_by_it_later_in_the_file() -> None:
    ann = customer("Ann Lee", email="a@x.example")
    stated = [
        claim("Ann Lee", email="a@x.example", email_verified=True),
        claim("Bob Ray", email="a@x.example", email_verified=True),
    ]

    found = together(stated)

    assert [one.customer.pk for one in found] == [ann.pk, ann.pk]
    assert found[1].tier is Tier.VERIFIED_EMAIL
