"""What the weekly review shows: the queue of duplicates (ID-7), and visits apart (ID-3)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery.schedules import crontab
from django.conf import settings
from django.utils import timezone

from billing.belonging import inspect_lines
from billing.models import Invoice
from billing.tasks import inspect_lines as inspect_at_night
from customers.answering import answer_different
from customers.models import IdentityReview, PendingComparison
from customers.pending import COMPARE_TASK
from customers.tasks import compare
from customers.updating import update_customer
from hub.access import EVERYTHING, Access, Capability
from hub.models import Inspection
from syncs.reviewing import Figure, review
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import DESK, SETUP, person

pytestmark = pytest.mark.django_db


def shown(role: str = "Manager") -> str:
    html = signed_in(person(role)).get("/sync/").content.decode()
    return " ".join(html.split())


@pytest.mark.parametrize("door", ["create", "update"])
def test_a_duplicate_is_detected_within_60_s_and_shown_in_a_queue_with_evidence_id_7(
    door: str,
) -> None:
    """ID-7: whatever becomes of the bell, the schedule looks every 30 seconds."""
    beats: Any = settings.CELERY_BEAT_SCHEDULE.values()
    every = min(beat["schedule"] for beat in beats if beat["task"] == COMPARE_TASK)
    customer(phone="+33612345678", city="Lyon", postal_code="69001", street="1 rue Neuve", by=DESK)
    name = "Claire Marchetty" if door == "create" else "Zoe Perrin"
    twin = customer(name, city="Lyon", postal_code="69001", street="1 rue Neuve", by=DESK)
    if door == "update":
        compare()
        assert not IdentityReview.objects.exists()
        values = {"given_name": "Claire", "family_name": "Marchetty"}
        update_customer(twin.pk, values, by=DESK)

    compare()

    assert every <= 30
    assert not PendingComparison.objects.exists()
    html = signed_in(person("Front desk")).get("/customers/duplicates/").content.decode()
    assert "Claire Marchetti and Claire Marchetty" in html
    assert "Same address" in html


def test_size_and_age_of_the_queue_are_on_the_weekly_review_id_7() -> None:
    started = timezone.now()
    assert review(EVERYTHING, at=started).duplicates == Figure(0, None, is_bad=False)
    with time_machine.travel(started - timedelta(days=8), tick=False):
        customer(email="claire@marchetti.example", by=DESK)
        customer("Claire Marchetti", phone="+33612345678", by=DESK)
        compare()

    asked = IdentityReview.objects.get()
    found = review(EVERYTHING, at=started).duplicates

    assert found == Figure(1, asked.created_at, is_bad=True)
    assert asked.created_at < started - timedelta(days=7)
    assert "the oldest has waited 1" in shown()
    answer_different(asked.pk, by=SETUP)
    assert review(EVERYTHING, at=started).duplicates == Figure(0, None, is_bad=False)


def test_a_question_of_today_is_no_reason_to_act() -> None:
    customer(email="claire@marchetti.example", by=DESK)
    customer("Claire Marchetti", phone="+33612345678", by=DESK)
    compare()

    found = review(EVERYTHING, at=timezone.now()).duplicates

    assert found is not None
    assert (found.value, found.is_bad) == (1, False)


def test_those_who_do_not_see_customers_are_not_told_how_many() -> None:
    narrow = Access(None, frozenset({Capability.VIEW_SYNC}))

    assert review(narrow, at=timezone.now()).duplicates is None


def test_every_night_a_query_looks_for_violations_and_returns_no_row_id_3() -> None:
    """ID-3: the schedule names the task, and what it found stands on the weekly review."""
    make.completed(customer=customer(email="claire@marchetti.example", by=DESK))
    beats: Any = settings.CELERY_BEAT_SCHEDULE
    assert "looked at every night, not yet" in shown()

    assert inspect_at_night() == 0

    assert beats["inspect lines"]["task"] == inspect_at_night.name
    assert beats["inspect lines"]["schedule"] == crontab(hour=2, minute=40)
    assert Inspection.objects.get().found == 0
    assert "looked at 0 minutes ago" in shown("Administrator")


def test_a_violation_is_counted_and_its_invoice_named_id_3() -> None:
    """The negative control: as if a merge had forgotten a visit."""
    visit = make.completed(customer=customer())
    line = visit.invoice_lines.get()
    other = customer("Luc Perrin", email="luc@perrin.example")
    Invoice.objects.filter(pk=line.invoice_id).update(customer=other)
    at = timezone.now()

    found = inspect_lines(at=at)

    assert (found.found, found.examples) == (1, [str(line.invoice_id)])
    assert review(EVERYTHING, at=at).apart == Figure(1, at, is_bad=True)
    Invoice.objects.filter(pk=line.invoice_id).update(customer=visit.customer)
    assert inspect_lines(at=at).found == 0
    assert Inspection.objects.count() == 1


def test_a_night_that_was_missed_shows() -> None:
    at = timezone.now()
    inspect_lines(at=at)

    assert not review(EVERYTHING, at=at + timedelta(days=1)).apart.is_bad
    assert review(EVERYTHING, at=at + timedelta(days=3)).apart.is_bad
