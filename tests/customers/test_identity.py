"""Who is the same person, who is not, and who has to be asked about."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from customers.identity import Claim, Fact, Identified, Tier, find_or_create, match
from customers.models import ContactPoint, Customer, IdentityReview
from hub.access import AccessDenied
from hub.errors import InvalidInput
from hub.models import Change
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP, actor, person

pytestmark = pytest.mark.django_db


def identify(name: str = "Claire Marchetti", **values: Any) -> Identified:
    return find_or_create(claim(name, **values), at=timezone.now(), by=SETUP)


def points(of: Customer) -> list[tuple[str, bool]]:
    return list(of.contact_points.order_by("pk").values_list("normalized", "is_primary"))


def test_a_new_person_becomes_a_customer_with_a_code() -> None:
    at = timezone.now()

    found = find_or_create(
        claim(email=" Claire@Marchetti.example", phone="202 456 1111 x12"), at=at, by=SETUP
    )

    claire = found.customer
    assert (found.created, found.tier, found.reviews) == (True, Tier.NONE, ())
    assert claire.code == f"C-{claire.number:06d}"
    assert (claire.name, claire.search_name, claire.created_at) == (
        "Claire Marchetti",
        "marchetti claire",
        at,
    )
    assert list(
        claire.contact_points.order_by("kind").values_list("value", "normalized", "extension")
    ) == [
        ("Claire@Marchetti.example", "claire@marchetti.example", ""),
        ("202 456 1111 x12", "+12024561111", "12"),
    ]


def test_the_outbox_names_contact_details_without_their_values() -> None:
    claire = customer(email="claire@marchetti.example", phone="+33 6 12 34 56 78", language="fr")

    change = Change.objects.get(name="customer.created", local_id=claire.pk)

    assert change.fields == {
        "given_name": [],
        "family_name": [],
        "language": ["", "fr"],
        "email": [],
        "phone": [],
    }


def test_delivering_one_contact_ten_times_leaves_one_customer() -> None:
    for email, phone in [
        ("claire@marchetti.example", "+33612345678"),
        ("Claire@Marchetti.Example", "06 12 34 56 78"),
        ("CLAIRE@MARCHETTI.EXAMPLE ", "0033 6 12 34 56 78"),
        ("", "+33 (0)6 12-34-56-78"),
        ("claire@marchetti.example", ""),
    ] * 2:
        identify(email=email, phone=phone, region="FR")

    assert Customer.objects.count() == 1
    assert ContactPoint.objects.count() == 2
    assert IdentityReview.objects.count() == 0


def test_a_hundred_namesakes_are_never_linked_but_asked_about() -> None:
    for number in range(100):
        name = f"Anna {chr(97 + number // 10)}{chr(97 + number % 10)}son"
        identify(name)
        assert identify(name).created

    assert Customer.objects.count() == 200
    assert set(IdentityReview.objects.values_list("evidence__0", flat=True)) == {Fact.SAME_NAME}
    assert IdentityReview.objects.count() == 100


def test_a_namesake_with_another_address_is_simply_another_person() -> None:
    customer(email="claire@marchetti.example")

    found = identify(email="other@marchetti.example")

    assert (found.created, found.reviews) == (True, ())


def test_our_own_id_comes_before_an_address_that_changed() -> None:
    claire = customer(email="claire@marchetti.example")

    found = identify(hub_id=claire.pk, email="claire@new.example")

    assert (found.customer, found.tier) == (claire, Tier.HUB_ID)
    assert points(claire) == [("claire@marchetti.example", True), ("claire@new.example", False)]


def test_an_unknown_hub_id_leaves_the_address_to_decide() -> None:
    claire = customer(email="claire@marchetti.example")

    found = match(claim(hub_id=uuid4(), email="claire@marchetti.example"))

    assert (found.customer, found.tier) == (claire, Tier.EMAIL)


def test_our_own_id_with_the_verified_address_of_somebody_else_is_a_question() -> None:
    claire = customer(email="claire@marchetti.example", email_verified=True)
    luc = customer("Luc Perrin", email="luc@perrin.example")

    found = identify("Luc Perrin", hub_id=luc.pk, email="claire@marchetti.example")

    assert found.created
    assert {review.candidate: review.evidence for review in found.reviews} == {
        luc: [Fact.SAME_ID, Fact.SAME_NAME, Fact.OTHER_EMAIL],
        claire: [Fact.SAME_EMAIL, Fact.OTHER_GIVEN_NAME],
    }


def test_a_verified_address_links_whatever_the_given_name() -> None:
    claire = customer(email="claire@marchetti.example", email_verified=True)

    found = match(claim("Bob Marchetti", email="claire@marchetti.example", email_verified=True))

    assert (found.customer, found.tier) == (claire, Tier.VERIFIED_EMAIL)


def test_an_address_that_only_we_verified_still_looks_at_the_given_name() -> None:
    claire = customer(email="family@marchetti.example", email_verified=True)

    found = identify("Luc Marchetti", email="family@marchetti.example")

    assert found.created
    assert [review.evidence for review in found.reviews] == [
        [Fact.SAME_EMAIL, Fact.OTHER_GIVEN_NAME]
    ]
    assert set(ContactPoint.objects.values_list("customer", "shared")) == {
        (claire.pk, True),
        (found.customer.pk, True),
    }


def test_an_address_proved_later_becomes_verified() -> None:
    claire = customer(email="claire@marchetti.example")

    identify(email="claire@marchetti.example", email_verified=True)

    assert claire.contact_points.get().verified
    assert Customer.objects.get().version == 2


def test_the_earlier_tier_wins_and_the_other_customer_is_asked_about() -> None:
    claire = customer(email="claire@marchetti.example")
    clara = customer("Clara Marchetti", phone="+33612345678")

    found = identify(email="claire@marchetti.example", phone="+33612345678")

    assert (found.customer, found.tier, found.created) == (claire, Tier.EMAIL, False)
    assert [(review.candidate, review.evidence) for review in found.reviews] == [
        (clara, [Fact.SAME_PHONE, Fact.OTHER_GIVEN_NAME])
    ]
    assert set(
        ContactPoint.objects.filter(kind="phone").values_list("customer__given_name", "shared")
    ) == {("Claire", True), ("Clara", True)}


@pytest.mark.parametrize(
    ("name", "links"),
    [
        ("Claire Marchetti", True),
        ("C. Marchetti", True),
        ("claire MARCHETTI-ROUX", True),
        ("Clare Marchetti", True),
        ("Claire Anne Marchetti", True),
        ("Marchetti", True),
        ("Luc Marchetti", False),
        ("Chloé Marchetti", False),
    ],
)
def test_a_phone_links_unless_the_given_name_is_clearly_another(name: str, *, links: bool) -> None:
    customer(phone="+33612345678")

    assert (match(claim(name, phone="+33612345678")).customer is not None) is links


def test_a_phone_does_not_link_to_somebody_with_another_verified_address() -> None:
    claire = customer(email="claire@marchetti.example", email_verified=True, phone="+33612345678")

    found = identify(email="claire@other.example", phone="+33612345678")

    assert found.created
    assert [(review.candidate, review.evidence) for review in found.reviews] == [
        (claire, [Fact.SAME_PHONE, Fact.SAME_NAME, Fact.OTHER_EMAIL])
    ]


def test_another_tax_id_forbids_every_link() -> None:
    customer(email="claire@marchetti.example", tax_id="FR83 404 833 048")

    same = match(claim(email="claire@marchetti.example", tax_id="FR83404833048"))
    other = match(claim(email="claire@marchetti.example", tax_id="FR11111111111"))

    assert same.tier is Tier.EMAIL
    assert (other.tier, other.customer) == (Tier.NONE, None)


def test_an_extension_makes_another_number() -> None:
    customer(phone="+1 202 456 1111 x12")

    assert match(claim(phone="+1 202 456 1111 ext. 12")).tier is Tier.PHONE
    assert match(claim(phone="+1 202 456 1111")).tier is Tier.NONE
    assert match(claim(phone="+1 202 456 1111 x13")).tier is Tier.NONE


def test_a_shared_number_links_nobody_and_asks_only_about_the_same_name() -> None:
    claire = customer(phone="+33612345678")
    luc = customer("Luc Marchetti", phone="+33612345678")

    third, claire_again = (
        identify("Nora Marchetti", phone="+33612345678"),
        identify(phone="+33612345678"),
    )

    assert (third.created, third.reviews) == (True, ())
    assert claire_again.created
    assert [review.candidate for review in claire_again.reviews] == [claire]
    assert luc.contact_points.get().shared


def test_an_address_of_many_never_links() -> None:
    one = customer(email="info@salon.example")

    found = identify("Luc Perrin", email="info@salon.example")

    assert (found.created, found.reviews) == (True, ())
    assert one.contact_points.get().shared


def test_additional_addresses_are_searched_too() -> None:
    claire = customer(email="claire@marchetti.example", phone="+33612345678")
    identify(phone="+33612345678", email="claire@work.example")

    assert match(claim(email="claire@work.example")).customer == claire


def test_a_merged_customer_stands_for_its_survivor() -> None:
    claire, twin = customer(email="claire@marchetti.example"), customer(email="c@work.example")
    Customer.objects.filter(pk=twin.pk).update(canonical=claire)

    by_address = match(claim(email="c@work.example"))
    by_id = match(claim(hub_id=twin.pk))

    assert (by_address.customer, by_id.customer) == (claire, claire)


def test_a_pair_that_was_told_apart_is_not_asked_about_again() -> None:
    customer()
    first = identify()
    IdentityReview.objects.update(state="different")

    again = find_or_create(Claim(hub_id=first.customer.pk), at=timezone.now(), by=SETUP)

    assert again.reviews == ()
    assert IdentityReview.objects.count() == 1


def test_a_match_that_adds_nothing_changes_nothing() -> None:
    claire = customer(email="claire@marchetti.example", phone="+33612345678")

    identify(email="CLAIRE@marchetti.example", phone="06 12 34 56 78", region="FR")

    assert Customer.objects.get() == claire
    assert Customer.objects.get().version == 1
    assert Change.objects.filter(local_id=claire.pk).count() == 1


def test_a_match_overwrites_nothing() -> None:
    claire = customer(email="claire@marchetti.example", notes="Likes tea")

    identify("C. M.", email="claire@marchetti.example", notes="Other", language="fr")

    claire.refresh_from_db()
    assert (claire.name, claire.notes, claire.language) == ("Claire Marchetti", "Likes tea", "en")


def test_history_says_who_added_the_customer_and_every_contact() -> None:
    ben = person("Front desk")

    found = find_or_create(
        claim(email="claire@marchetti.example"), at=timezone.now(), by=actor(ben)
    )

    assert found.customer.history.get().actor_name == "Ben Desk"
    assert found.customer.contact_points.get().history.get().actor_name == "Ben Desk"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": f"{'a' * 300}@x.example"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"phone": "9" * 100_000}, "phone"),
        ({"notes": "n" * 4001}, "notes"),
        ({"notes": "a\x00b"}, "notes"),
        ({"company": "a\u202eb"}, "company"),
        ({"country": "ZZ"}, "country"),
        ({"language": "english"}, "language"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        identify(**wrong)

    assert refused.value.field == field
    assert Customer.objects.count() == 0


def test_a_customer_needs_a_name() -> None:
    with pytest.raises(InvalidInput) as refused:
        find_or_create(Claim(email="claire@marchetti.example"), at=timezone.now(), by=SETUP)

    assert refused.value.field == "given_name"


@pytest.mark.parametrize("role", ["Practitioner", "Billing", "Administrator", None])
def test_only_those_who_edit_customers_may_add_one(role: str | None) -> None:
    with pytest.raises(AccessDenied):
        find_or_create(claim(), at=timezone.now(), by=actor(person(role)))

    assert Customer.objects.count() == 0
