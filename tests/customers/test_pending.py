"""Whose turn it is to be compared: people at work first, an import after its end."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from customers import tasks
from customers.comparing import COMPARE_IMPORTED_TASK, COMPARE_TASK, compare_later
from customers.erasure import erase_customer
from customers.importing.requesting import start_import
from customers.models import CustomerImport, ImportState, PendingComparison
from customers.pending import compare_pending
from customers.tasks import compare, compare_imported
from customers.updating import update_customer
from hub import locks
from hub.actors import Actor
from tests.customers.importing.files import CLAIRE, ada, checked, csv_of, imported, people
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


def test_an_import_that_nobody_moves_holds_nobody_up() -> None:
    customer("Ann Imported")
    under_way = running()
    long_ago = timezone.now() - timedelta(minutes=2)
    CustomerImport.objects.filter(pk=under_way.pk).update(moved_at=long_ago)

    assert compare_imported() == 1


def test_the_end_of_an_import_rings_for_those_it_brought(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        imported(csv_of(*people(3)))

    bells = [getattr(callback, "bell", None) for callback in callbacks]
    assert bells.count((COMPARE_TASK, ())) == 0, "nobody sits in front of them"
    assert (COMPARE_IMPORTED_TASK, ()) in bells


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
def test_a_bell_that_rings_meanwhile_begins_no_second_row_of_bells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each chunk of an import rang; the bells that rang on took every thread of the worker."""
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 0)
    monkeypatch.setattr(tasks, "AT_ONCE", 1)
    for name in ("Ann One", "Ben Two", "Cleo Three"):
        customer(name, by=DESK)
    bells: list[str] = []
    monkeypatch.setattr("hub.outbox.ring", bells.append)
    began, heard = threading.Event(), threading.Event()

    def listen(place: int) -> int:
        if place == 0:
            with locks.alone(COMPARE_TASK) as is_alone:
                began.set()
                assert is_alone
                assert heard.wait(10)
            return compare()
        assert began.wait(10)
        done = compare()
        heard.set()
        return done

    assert at_once(2, listen) == [1, 0]
    assert bells == [COMPARE_TASK], "two wait, one bell goes on"


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
    done = imported(csv_of(*people(1200)))
    client = signed_in(person("Manager", name="Mia Manager"))

    shown = client.get(f"/customers/imports/{done.pk}/").content.decode()
    assert "1,200 to go" in shown

    PendingComparison.objects.all().delete()
    assert "to go" not in client.get(f"/customers/imports/{done.pk}/").content.decode()
