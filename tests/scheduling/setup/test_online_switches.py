"""The public booking page is off until somebody who plans switches it on, and has one address."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from hub.access import AccessDenied
from hub.errors import InvalidInput
from hub.history_reading import entries
from scheduling.models import Location, Service
from scheduling.setup.catalog import change_service
from scheduling.web.setup.forms import LocationForm
from tests.factories.clients import signed_in
from tests.factories.people import actor, person
from tests.factories.scheduling import MONDAY_9, location, service
from tests.scheduling.setup.test_locations import change

pytestmark = pytest.mark.django_db
ON: dict[str, Any] = {"books_online": True, "booking_slug": "harbor"}


def form_of(browser: Client, path: str) -> dict[str, Any]:
    """Return what a page would send back unchanged."""
    form = browser.get(path).context["form"]
    values = {bound.name: bound.value() for bound in form}
    return {
        name: value for name, value in values.items() if value is not None and value is not False
    }


def test_both_are_off_at_first() -> None:
    assert (location().books_online, service().books_online) == (False, False)


def test_switching_it_on_stands_in_the_history() -> None:
    change(ON)

    told = entries(location())[0].changes
    assert [(one.label, one.after) for one in told] == [
        ("Books online", "Yes"),
        ("Booking slug", "harbor"),
    ]


@pytest.mark.parametrize("slug", [None, "two words", "harbor/../x"])
def test_it_needs_an_address_that_can_be_one(slug: str | None) -> None:
    with pytest.raises(InvalidInput) as refusal:
        change({"books_online": True, "booking_slug": slug})

    assert refusal.value.field == "booking_slug"


def test_two_pages_do_not_share_an_address() -> None:
    location("Market", **ON)

    with pytest.raises(InvalidInput) as refusal:
        change(ON)

    assert refusal.value.field == "booking_slug"


def test_the_database_knows_no_page_without_an_address() -> None:
    location()

    with pytest.raises(IntegrityError, match="public_booking_page_has_an_address"):
        Location.objects.update(books_online=True)


@pytest.mark.parametrize("role", ["Front desk", "Practitioner", "Billing"])
def test_who_does_not_plan_switches_nothing(role: str) -> None:
    by = actor(person(role))
    location(), service()

    with pytest.raises(AccessDenied):
        change(ON, by=by)
    with pytest.raises(AccessDenied):
        change_service(service().pk, {"books_online": True}, at=MONDAY_9, by=by)


def test_a_manager_switches_both_on_in_the_browser_and_off_again() -> None:
    ada = signed_in(person("Manager"))
    place, cut = f"/settings/locations/{location().pk}/", f"/settings/services/{service().pk}/"
    name = location().name
    Service.objects.update(horizon_days=365)

    for path in (place, cut):
        answer = ada.post(path, form_of(ada, path) | {"books_online": "on"})
        assert answer.status_code == 302, path
    Location.objects.get(books_online=True, booking_slug="harbor-street", name=name)
    assert Service.objects.get().books_online
    assert 'href="/book/harbor-street/"' in ada.get(place).text
    for path in (place, cut):
        values = form_of(ada, path)
        del values["books_online"]
        assert ada.post(path, values).status_code == 302
    Location.objects.get(books_online=False, booking_slug="harbor-street")
    assert not Service.objects.get().books_online


def test_a_name_without_letters_needs_an_address_of_its_own() -> None:
    form = LocationForm(
        {"name": "※", "books_online": "on", "country": "DE", "currency": "EUR"}
        | {"time_zone": "Europe/Berlin"}
    )

    assert form.is_valid()
    with pytest.raises(InvalidInput) as refusal:
        change({"books_online": True, "booking_slug": form.cleaned_data["booking_slug"]})
    assert refusal.value.field == "booking_slug"
