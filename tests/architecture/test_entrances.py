"""Every address says who may come in; deny is the default."""

import pytest
from django.core.management import call_command

from hub.access import Capability
from hub.rest.records import RecordViewSet
from tests.architecture.addresses import ApiAction, Page, api_actions, pages

PUBLIC = {
    "/first-run/",
    "/healthz",
    "/readyz",
    "/healthz/sync",
    "/feeds/<str:token>.ics",  # the address is the secret
    # The address is the secret: its holder acts for the customer of one appointment.
    "/offers/<str:token>/",
    "/offers/<str:token>/accept/",
    "/offers/<str:token>/decline/",
    "/visits/<str:token>/",
    "/visits/<str:token>/appointment.ics",
    "/visits/<str:token>/cancel/",
    "/visits/<str:token>/confirm/",
    "/visits/<str:token>/move/",
    # Where a location has a booking page, which is off at first.
    "/book/",
    "/book/<slug:slug>/",
    "/book/<slug:slug>/<uuid:service>/",
    "/book/<slug:slug>/<uuid:service>/you/",
    "/book/<slug:slug>/<uuid:service>/keep/",
    "/book/<slug:slug>/booked/<uuid:key>/",
    "/styleguide/",  # a 404 outside of development for all but administrators
}
FOR_EVERYBODY_SIGNED_IN = {"/", "/search/", "/api/schema/", "/api/docs/"}


@pytest.mark.parametrize("address", pages(), ids=str)
def test_a_page_names_who_may_open_it(address: Page) -> None:
    ways = [bool(address.capabilities), address.is_public, address.is_for_everybody]

    assert ways.count(True) == 1


def test_what_is_open_is_listed_here() -> None:
    assert {page.route for page in pages() if page.is_public} == PUBLIC
    assert {page.route for page in pages() if page.is_for_everybody} == FOR_EVERYBODY_SIGNED_IN


@pytest.mark.parametrize("action", api_actions(), ids=str)
def test_an_api_action_names_the_capability_it_needs(action: ApiAction) -> None:
    needed = action.viewset.capabilities.get(action.name, ())

    assert issubclass(action.viewset, RecordViewSet)
    assert needed
    assert all(isinstance(capability, Capability) for capability in needed)


def test_nothing_is_declared_that_does_not_exist() -> None:
    known: dict[type[RecordViewSet], set[str]] = {}  # type: ignore[type-arg]
    for action in api_actions():
        known.setdefault(action.viewset, set()).add(action.name)
    surplus = {
        viewset.__name__: sorted(set(viewset.capabilities) - names)
        for viewset, names in known.items()
        if set(viewset.capabilities) - names
    }

    assert surplus == {}


def test_no_route_has_a_second_spelling() -> None:
    assert [action.route for action in api_actions() if "format" in action.route] == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
