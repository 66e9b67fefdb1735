"""What people may ask of an import, and when."""

import pytest
from django.utils import timezone

from customers.importing import chunks as chunks_module
from customers.importing.moving import MOVE_TASK, fail_import, moving
from customers.importing.requesting import (
    cancel_import,
    choose_columns,
    start_check,
    start_import,
)
from customers.importing.tasks import move_import
from customers.models import (
    ColumnChoice,
    Customer,
    CustomerImport,
    ImportState,
)
from hub import outbox
from hub.access import AccessDenied
from hub.errors import InvalidInput
from hub.lifecycle import IllegalTransition
from tests.customers.importing.files import (
    CLAIRE,
    LUC,
    ada,
    checked,
    csv_of,
    people,
    run,
    told,
    uploaded,
    work,
)
from tests.factories.people import actor, person

pytestmark = pytest.mark.django_db


def test_canceling_keeps_the_chunks_that_are_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 2)
    found = checked(csv_of(*people(6)))
    start_import(found.pk, at=timezone.now(), by=actor(ada()))

    with moving(found.pk) as mover:
        assert mover
        assert mover.step(at=timezone.now())
        cancel_import(found.pk, at=timezone.now(), by=actor(ada()))
        assert not mover.step(at=timezone.now())

    found.refresh_from_db()
    assert (found.state, Customer.objects.count()) == (ImportState.CANCELED, 2)
    assert [row[1] for row in told(found)] == ["created", "created"]


def test_a_canceled_check_leaves_no_plan() -> None:
    found = checked(csv_of(CLAIRE))

    cancel_import(found.pk, at=timezone.now(), by=actor(ada()))

    assert told(found) == []
    with pytest.raises(IllegalTransition):
        start_import(found.pk, at=timezone.now(), by=actor(ada()))


def test_an_import_must_be_checked_first_and_runs_once() -> None:
    by = actor(ada())
    found = uploaded(csv_of(CLAIRE), by=by)
    with pytest.raises(IllegalTransition):
        start_import(found.pk, at=timezone.now(), by=by)
    start_check(found.pk, at=timezone.now(), by=by)
    run(work(found))

    for again in (start_import, start_check, cancel_import):
        with pytest.raises(IllegalTransition):
            again(found.pk, at=timezone.now(), by=by)


def test_who_lost_the_right_while_it_runs_imports_no_further_row() -> None:
    found = checked(csv_of(CLAIRE))
    start_import(found.pk, at=timezone.now(), by=actor(ada()))
    CustomerImport.objects.filter(pk=found.pk).update(owner=person("Billing"))

    move_import(str(found.pk))

    found.refresh_from_db()
    assert (found.state, found.problem) == (ImportState.FAILED, "Your role does not allow this.")
    assert not Customer.objects.exists()


@pytest.mark.parametrize("role", ["Front desk", "Billing", "Practitioner", "Administrator", None])
def test_only_managers_import(role: str | None) -> None:
    by = actor(person(role))
    found = checked(csv_of(CLAIRE))

    with pytest.raises(AccessDenied):
        uploaded(csv_of(LUC), by=by)
    for ask in (start_import, start_check, cancel_import):
        with pytest.raises(AccessDenied):
            ask(found.pk, at=timezone.now(), by=by)
    with pytest.raises(AccessDenied):
        choose_columns(found.pk, found.mapping, system="", by=by)


def test_the_choice_of_columns_is_remembered_for_the_next_file() -> None:
    by = actor(ada())
    headings = ("Who", "Reach", "Phone")
    found = uploaded(csv_of(("Ann Lee", "ann@x.example", "1"), headings=headings), by=by)
    assert found.mapping == {"Phone": "phone"}

    choose_columns(found.pk, {"Who": "name", "Reach": "email"}, system=" Old CRM ", by=by)
    again = uploaded(csv_of(("Bob Ray", "bob@x.example", "2"), headings=headings), by=by)

    assert again.mapping == {"Who": "name", "Reach": "email"}
    assert ColumnChoice.objects.count() == 3


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"E-mail": "email"}, "Choose the column that holds the name, or the company."),
        (
            {"First name": "name", "Last name": "name"},
            "Name (first and last) is chosen for two columns: First name and Last name.",
        ),
        ({"First name": "shoe_size"}, "“shoe_size” is not a field of customers."),
    ],
)
def test_columns_that_cannot_be_are_refused(mapping: dict[str, str], said: str) -> None:
    by = actor(ada())
    found = uploaded(csv_of(CLAIRE), by=by)

    with pytest.raises(InvalidInput) as refused:
        choose_columns(found.pk, mapping, system="", by=by)

    assert str(refused.value) == said


def test_a_failed_import_says_why_and_keeps_what_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 2)
    found = checked(csv_of(*people(3)))
    start_import(found.pk, at=timezone.now(), by=actor(ada()))
    with moving(found.pk) as mover:
        assert mover
        assert mover.step(at=timezone.now())

    fail_import(found.pk, "The disk is full.", at=timezone.now())

    found.refresh_from_db()
    assert (found.state, found.problem) == (ImportState.FAILED, "The disk is full.")
    assert len(told(found)) == Customer.objects.count() == 2


def test_an_upload_is_kept_once_however_often_it_comes() -> None:
    by = actor(ada())

    one, other = uploaded(csv_of(CLAIRE), by=by), uploaded(csv_of(CLAIRE), by=by)

    assert one.file == other.file
    assert one.pk != other.pk


@pytest.mark.django_db(transaction=True)
def test_an_import_calls_two_workers_and_a_check_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(outbox, "ring", lambda task, **_: rung.append(task))
    by = actor(ada())
    found = uploaded(csv_of(CLAIRE), by=by)

    start_check(found.pk, at=timezone.now(), by=by)
    assert rung.count(MOVE_TASK) == 1

    work(found)
    rung.clear()
    start_import(found.pk, at=timezone.now(), by=by)
    assert rung.count(MOVE_TASK) == 2
