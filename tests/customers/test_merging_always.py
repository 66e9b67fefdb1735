"""Whatever two customers have, merging and taking it back leaves everything as it was."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from billing.belonging import misplaced_lines
from customers.addresses import add_address
from customers.claims import traits_of
from customers.contacts import add_point, claimed_points
from customers.details import describe
from customers.models import Channel, Consent, Customer, ExternalId
from customers.survivorship import GROUPS
from hub import history
from tests.customers.merged import everything, merge, undo
from tests.factories import billing as make
from tests.factories.customers import claim
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client

NAMES = ["Claire Marchetti", "Luc Marchetti", "Zoe Perrin"]
# Both draw from few addresses and numbers, so that often one has what the other has.
EMAILS = [f"{name}@marchetti.example" for name in ("claire", "luc", "info")]
PHONES = ["+33612345678", "+33712345678"]
STREETS = ["8 quai Saint-Antoine", "1 rue Royale", "5 place Bellecour"]
TEXTS = st.sampled_from(["", "Lyon", "Paris"])


@dataclass(frozen=True)
class Known:
    """What one of the two has; addresses and numbers are those of ``EMAILS`` and ``PHONES``."""

    name: str
    details: dict[str, Any]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    is_verified: bool
    streets: set[str]
    ids: int
    consents: list[tuple[Channel, bool]]
    visits: int
    is_billed: bool
    is_issued: bool


details = st.fixed_dictionaries(
    {
        "city": TEXTS,
        "company": TEXTS,
        "notes": TEXTS,
        "language": st.sampled_from(["en", "fr"]),
        "birth_date": st.sampled_from([None, date(1980, 5, 1)]),
        "time_zone": st.sampled_from([None, "Europe/Paris"]),
    }
)
knowns = st.builds(
    Known,
    name=st.sampled_from(NAMES),
    details=details,
    emails=st.lists(st.sampled_from(EMAILS), max_size=2, unique=True).map(tuple),
    phones=st.lists(st.sampled_from(PHONES), max_size=2, unique=True).map(tuple),
    is_verified=st.booleans(),
    streets=st.sets(st.sampled_from(STREETS)),
    ids=st.integers(0, 2),
    consents=st.lists(st.tuples(st.sampled_from(Channel), st.booleans()), max_size=3),
    visits=st.integers(0, 2),
    is_billed=st.booleans(),
    is_issued=st.booleans(),
)


def reach(found: Customer, known: Known) -> None:
    for email, phone in zip_longest(known.emails, known.phones, fillvalue=""):
        stated = traits_of(claim(email=email, phone=phone, email_verified=known.is_verified))
        for point in claimed_points(stated):
            point.verified = point.verified and not point.shared
            add_point(found, point, by=SETUP)
    for street in sorted(known.streets):
        add_address(found.pk, {"kind": "work", "street": street}, by=SETUP)


def made(known: Known, number: int) -> Customer:
    """Return a new customer with all of ``known``; ``number`` keeps the ids apart."""
    found = client(known.name, **known.details)
    Customer.objects.filter(pk=found.pk).update(search_name=describe(found))
    reach(found, known)
    for place in range(known.ids):
        key = ExternalId(customer=found, system="Old software", value=f"{number}-{place}")
        history.create(key, by=SETUP)
    for channel, granted in known.consents:
        answer = Consent(customer=found, channel=channel, granted=granted, source="At the desk")
        history.create(answer, by=SETUP)
    for day in range(known.visits):
        booked(found, start=MONDAY_9 + timedelta(days=day))
    if known.is_billed:
        make.completed(customer=found)
    if known.is_issued:
        make.issued(customer=found)
    return found


@pytest.mark.django_db
@settings(
    deadline=None,
    max_examples=12,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example is slow to make smaller
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(ours=knowns, theirs=knowns, chosen=st.sets(st.sampled_from(sorted(GROUPS))))
def test_merging_and_taking_it_back_leaves_everything_as_it_was(
    ours: Known, theirs: Known, chosen: set[str]
) -> None:
    with transaction.atomic():
        survivor, absorbed = made(ours, 1), made(theirs, 2)
        before = everything(survivor, absorbed)

        done = merge(survivor, absorbed, *chosen)

        alone = everything(absorbed)
        left = {name for name, found in alone.items() if found}
        assert left <= {"customers", "contact_points", "addresses"}
        assert {row["street"] for row in alone["addresses"]} == ours.streets & theirs.streets
        assert len(everything(survivor)["invoices"]) == len(before["invoices"])
        assert list(misplaced_lines()) == []
        undo(done)
        assert everything(survivor, absorbed) == before
        assert list(misplaced_lines()) == []
        transaction.set_rollback(True)
