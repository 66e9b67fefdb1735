"""The invented people that measurements rest on."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.claims import traits_of
from customers.identity import Claim, match
from customers.models import ContactPoint, Customer, ExternalId
from hub.errors import InvalidInput
from hub.management.benchmarks import quality
from hub.management.benchmarks.crowd import gather
from hub.management.benchmarks.people import Population


def test_the_same_seed_gives_the_same_people_and_another_one_others() -> None:
    assert Population(1).story(50) == Population(1).story(50)
    assert Population(1).story(50) != Population(2).story(50)


def test_people_have_numbers_and_addresses_of_their_own_unless_they_share_a_phone() -> None:
    everybody = list(Population(1).people(2000))

    assert [person.number for person in everybody] == list(range(2000))
    assert len({person.email for person in everybody}) == 2000
    own = [person.phone for person in everybody if not person.shares_phone]
    assert len(set(own)) == len(own) < 2000


@pytest.mark.django_db
def test_nearly_everything_they_say_can_be_understood() -> None:
    story = Population(1).story(500)
    refused = 0
    for said in story:
        try:
            traits_of(said.claim)
        except InvalidInput:
            refused += 1

    assert refused == 0


@pytest.mark.django_db
def test_a_crowd_is_found_like_everybody_else() -> None:
    told: list[int] = []
    people = gather(300, seed=1, progress=told.append)

    assert told == [300]
    assert Customer.objects.count() == ExternalId.objects.count() == 300
    assert ContactPoint.objects.filter(kind="email").count() == 300
    last = people[-1]
    found = match(Claim(given_name=last.given, email=last.email)).customer
    assert found is not None
    assert (found.given_name, found.family_name) == (last.given, last.family)


@pytest.mark.django_db
def test_the_command_adds_customers_and_refuses_nonsense() -> None:
    said = StringIO()
    call_command("make_customers", "20", stdout=said, stderr=StringIO())

    assert said.getvalue() == "20 customers were added.\n"
    assert Customer.objects.count() == 20
    with pytest.raises(CommandError):
        call_command("make_customers", "0")


@pytest.mark.django_db
def test_no_link_among_many_people_is_wrong() -> None:
    precision, _, recall, shown = quality.measure(rows=150)

    assert precision.figure == 1.0
    assert recall.figure >= 0.9
    assert shown.figure <= 1.3
