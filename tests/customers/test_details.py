"""How details of a customer are read by people."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from customers.details import shown
from customers.models import Customer

CLAIRE = Customer(
    given_name="Claire",
    street="8 quai Saint-Antoine",
    postal_code="69002",
    city="Lyon",
    country="FR",
    language="fr",
    birth_date=date(1986, 4, 3),
    time_zone=ZoneInfo("America/New_York"),
    tax_id="FR_1",
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("address", "8 quai Saint-Antoine, 69002 Lyon, France"),
        ("language", "French"),
        ("birth_date", "April 3, 1986"),
        ("time_zone", "America/New York"),
        ("tax_id", "FR_1"),
        ("company", ""),
    ],
)
def test_a_detail_is_told_in_words(name: str, text: str) -> None:
    assert shown(CLAIRE, name) == text


@pytest.mark.parametrize(
    ("details", "text"),
    [
        ({}, ""),
        ({"city": "Lyon"}, "Lyon"),
        ({"street": "1 Main", "country": "US"}, "1 Main, United States"),
    ],
)
def test_an_address_leaves_out_what_is_not_known(details: dict[str, str], text: str) -> None:
    assert shown(Customer(**details), "address") == text
