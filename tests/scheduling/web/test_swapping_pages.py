"""Swapping in the browser: a list to choose from, both or none, and an undo."""

from datetime import timedelta

import pytest
from django.test import Client

from scheduling.models import Appointment, Staff
from tests.factories.clients import signed_in
from tests.factories.people import person
from tests.factories.scheduling import MONDAY_9, booked, client, service, staff

pytestmark = pytest.mark.django_db
LATER = MONDAY_9 + timedelta(hours=2)


@pytest.fixture
def two() -> tuple[Appointment, Appointment]:
    haircut = service()
    jo, kim = (staff(name, services=[haircut]) for name in ("Jo", "Kim"))
    one = booked(client("Mara Winter"), staff=jo, service=haircut)
    return one, booked(client("Bo Lind"), staff=kim, service=haircut, start=LATER)


def test_what_can_be_swapped_is_listed_and_swapped_with_an_undo(
    ben: Client, two: tuple[Appointment, Appointment]
) -> None:
    one, other = two
    shown = ben.get(f"/appointments/{one.pk}/swap/").content.decode()
    assert "Bo Lind" in shown
    assert "Mara Winter" in shown

    answer = ben.post(
        f"/appointments/{one.pk}/swap/", {"other": str(other.pk), "version": one.version}
    )

    one.refresh_from_db()
    assert answer.status_code == 302
    assert (one.start_at, str(one.staff)) == (LATER, "Kim")
    back = f"/appointments/{one.pk}/swap-back/{other.pk}/?version=2&other_version=2"
    for _ in range(2):  # a double click takes it back once
        ben.post(back)
        one.refresh_from_db()
        assert (one.start_at, str(one.staff)) == (MONDAY_9, "Jo")


def test_nothing_to_swap_with_says_what_would_be_needed(ben: Client) -> None:
    alone = booked()

    shown = ben.get(f"/appointments/{alone.pk}/swap/").content.decode()

    assert "both people have to offer both services" in shown
    assert ">Swap</button>" not in shown


def test_a_refusal_stands_in_the_form(ben: Client, two: tuple[Appointment, Appointment]) -> None:
    one, other = two
    chosen_none = ben.post(f"/appointments/{one.pk}/swap/", {"version": 1})
    stale = ben.post(f"/appointments/{one.pk}/swap/", {"other": str(other.pk), "version": 9})

    assert (chosen_none.status_code, stale.status_code) == (422, 422)
    assert "Choose an appointment." in chosen_none.content.decode()
    one.refresh_from_db()
    assert one.start_at == MONDAY_9


def test_a_practitioner_is_offered_only_their_own(
    two: tuple[Appointment, Appointment],
) -> None:
    one, _ = two
    user = person("Practitioner")
    Staff.objects.filter(pk=one.staff_id).update(user=user)
    paula = signed_in(user)

    answer = paula.get(f"/appointments/{one.pk}/swap/")

    assert answer.status_code == 200
    assert "Bo Lind" not in answer.content.decode()
