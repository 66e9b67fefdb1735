"""The appointments on the page of a customer."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scheduling.models import Staff
from tests.factories.scheduling import MONDAY_9, booked, client

pytestmark = pytest.mark.django_db


def test_a_customers_appointments_are_listed_coming_first(ben: Client, dina: Staff) -> None:
    mara = client("Mara Winter")
    past = booked(mara, staff=dina, start=MONDAY_9 - timedelta(days=7))
    later = booked(mara, staff=dina, start=MONDAY_9 + timedelta(days=7))
    soon = booked(mara, staff=dina)

    answer = ben.get(f"/appointments/of-customer/{mara.pk}/")

    assert list(answer.context["coming"]) == [soon, later]
    assert answer.context["past"] == [past]
    assert f"/calendar/?new=1&customer={mara.pk}" in answer.content.decode()


def test_a_customer_without_appointments_has_a_next_step(ben: Client) -> None:
    answer = ben.get(f"/appointments/of-customer/{client().pk}/")

    assert "No appointments yet" in answer.content.decode()


def test_a_practitioner_sees_the_own_appointments_of_a_customer_only(
    paula: Client, dina: Staff
) -> None:
    mara = client()
    own = booked(mara, staff=Staff.objects.get(name="Paula Practice"))
    booked(mara, staff=dina)

    answer = paula.get(f"/appointments/of-customer/{mara.pk}/")

    assert list(answer.context["coming"]) == [own]


def test_the_list_of_a_customer_costs_the_same_for_one_and_for_three(
    ben: Client, dina: Staff, django_assert_num_queries: Any
) -> None:
    mara = client()
    address = f"/appointments/of-customer/{mara.pk}/"
    booked(mara, staff=dina, start=MONDAY_9)
    ben.get(address)  # a process asks some things once
    with CaptureQueriesContext(connection) as for_one:
        ben.get(address)
    for hours in (1, 2):
        booked(mara, staff=dina, start=MONDAY_9 + timedelta(hours=hours))

    with django_assert_num_queries(len(for_one)):
        ben.get(address)
