"""Rows that are copied in many are the same as rows that are saved one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Consent, Customer, Recognition
from hub import history, outbox
from hub.copying import array_of, copy_rows, maker_of
from hub.events import EventName
from hub.models import Change
from scheduling.models import Occupancy
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def named(given_name: str, number: int) -> Customer:
    return Customer(
        given_name=given_name,
        family_name="Many",
        number=number,
        search_name=f"many {given_name.lower()}",
        created_at=timezone.now(),
    )


def test_many_and_one_have_the_same_history() -> None:
    one, other = named("Ann", 900_001), named("Bob", 900_002)
    history.create(one, by=SETUP)
    history.create_all([other], at=timezone.now(), by=SETUP)
    first, second = (Customer.history.get(id=who.pk) for who in (one, other))
    apart = {"history_id", "history_date", "id", "given_name", "number", "search_name"}
    apart |= {"created_at", "salt", "row_sha"}
    names = {field.attname for field in Customer.history.model._meta.concrete_fields} - apart
    assert {name: getattr(first, name) for name in names} == {
        name: getattr(second, name) for name in names
    }
    assert second.given_name == "Bob"


def test_the_seal_of_many_is_the_seal_of_one() -> None:
    """Sealed again with the same salt, a copied row has the same seal."""
    customer = named("Ann", 900_001)
    history.create_all([customer], at=timezone.now(), by=SETUP)
    row = Customer.history.get(id=customer.pk)
    customer.refresh_from_db()
    content = [getattr(row, name) for name in history._sealed(Customer.history.model)]
    assert bytes(row.row_sha) == history._digest(bytes(row.salt), content)


def test_what_a_row_does_not_name_gets_its_default() -> None:
    with transaction.atomic():
        customer = history.create(named("Ann", 900_001), by=SETUP)
    copy_rows(Recognition, ["tier", "customer_id"], [("none", customer.pk)])
    row = Recognition.objects.get(customer=customer)
    assert (row.evidence, row.source) == ([], "")


@given(data=st.data())
def test_any_text_arrives_as_it_was_and_so_does_what_is_missing(data: st.DataObject) -> None:
    texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=40)
    marks = st.text(st.sampled_from("\\\t\n\r.N\b'\"x1"), max_size=12)
    people = [named("Ann", 900_001), named("Bob", 900_002)]
    for one in people:
        one.street, one.notes = data.draw(texts | marks), data.draw(texts | marks)
        one.birth_date = data.draw(st.none() | st.dates(min_value=date(1900, 1, 1)))
        one.time_zone = data.draw(st.sampled_from([None, ZoneInfo("Europe/Paris")]))
    with undone():
        history.create_all(people, at=timezone.now(), by=SETUP)
        for one in people:
            then = Customer.history.get(id=one.pk)
            now = Customer.objects.get(pk=one.pk)
            for name in history._sealed(Customer.history.model):
                assert getattr(now, name) == getattr(then, name) == getattr(one, name)


@given(evidence=st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"))))
def test_any_list_arrives_as_it_was(evidence: list[str]) -> None:
    with undone():
        customer = history.create(named("Ann", 900_001), by=SETUP)
        rows = [(customer.pk, evidence), (customer.pk, evidence)]
        copy_rows(Recognition, ["customer_id", "evidence"], rows, alike={"tier": "no\\ne\t"})
        found = Recognition.objects.filter(customer=customer)
        assert [(row.evidence, row.tier) for row in found] == [(evidence, "no\\ne\t")] * 2


@given(texts=st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"))))
def test_any_array_of_texts_is_read_as_it_was(texts: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [array_of(texts)])
        assert cursor.fetchone() == (texts,)


def test_a_column_that_the_history_leaves_out_is_written_all_the_same() -> None:
    customer = history.create(named("Ann", 900_001), by=SETUP)
    said = Consent(customer=customer, channel="email", granted=True, source="At the desk")
    history.create_all([said], at=timezone.now(), by=SETUP)

    assert Consent.objects.get().source == "At the desk"
    assert Consent.history.get().source == SETUP.source


def test_what_must_not_be_missing_is_refused_and_none_is_a_name() -> None:
    one, other = named("None", 900_001), named("Bob", 900_002)
    history.create_all([one], at=timezone.now(), by=SETUP)
    assert Customer.objects.get(number=900_001).given_name == "None"
    other.given_name = None  # type: ignore[assignment]
    with pytest.raises(IntegrityError, match="given_name"), transaction.atomic():
        history.create_all([other], at=timezone.now(), by=SETUP)


def test_a_value_that_nobody_can_write_for_copy_is_refused() -> None:
    """Better than a text that PostgreSQL would take for something else."""
    with pytest.raises(TypeError, match="block"):
        copy_rows(Occupancy, ["block"], [(DateTimeTZRange(),)])


def test_a_refused_row_leaves_none_of_them() -> None:
    people = [named("Ann", 900_001), named("Bob", 900_001)]
    with pytest.raises(IntegrityError), transaction.atomic():
        history.create_all(people, at=timezone.now(), by=SETUP)
    assert not Customer.objects.filter(number=900_001).exists()


def test_many_announcements_are_numbered_in_their_order() -> None:
    with transaction.atomic():
        people = [
            history.create(named(name, at), by=SETUP) for at, name in enumerate("abc", 900_000)
        ]
        outbox.record_all(
            EventName.CUSTOMER_CREATED, [(who, {"email": []}) for who in people], by=SETUP
        )
    rows = Change.objects.filter(name=EventName.CUSTOMER_CREATED).order_by("pk")
    assert [(row.local_id, row.fields, row.version) for row in rows] == [
        (who.pk, {"email": []}, 1) for who in people
    ]


def test_many_announcements_need_the_transaction_of_their_changes(
    transactional_db: None,
) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.record_all(EventName.CUSTOMER_CREATED, [], by=SETUP)


def test_an_object_made_in_order_is_the_object_made_by_name() -> None:
    at = timezone.now()
    make = maker_of(Customer, "family_name", "created_at", "id")
    by_name = Customer(family_name="Ray", created_at=at)

    made = make("Ray", at, by_name.pk)

    names = [field.attname for field in Customer._meta.concrete_fields]
    assert {n: getattr(made, n) for n in names} == {n: getattr(by_name, n) for n in names}
    assert made._state.adding
    assert make("Lee", at, None).notes == ""


def test_a_maker_of_a_column_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="customer_code"):
        maker_of(Customer, "customer_code")


def test_two_objects_of_one_maker_share_nothing() -> None:
    make = maker_of(Recognition)

    assert make().evidence is not make().evidence
