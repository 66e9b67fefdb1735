"""Further postal addresses when an edit is undone, and when two customers become one."""

from datetime import UTC

import pytest

from customers.addresses import add_address, change_address, remove_address
from customers.edits import edits_of
from customers.merging import preview_merge
from customers.models import Customer, PostalAddress
from customers.undoing import CannotUndo, undo_edit
from customers.unmerging import preview_unmerge
from customers.updating import update_customer
from tests.customers.merged import everything, merge, undo
from tests.customers.test_addresses import HOME, MAIN, WORK, by, held
from tests.factories.customers import customer
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", by=by(0), **MAIN)


@pytest.fixture
def clara() -> Customer:
    return customer("Clara Roux", email="clara@roux.example", by=by(0))


def newest(of: Customer) -> int:
    key = edits_of(of, zone=UTC)[0].key
    assert key is not None
    return key


def test_adding_changing_and_removing_are_undone_one_by_one(claire: Customer) -> None:
    address = add_address(claire.pk, WORK, by=by(1))
    added = newest(claire)
    change_address(claire.pk, address.pk, {"city": "Nice"}, by=by(2))

    with pytest.raises(CannotUndo, match="Changed again since: address"):
        undo_edit(claire.pk, added, by=by(3), expected_version=None)
    undo_edit(claire.pk, newest(claire), by=by(4), expected_version=None)
    assert held(claire) == [("work", "1 rue Royale, 75008 Paris")]

    remove_address(claire.pk, address.pk, by=by(5))
    undone = undo_edit(claire.pk, newest(claire), by=by(6), expected_version=None)
    assert PostalAddress.objects.get(customer=claire).pk == address.pk
    assert undone.version == 6

    undo_edit(claire.pk, newest(claire), by=by(7), expected_version=None)
    assert held(claire) == []


def test_undoing_an_edit_of_details_leaves_addresses_alone(claire: Customer) -> None:
    update_customer(claire.pk, {"city": "Paris"}, by=SETUP)
    key = newest(claire)
    add_address(claire.pk, WORK, by=SETUP)

    undone = undo_edit(claire.pk, key, by=by(2), expected_version=None)

    assert undone.city == "Lyon"
    assert len(held(claire)) == 1


def test_a_removal_is_not_undone_where_the_same_address_is_back(claire: Customer) -> None:
    address = add_address(claire.pk, WORK, by=by(1))
    remove_address(claire.pk, address.pk, by=by(2))
    key = newest(claire)
    add_address(claire.pk, WORK, by=by(3))

    with pytest.raises(CannotUndo, match="has this address already"):
        undo_edit(claire.pk, key, by=by(4), expected_version=None)


def test_addresses_move_with_a_merge_and_back_and_equal_ones_stay_apart(
    claire: Customer, clara: Customer
) -> None:
    for of, place in ((claire, WORK), (clara, WORK | {"kind": "billing"}), (clara, HOME)):
        add_address(of.pk, place, by=by(1))
    before = everything(claire, clara)

    shown = preview_merge(claire.pk, clara.pk, by=SETUP)
    done = merge(claire, clara)

    assert "1 further address" in shown.moving
    assert held(claire) == [
        ("work", "1 rue Royale, 75008 Paris"),
        ("home", "5 place Bellecour, Lyon"),
    ]
    assert held(clara) == [("billing", "1 rue Royale, 75008 Paris")]
    moved = PostalAddress.objects.get(customer=claire, kind="home").history.latest()
    assert moved.history_change_reason == f"Merged {clara.code} into {claire.code}"
    assert "1 further address" in preview_unmerge(done.pk, by=SETUP).returning
    undo(done)
    assert everything(claire, clara) == before


def test_an_address_that_became_equal_since_stays_with_the_survivor(
    claire: Customer, clara: Customer
) -> None:
    kept = add_address(claire.pk, WORK, by=by(1))
    add_address(clara.pk, WORK, by=by(1))
    moved = add_address(clara.pk, HOME, by=by(1))
    done = merge(claire, clara)
    remove_address(claire.pk, kept.pk, by=by(2))
    same = {"street": "1 rue Royale", "postal_code": "75008", "city": "Paris", "country": ""}
    change_address(claire.pk, moved.pk, same, by=by(3))

    shown = preview_unmerge(done.pk, by=SETUP)
    undo(done)

    assert shown.staying == [moved]
    assert held(claire) == [("home", "1 rue Royale, 75008 Paris")]
    assert held(clara) == [("work", "1 rue Royale, 75008 Paris")]


def test_what_came_by_a_merge_is_not_undone_as_an_edit(claire: Customer, clara: Customer) -> None:
    moved = add_address(clara.pk, HOME, by=by(1))
    merge(claire, clara, by=by(2))

    with pytest.raises(CannotUndo, match="as a whole"):
        undo_edit(claire.pk, newest(claire), by=by(3), expected_version=None)
    assert held(claire) == [("home", "5 place Bellecour, Lyon")]

    change_address(claire.pk, moved.pk, {"city": "Nice"}, by=by(4))
    undo_edit(claire.pk, newest(claire), by=by(5), expected_version=None)
    assert held(claire) == [("home", "5 place Bellecour, Lyon")]


def test_an_edit_of_an_address_that_went_back_with_its_merge_is_not_undone(
    claire: Customer, clara: Customer
) -> None:
    moved = add_address(clara.pk, HOME, by=by(1))
    done = merge(claire, clara, by=by(2))
    change_address(claire.pk, moved.pk, {"city": "Nice"}, by=by(3))
    key = newest(claire)
    undo(done, by=by(4))

    with pytest.raises(CannotUndo, match="Changed again since"):
        undo_edit(claire.pk, key, by=by(5), expected_version=None)
