"""A single edit is taken back, and nothing that others did since."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.edits import Edit, edits_of
from customers.models import ContactPoint, Customer
from customers.undoing import CannotUndo, undo_edit
from customers.updating import update_customer
from hub.access import AccessDenied
from hub.actors import Actor
from hub.errors import StaleVersion
from hub.models import Change
from tests.factories.customers import customer
from tests.factories.people import SETUP, actor, person

pytestmark = pytest.mark.django_db


def by(number: int) -> Actor:
    """Each act has a request of its own, as it would over HTTP."""
    return Actor(SETUP.kind, SETUP.id, SETUP.name, SETUP.source, f"request-{number}")


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", city="Lyon", by=by(0))


def newest(of: Customer) -> Edit:
    return edits_of(of, zone=None)[0]  # type: ignore[arg-type]


def key_of(of: Customer, place: int = 0) -> int:
    key = edits_of(of, zone=None)[place].key  # type: ignore[arg-type]
    assert key is not None
    return key


def ways(of: Customer) -> list[tuple[str, str]]:
    points = ContactPoint.objects.filter(customer=of, is_primary=True).order_by("kind")
    return list(points.values_list("kind", "normalized"))


def test_a_changed_detail_goes_back_and_the_undo_is_an_edit_itself(claire: Customer) -> None:
    update_customer(claire.pk, {"city": "Paris", "notes": "Moved"}, by=by(1))

    again = undo_edit(claire.pk, key_of(claire), by=by(2), expected_version=2)

    assert (again.city, again.notes, again.version) == ("Lyon", "", 3)
    assert Change.objects.filter(name="customer.updated").count() == 2
    undone = undo_edit(claire.pk, key_of(claire), by=by(3), expected_version=3)
    assert undone.city == "Paris"


def test_an_address_that_was_replaced_comes_back(claire: Customer) -> None:
    update_customer(claire.pk, {"email": "c@roux.example"}, by=by(1))
    update_customer(claire.pk, {"phone": "+33 6 12 34 56 78;ext=7"}, by=by(2))

    undo_edit(claire.pk, key_of(claire, 1), by=by(3), expected_version=None)
    assert ways(claire) == [("email", "claire@marchetti.example"), ("phone", "+33612345678")]

    undo_edit(claire.pk, key_of(claire, 1), by=by(4), expected_version=None)
    assert ways(claire) == [("email", "claire@marchetti.example")]


def test_an_address_that_was_taken_away_comes_back(claire: Customer) -> None:
    update_customer(claire.pk, {"email": ""}, by=by(1))

    undo_edit(claire.pk, key_of(claire), by=by(2), expected_version=None)

    assert ways(claire) == [("email", "claire@marchetti.example")]


@pytest.mark.parametrize(
    ("first", "second"),
    [({"city": "Paris"}, {"city": "Nice"}), ({"email": "a@x.example"}, {"email": "b@x.example"})],
)
def test_what_was_changed_again_since_is_left_alone(
    claire: Customer, first: dict[str, str], second: dict[str, str]
) -> None:
    update_customer(claire.pk, first, by=by(1))
    key = key_of(claire)
    update_customer(claire.pk, second, by=by(2))

    with pytest.raises(CannotUndo, match="Changed again since"):
        undo_edit(claire.pk, key, by=by(3), expected_version=None)


def test_how_somebody_was_added_is_not_undone(claire: Customer) -> None:
    with pytest.raises(CannotUndo, match="added"):
        undo_edit(claire.pk, key_of(claire), by=by(1), expected_version=None)


def test_the_edit_of_another_customer_is_not_found(claire: Customer) -> None:
    luc = customer("Luc Perrin")
    update_customer(luc.pk, {"city": "Nice"}, by=by(1))

    with pytest.raises(Customer.DoesNotExist):
        undo_edit(claire.pk, key_of(luc), by=by(2), expected_version=None)


def test_undoing_needs_the_right_and_the_newest_version(claire: Customer) -> None:
    update_customer(claire.pk, {"city": "Paris"}, by=by(1))

    with pytest.raises(AccessDenied):
        undo_edit(claire.pk, key_of(claire), by=actor(person("Billing")), expected_version=2)
    with pytest.raises(StaleVersion):
        undo_edit(claire.pk, key_of(claire), by=by(2), expected_version=1)


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "city": st.sampled_from(["Lyon", "Paris", ""]),
        "notes": st.sampled_from(["", "x"]),
        "email": st.sampled_from(["", "a@x.example", "b@x.example"]),
        "phone": st.sampled_from(["", "+33612345678", "+33612345679"]),
    },
)


class TestUndo(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(st.lists(CHANGES, max_size=3), CHANGES)
    def test_the_last_edit_undone_leaves_what_was_before(
        self, earlier: list[dict[str, str]], last: dict[str, str]
    ) -> None:
        claire = customer(city="Lyon", by=by(0))
        for number, values in enumerate(earlier, start=1):
            update_customer(claire.pk, values, by=by(number))
        claire.refresh_from_db()
        before = (claire.city, claire.notes, ways(claire), claire.version)
        changed = update_customer(claire.pk, last, by=by(98))
        if changed.version == claire.version:
            return

        undo_edit(claire.pk, key_of(claire), by=by(99), expected_version=None)

        claire.refresh_from_db()
        assert (claire.city, claire.notes, ways(claire)) == before[:3]


def test_an_undo_that_would_leave_nobody_named_is_refused(claire: Customer) -> None:
    update_customer(claire.pk, {"company": "Marchetti Interiors"}, by=by(1))
    key = key_of(claire)
    update_customer(claire.pk, {"given_name": "", "family_name": ""}, by=by(2))

    with pytest.raises(CannotUndo, match="Enter a name or a company"):
        undo_edit(claire.pk, key, by=by(3), expected_version=3)
    claire.refresh_from_db()
    assert (claire.company, claire.version) == ("Marchetti Interiors", 3)
