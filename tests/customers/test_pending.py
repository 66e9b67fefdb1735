"""Whose turn it is to be compared: people at work first, an import after its end."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers import comparing
from customers.answering import answer_different
from customers.comparing import compare_pending
from customers.erasure import erase_customer
from customers.importing.requesting import start_check, start_import
from customers.models import (
    Customer,
    CustomerImport,
    IdentityReview,
    ImportState,
    PendingComparison,
)
from customers.pending import COMPARE_IMPORTED_TASK, COMPARE_TASK, compare_later
from customers.scoring import profile_of
from customers.tasks import compare, compare_imported
from customers.updating import update_customer
from hub.actors import Actor
from tests.customers.importing.files import CLAIRE, ada, checked, csv_of, imported, people, run
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import DESK, SETUP, actor, person
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db
JOB = Actor.job("find duplicates")


def waiting() -> set[str]:
    rows = PendingComparison.objects.select_related("customer")
    return {row.customer.name for row in rows}


def running() -> CustomerImport:
    return start_import(checked(csv_of(CLAIRE)).pk, at=timezone.now(), by=actor(ada()))


def test_who_is_imported_waits_for_the_end_of_the_import_and_others_do_not() -> None:
    customer("Ann Imported")
    customer("Ben Arrived", by=DESK)
    under_way = running()

    assert (compare_imported(), compare()) == (0, 1)
    assert waiting() == {"Ann Imported"}

    CustomerImport.objects.filter(pk=under_way.pk).update(state=ImportState.DONE)
    assert compare_imported() == 1
    assert waiting() == set()


def test_comparing_ends_as_soon_as_a_file_is_checked_or_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It went on for 25 seconds, in one of the two processes that the import could have had."""
    monkeypatch.setattr(comparing, "AT_ONCE", 1)
    for name in ("Ann Imported", "Ben Imported", "Cleo Imported"):
        customer(name)
    found = checked(csv_of(CLAIRE))
    compared: list[str] = []

    def begin_meanwhile(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if "search_name %" in sql:
            compared.append(sql)
            if len(compared) == 2:
                start_check(found.pk, at=timezone.now(), by=actor(ada()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(begin_meanwhile):
        assert compare_imported() == 2
    assert len(waiting()) == 1


def test_an_import_that_nobody_moves_holds_nobody_up() -> None:
    customer("Ann Imported")
    under_way = running()
    long_ago = timezone.now() - timedelta(minutes=2)
    CustomerImport.objects.filter(pk=under_way.pk).update(moved_at=long_ago)

    assert compare_imported() == 1


def test_the_end_of_an_import_rings_for_those_it_brought(
    django_capture_on_commit_callbacks: Any,
) -> None:
    found = checked(csv_of(*people(3)))

    with django_capture_on_commit_callbacks() as callbacks:
        run(found)

    bells = [getattr(callback, "bell", None) for callback in callbacks]
    assert bells.count((COMPARE_TASK, ())) == 0, "nobody sits in front of them"
    assert bells.count((COMPARE_IMPORTED_TASK, ())) == 1


@pytest.mark.parametrize("task", [COMPARE_TASK, COMPARE_IMPORTED_TASK])
def test_without_any_bell_the_schedule_looks_every_half_minute(task: str) -> None:
    beats: Any = settings.CELERY_BEAT_SCHEDULE.values()
    assert [beat["schedule"] for beat in beats if beat["task"] == task] == [30.0]


def test_whoever_is_changed_by_a_person_no_longer_waits_for_an_import() -> None:
    ann = customer("Ann Imported")
    update_customer(ann.pk, {"city": "Lyon"}, by=DESK)
    running()

    assert (compare_imported(), compare()) == (0, 1)


def test_whoever_a_person_added_does_not_wait_when_an_import_changes_them() -> None:
    ann = customer("Ann Arrived", by=DESK)
    compare_later([ann.pk], by=SETUP)

    assert PendingComparison.objects.get().imported is False


@pytest.mark.django_db(transaction=True)
def test_one_worker_compares_however_many_bells_ring() -> None:
    """Each chunk of an import rang; the bells took every thread of the sync worker."""
    customer("Ann Arrived", by=DESK)
    began, heard = threading.Event(), threading.Event()

    def pause(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if "search_name %" in sql:
            began.set()
            assert heard.wait(10)
        return execute(sql, params, many, context)

    def listen(place: int) -> int:
        if place == 0:
            with connection.execute_wrapper(pause):
                return compare()
        assert began.wait(10)
        done = compare()
        heard.set()
        return done

    assert at_once(2, listen) == [1, 0]
    assert waiting() == set()


@pytest.mark.django_db(transaction=True)
def test_an_erasure_while_somebody_is_compared_waits_for_no_one() -> None:
    """It deleted the row of work, and each waited for what the other one held."""
    ann = customer("Ann Arrived", by=DESK)
    ended: list[Any] = []

    def erase(_place: int) -> Any:
        return erase_customer(ann.pk, reason="asked", at=timezone.now(), by=SETUP)

    def erase_meanwhile(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if "search_name %" in sql and not ended:
            ended.extend(at_once(1, erase))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(erase_meanwhile):
        compare_pending(limit=1, by=JOB)

    assert ended == [[]], "it kept nothing back, and did not fail"
    assert compare() == 1, "compared once more, as they are now"
    assert not PendingComparison.objects.exists()


def test_the_page_of_an_import_says_how_many_are_still_to_be_compared() -> None:
    done = imported(csv_of(*people(3)))
    client = signed_in(person("Manager", name="Mia Manager"))

    shown = client.get(f"/customers/imports/{done.pk}/").content.decode()
    assert "3 imported customers, of this file or another, are still to be compared" in shown

    PendingComparison.objects.all().delete()
    assert (
        "still to be compared" not in client.get(f"/customers/imports/{done.pk}/").content.decode()
    )


@pytest.mark.django_db(transaction=True)
def test_whoever_is_just_being_changed_is_left_and_holds_nobody_up() -> None:
    """It was waited for, and 50 others were locked meanwhile."""
    ann, ben = customer("Ann Arrived", by=DESK), customer("Ben Arrived", by=DESK)

    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=ann.pk)
        assert at_once(1, lambda _: compare_pending(limit=10, by=JOB)) == [1]

    assert PendingComparison.objects.get().customer_id == ann.pk != ben.pk
    assert compare_pending(limit=10, by=JOB) == 1


def test_one_who_cannot_be_compared_does_not_keep_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("Ann One", "Ben Two", "Cleo Three"):
        customer(name, by=DESK)

    def weigh(who: Customer, points: Any) -> Any:
        if who.given_name == "Ben":
            raise ValueError("broken")
        return profile_of(who, points)

    monkeypatch.setattr("customers.comparing.profile_of", weigh)

    assert compare() == 2
    assert waiting() == {"Ben Two"}


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_just_being_given_is_not_written_over() -> None:
    """It was read without a lock: the answer stood, and the history ended with “open”."""
    ann = customer("Claire Marchetti", phone="+33612345678", by=DESK)
    customer("Claire Marchetty", email="claire@new.example", by=DESK)
    compare()
    question = IdentityReview.objects.get()
    update_customer(ann.pk, {"family_name": "Marchetty"}, by=DESK)
    answered: list[Any] = []

    def answer_meanwhile(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if sql.startswith('UPDATE "customers_identityreview"') and not answered:
            answered.extend(at_once(1, lambda _: answer_different(question.pk, by=SETUP)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(answer_meanwhile):
        compare()

    assert isinstance(answered[0], OperationalError), "it waited for the one who was writing"
    question.refresh_from_db()
    versions = [row.version for row in question.history.all()]
    assert len(versions) == len(set(versions))


def test_of_a_million_who_wait_the_latest_are_read_and_not_sorted() -> None:
    """The order began with the column that was filtered by: each batch sorted them all."""
    with CaptureQueriesContext(connection) as asked:
        compare_pending(limit=1, imported=True, by=JOB)

    statement = next(each["sql"] for each in asked if "pendingcomparison" in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "comparison_by_turn" in plan
    assert "Sort" not in plan
