"""The week, the month and the list with many appointments: cut, in pages, and no slower."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scheduling.models import Appointment, Staff
from scheduling.web.overviews import IN_A_MONTH, IN_A_WEEK
from tests.factories.scheduling import MONDAY_9, booked, client
from tests.scheduling.web.overviews import MONDAY, VIEWS, opened, shown, text_of

pytestmark = pytest.mark.django_db


def crowd(count: int, *, start: datetime = MONDAY_9) -> None:
    """Copy one appointment until there are ``count``, without asking who is free."""
    made = Appointment.objects.first() or booked(start=start)
    Appointment.objects.bulk_create(
        Appointment(**copied(made), number=10_000 + place, start_at=at, end_at=at + length)
        for place in range(1, count)
        for at in [start + timedelta(minutes=place % 600)]
        for length in [timedelta(minutes=45)]
    )


def copied(made: Appointment) -> dict[str, Any]:
    own = {"id", "number", "start_at", "end_at"}
    fields = [field for field in Appointment._meta.concrete_fields if field.name not in own]
    return {field.attname: getattr(made, field.attname) for field in fields}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_of_many_asks_as_often_as_a_view_of_one(
    view: str, ben: Client, dina: Staff
) -> None:
    booked(staff=dina)
    opened(ben, view)
    with CaptureQueriesContext(connection) as one:
        opened(ben, view)
    crowd(50)

    with CaptureQueriesContext(connection) as fifty:
        page = opened(ben, view)

    assert page.context["total"] == 50
    assert len(fifty) == len(one)


def test_a_crowded_day_is_cut_and_leads_to_the_whole(ben: Client, dina: Staff) -> None:
    booked(staff=dina)
    crowd(60)

    week, month = text_of(ben, "week"), text_of(ben, "month")

    assert "20 more" in week
    assert "57 more" in month
    assert len(shown(ben, "week")[MONDAY]) == IN_A_WEEK
    assert len(shown(ben, "month")[MONDAY]) == IN_A_MONTH


def test_a_long_list_comes_in_pages_that_miss_none(ben: Client, dina: Staff) -> None:
    booked(staff=dina)
    crowd(250)

    pages = [opened(ben, "list", page=number).context for number in (1, 2, 3)]

    seen = [
        entry.appointment.pk
        for page in pages
        for day in page["days"]
        for entry in day.busy.entries
    ]
    assert len(seen) == len(set(seen)) == 250
    assert [bool(page["next_page"]) for page in pages] == [True, True, False]
    assert [bool(page["previous_page"]) for page in pages] == [False, True, True]
    assert pages[0]["days"][0].busy.total == 250


@pytest.mark.parametrize("number", ["0", "-1", "99999999999", "two", "²"])
def test_a_page_that_does_not_exist_is_the_nearest_one(
    number: str, ben: Client, dina: Staff
) -> None:
    booked(client("Mara Winter"), staff=dina)

    assert shown(ben, "list", page=number) == {MONDAY: ["Mara Winter"]}


def test_ten_thousand_appointments_do_not_make_a_view_huge(ben: Client, dina: Staff) -> None:
    booked(staff=dina)
    crowd(10_000)

    for view in VIEWS:
        page = opened(ben, view)
        assert page.context["total"] == 10_000
        assert len(page.content) < 250_000
