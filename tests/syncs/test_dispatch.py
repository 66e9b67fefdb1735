"""Every committed change reaches each connection that has to know, once and in its turn."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hub.models import Change
from syncs import dispatch, jobs
from syncs.models import Connection, Job
from tests.factories.people import person
from tests.factories.scheduling import MONDAY_9, booked, client, staff
from tests.factories.syncs import make_account
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Connection:
    return make_account()


def test_a_rolled_back_change_leaves_no_job(account: Connection) -> None:
    with transaction.atomic():
        record_change()
        transaction.set_rollback(True)

    assert dispatch.dispatch(at=timezone.now()) == 2  # a person and a role, by the fixture
    assert not Job.objects.exists()


def test_every_change_is_dispatched_exactly_once(account: Connection) -> None:
    for _ in range(7):
        record_change()

    dispatch.dispatch(at=timezone.now())

    assert dispatch.dispatch(at=timezone.now()) == 0
    assert Job.objects.count() == 7


def test_a_change_is_not_told_to_the_connection_it_came_from(account: Connection) -> None:
    record_change(actor_kind="connection", actor_id=str(account.pk))

    dispatch.dispatch(at=timezone.now())

    assert not Job.objects.exists()


def test_what_a_person_did_goes_before_what_an_import_asked_for(account: Connection) -> None:
    for _ in range(20):
        record_change(source="import")
    record_change(local_id=UUID(int=7))

    dispatch.dispatch(at=timezone.now())

    claim = jobs.claim(connection_id=account.pk)
    assert claim is not None
    assert claim.target == f"customer:{UUID(int=7)}"


def test_what_an_import_asked_for_becomes_urgent_when_a_person_changes_it(
    account: Connection,
) -> None:
    record_change(source="import", local_id=UUID(int=7))
    record_change(local_id=UUID(int=7))
    record_change(source="import", local_id=UUID(int=7))

    dispatch.dispatch(at=timezone.now())

    assert Job.objects.get().priority == jobs.USUAL_PRIORITY


def test_what_was_done_for_a_person_does_not_wait_as_urgently_for_an_import(
    account: Connection,
) -> None:
    record_change(local_id=UUID(int=7))
    dispatch.dispatch(at=timezone.now())
    claim = jobs.claim(connection_id=account.pk)
    assert claim is not None
    jobs.finish(claim)
    record_change(source="import", local_id=UUID(int=7))

    dispatch.dispatch(at=timezone.now())

    assert Job.objects.get().priority == dispatch.AFTER_PEOPLE


def test_the_most_urgent_that_can_be_done_is_rung(
    django_capture_on_commit_callbacks: Any,
) -> None:
    account = make_account(max_concurrency=1)
    waiting, imported, changed = (UUID(int=number) for number in (1, 2, 3))
    jobs.request([(account.pk, jobs.object_key("customer", waiting))])
    Job.objects.update(available_at=timezone.now() + timedelta(hours=1))  # a failure's back-off
    record_change(local_id=waiting)
    record_change(local_id=imported, source="import")
    record_change(local_id=changed)

    with django_capture_on_commit_callbacks() as callbacks:
        dispatch.dispatch(at=timezone.now())

    job = Job.objects.get(key=jobs.object_key("customer", changed))
    bells = [callback.bell for callback in callbacks]
    assert bells == [(dispatch.RUN_HOT, (("job_id", str(job.pk)),))]


def test_a_renamed_customer_is_told_to_the_calendars_that_show_the_name() -> None:
    ada, dina, emil = client(), staff("Dina Falk"), staff("Emil Ray")
    owner = person("Administrator")
    calendars = [
        make_account("caldav", owner=owner, config={"staff": [str(one.pk)]})
        for one in (dina, emil)
    ]
    visit = booked(ada, staff=dina)
    while dispatch.dispatch(at=timezone.now()):
        pass
    Job.objects.all().delete()
    record_change(local_id=ada.pk)

    dispatch.dispatch(at=MONDAY_9 - timedelta(hours=1))

    job = Job.objects.get()
    assert (job.connection, job.key) == (calendars[0], f"obj:appointment:{visit.pk}")


def test_many_changes_are_told_in_as_many_statements_as_one(account: Connection) -> None:
    make_account("caldav", owner=account.owner, config={"staff": [str(staff("Dina Falk").pk)]})
    dispatch.dispatch(at=timezone.now())

    def statements(count: int) -> int:
        for _ in range(count):
            record_change()
        with CaptureQueriesContext(connection) as captured:
            assert dispatch.dispatch(at=timezone.now()) == count
        return len(captured)

    assert statements(60) == statements(1)


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_share_the_changes_without_doubling_a_wish() -> None:
    make_account()
    while dispatch.dispatch(at=timezone.now()):
        pass
    for _ in range(60):
        record_change()

    at_once(6, lambda _: dispatch.dispatch(at=timezone.now()))

    assert set(Job.objects.values_list("wanted_seq", flat=True)) == {1}
    assert Job.objects.count() == 60


def record_change(**values: object) -> None:
    plain = {
        "name": "customer.updated",
        "kind": "customer",
        "local_id": uuid4(),
        "actor_kind": "user",
        "actor_id": str(UUID(int=1)),
        "actor_name": "Ben",
        "source": "browser",
        "request_id": "r",
    }
    Change.objects.create(**(plain | values))
