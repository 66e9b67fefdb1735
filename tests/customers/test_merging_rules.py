"""What the survivor takes over, what forbids a merge, and who may do it."""

import pytest
from django.utils import timezone

from customers.merging import Merging, merge_customers, preview_merge
from customers.models import Customer, IdentityReview, Merge, ReviewState
from customers.pairing import MergeBlocked, NotMergeable
from hub.access import AccessDenied
from hub.errors import InvalidInput, StaleVersion
from tests.customers.merged import merge
from tests.factories.customers import customer
from tests.factories.people import SETUP, actor, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", phone="+33612345678", city="Lyon")


@pytest.fixture
def clara() -> Customer:
    return customer("Clara Roux", email="clara@roux.example")


def test_each_kind_keeps_one_main_address(claire: Customer, clara: Customer) -> None:
    merge(claire, clara, "email")

    mains = claire.contact_points.filter(is_primary=True).order_by("kind")
    assert [point.normalized for point in mains] == ["clara@roux.example", "+33612345678"]


def test_chosen_details_are_taken_over_and_others_stay(claire: Customer) -> None:
    clara = customer("Clara Roux", city="Paris", company="Roux SARL", notes="Mornings")

    merge(claire, clara, "name", "address")

    claire.refresh_from_db()
    assert (claire.name, claire.city, claire.company, claire.notes) == (
        "Clara Roux",
        "Paris",
        "",
        "",
    )
    assert claire.search_name == "roux clara"


def test_the_rule_is_verified_then_not_empty_then_newer(claire: Customer) -> None:
    clara = customer(
        "Clara Roux", email="clara@roux.example", email_verified=True, company="Roux SARL"
    )
    wanted = Merging(claire.pk, clara.pk)

    kept = merge_customers(wanted, at=timezone.now(), by=SETUP)

    claire.refresh_from_db()
    assert kept.chosen == ["company", "email", "name"]
    assert (claire.name, claire.company, claire.city) == ("Clara Roux", "Roux SARL", "Lyon")
    assert claire.email() == "clara@roux.example"


def test_different_tax_ids_forbid_a_merge_unless_there_is_a_reason(claire: Customer) -> None:
    one = customer("Roux SARL", tax_id="FR 1")
    other = customer("Roux Conseil", tax_id="FR2")
    same = customer("Roux Atelier", tax_id="fr1")

    with pytest.raises(MergeBlocked, match="The tax ids differ: FR 1 and FR2"):
        merge(one, other)
    assert not Merge.objects.exists()
    merge(one, same)
    kept = merge(one, other, reason="Renumbered by the tax office")

    assert kept.reason == "Renumbered by the tax office"


def test_not_the_same_forbids_a_merge_unless_there_is_a_reason(claire: Customer) -> None:
    luc = customer("Luc Marchetti", phone="+33612345678")
    IdentityReview.objects.update(state=ReviewState.DIFFERENT)

    with pytest.raises(MergeBlocked, match="answered that these two are not the same"):
        merge(claire, luc)
    kept = merge(claire, luc, reason="He changed his name")

    luc.refresh_from_db()
    assert (kept.reason, luc.canonical) == ("He changed his name", claire)
    assert IdentityReview.objects.get().state == ReviewState.MERGED


def test_a_record_that_is_none_of_its_own_cannot_be_merged(
    claire: Customer, clara: Customer
) -> None:
    zoe, gone = customer("Zoe Perrin"), customer("Gone Person")
    Customer.objects.filter(pk=gone.pk).update(erased_at=timezone.now())
    merge(claire, clara)

    for survivor, absorbed, words in (
        (claire, claire, "the same record"),
        (zoe, clara, f"{clara.code} was merged into {claire.code} already"),
        (clara, zoe, f"{clara.code} was merged into {claire.code} already"),
        (claire, gone, "was erased"),
        (gone, claire, "was erased"),
    ):
        with pytest.raises(NotMergeable, match=words):
            merge(survivor, absorbed)


def test_what_was_looked_at_must_still_be_so(claire: Customer, clara: Customer) -> None:
    for wanted in (
        Merging(claire.pk, clara.pk, survivor_version=9),
        Merging(claire.pk, clara.pk, absorbed_version=9),
    ):
        with pytest.raises(StaleVersion):
            merge_customers(wanted, at=timezone.now(), by=SETUP)
    assert not Merge.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "reason"), [(["shoe_size"], ""), ([], "x" * 301), ([], "a\x00b")]
)
def test_a_wish_that_cannot_be_right_changes_nothing(
    claire: Customer, clara: Customer, chosen: list[str], reason: str
) -> None:
    with pytest.raises(InvalidInput):
        merge(claire, clara, *chosen, reason=reason)
    clara.refresh_from_db()
    assert clara.canonical is None


def test_nobody_is_left_without_a_name(claire: Customer) -> None:
    firm = customer("", company="Roux SARL")

    with pytest.raises(InvalidInput):
        merge(claire, firm, "name")


@pytest.mark.parametrize("role", ["Front desk", "Practitioner", "Billing", "Administrator"])
def test_only_managers_merge(claire: Customer, clara: Customer, role: str) -> None:
    by = actor(person(role))

    with pytest.raises(AccessDenied):
        merge(claire, clara, by=by)
    with pytest.raises(AccessDenied):
        preview_merge(claire.pk, clara.pk, by=by)


def test_a_manager_merges(claire: Customer, clara: Customer) -> None:
    ada = person("Manager")

    merge(claire, clara, by=actor(ada))

    assert Merge.objects.get().history.latest().actor_name == "Ada Manager"
