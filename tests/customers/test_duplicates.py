"""Duplicates are found within a minute, asked about once, and never merged by themselves."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from customers.comparing import compare_pending
from customers.duplicates import find_candidates
from customers.models import Customer, IdentityReview, PendingComparison, ReviewState
from customers.pending import COMPARE_TASK, compare_later
from customers.scoring import LIKELY
from customers.tasks import compare
from customers.updating import update_customer
from hub.actors import Actor
from tests.factories.customers import customer
from tests.factories.people import DESK, SETUP
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db
JOB = Actor.job("find duplicates")
ADDRESS: dict[str, Any] = {
    "street": "8 quai Saint-Antoine",
    "postal_code": "69002",
    "city": "Lyon",
}


def compare_all() -> None:
    compare_pending(limit=100, by=JOB)


def waiting() -> set[UUID]:
    return set(PendingComparison.objects.values_list("customer_id", flat=True))


def names_like(one: Customer) -> list[str]:
    found = find_candidates(one, list(one.contact_points.all()))
    return [candidate.customer.name for candidate in found]


def questions() -> list[tuple[set[str], list[str]]]:
    reviews = IdentityReview.objects.filter(state=ReviewState.OPEN).order_by("-score", "pk")
    return [({one.customer.name, one.candidate.name}, one.evidence) for one in reviews]


def test_whoever_is_added_or_changed_waits_to_be_compared() -> None:
    claire = customer(email="claire@marchetti.example")
    luc = customer("Luc Perrin")
    compare_all()
    assert waiting() == set()

    update_customer(claire.pk, {"city": "Lyon"}, by=SETUP)
    nora = customer("Nora Perrin")

    assert waiting() == {claire.pk, nora.pk}
    assert luc.pk not in waiting()


def test_a_change_rings_the_bell_once_it_is_committed(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        customer(by=DESK)
        customer("Luc Perrin", by=DESK)

    bells = [getattr(callback, "bell", None) for callback in callbacks]
    assert bells.count((COMPARE_TASK, ())) == 1


def test_even_without_the_bell_a_sweep_finds_duplicates_within_a_minute() -> None:
    beats: Any = settings.CELERY_BEAT_SCHEDULE.values()
    every = min(beat["schedule"] for beat in beats if beat["task"] == COMPARE_TASK)
    customer(phone="+33612345678", by=DESK, **ADDRESS)
    customer("Claire Marchetty", email="claire@new.example", by=DESK, **ADDRESS)

    compare()

    assert timedelta(seconds=every) < timedelta(seconds=60)
    assert PendingComparison.objects.count() == 0
    assert questions() == [
        (
            {"Claire Marchetti", "Claire Marchetty"},
            ["alike_name:94", "same_address"],
        )
    ]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Claire Marcheti", {"email": "claire@marchetti.com"}),
        ("Clàire MARCHETTI", {"email": "c.m@other.example", **ADDRESS}),
        ("Marchetti Claire", {"phone": "+33612345687"}),
        ("Claire Roux", {"email": "claire@new.example", **ADDRESS}),
        ("Claire Marchetti", {}),
    ],
)
def test_a_duplicate_is_found_by_name_address_or_the_begin_of_an_e_mail(
    name: str, values: dict[str, Any]
) -> None:
    customer(email="claire@marchetti.example", phone="+33612345678", **ADDRESS)
    customer("Luc Perrin", email="luc@perrin.example")

    customer(name, **values)
    compare_all()

    assert [names for names, _ in questions()] == [{"Claire Marchetti", name}]
    assert Customer.objects.filter(canonical=None).count() == 3


def test_relatives_are_found_and_not_asked_about() -> None:
    family: dict[str, Any] = {"phone": "+33612345678", **ADDRESS}
    claire = customer(email="claire@marchetti.example", **family)
    customer("Luc Marchetti", email="luc@marchetti.example", **family)

    compare_all()

    assert names_like(claire) == ["Luc Marchetti"]
    assert [review.score < LIKELY for review in IdentityReview.objects.all()] == [True]


def test_a_pair_that_was_told_apart_is_never_asked_about_again() -> None:
    claire = customer(phone="+33612345678", **ADDRESS)
    customer("Claire Marcheti", **ADDRESS)
    compare_all()
    IdentityReview.objects.update(state=ReviewState.DIFFERENT)

    update_customer(claire.pk, {"notes": "Likes tea"}, by=SETUP)
    compare_all()

    assert IdentityReview.objects.get().state == ReviewState.DIFFERENT


def test_an_open_question_learns_what_was_found_out_since() -> None:
    claire = customer(phone="+33612345678", **ADDRESS)
    twin = customer("Claire Marcheti", **ADDRESS)
    compare_all()
    before = IdentityReview.objects.get()

    update_customer(twin.pk, {"family_name": "Marchetti"}, by=SETUP)
    compare_all()

    after = IdentityReview.objects.get()
    assert (before.evidence, after.evidence) == (
        ["alike_name:97", "same_address"],
        ["same_name", "same_address"],
    )
    assert after.score > before.score
    assert claire.version == Customer.objects.get(pk=claire.pk).version


def test_a_merged_record_is_no_candidate_and_asks_nothing() -> None:
    claire = customer(phone="+33612345678", **ADDRESS)
    twin = customer("Claire Marcheti", **ADDRESS)
    Customer.objects.filter(pk=twin.pk).update(canonical=claire)

    compare_all()

    assert names_like(claire) == []
    assert questions() == []


def test_the_history_says_who_asked() -> None:
    customer(**ADDRESS)
    customer(**ADDRESS, phone="+33612345678")

    compare_all()

    review = IdentityReview.objects.get()
    assert review.history.latest().actor_name == "Hub: find duplicates"


def test_the_latest_change_is_looked_at_first() -> None:
    old, new = customer(), customer("Luc Perrin")
    PendingComparison.objects.filter(customer=old).update(
        since=timezone.now() - timedelta(hours=1)
    )

    compare_pending(limit=1, by=JOB)

    assert [row.customer_id for row in PendingComparison.objects.all()] == [old.pk]
    assert new.pk != old.pk


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_the_same_work_ask_once() -> None:
    for number in range(12):
        customer(phone=f"+3361234567{number}"[:12], **ADDRESS)
    all_have_searched = threading.Barrier(4)

    def act(_place: int) -> int:
        searched: list[int] = []

        def meet(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
            if "search_name %" in sql and not searched:
                searched.append(1)
                all_have_searched.wait(10)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(meet):
            return compare_pending(limit=100, by=JOB)

    done = at_once(4, act)
    compare_all()

    assert [one for one in done if isinstance(one, Exception)] == []
    assert PendingComparison.objects.count() == 0
    pairs = {
        frozenset((one.customer_id, one.candidate_id)) for one in IdentityReview.objects.all()
    }
    assert len(pairs) == IdentityReview.objects.count() > 0


@pytest.mark.django_db(transaction=True)
def test_what_changes_while_it_is_compared_is_compared_again() -> None:
    claire = customer(**ADDRESS)
    compare_all()
    compare_later([claire.pk], by=DESK)
    searched_once: list[int] = []

    def change_meanwhile(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if "search_name %" in sql and not searched_once:
            searched_once.append(1)
            at_once(1, lambda _: update_customer(claire.pk, {"city": "Paris"}, by=SETUP))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(change_meanwhile):
        compare_pending(limit=1, by=JOB)

    assert searched_once == [1]
    assert [row.customer_id for row in PendingComparison.objects.all()] == [claire.pk]
