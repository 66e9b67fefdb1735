"""Roles, and what they let people do."""

import pytest
from django.utils import timezone

from hub import access
from hub.access import AccessDenied, Capability
from hub.accounts.models import RoleGrant, User
from hub.accounts.people import add_person, deactivate_person
from hub.accounts.roles import LastAdministrator, MixedScopes, grant_role, revoke_role
from hub.identifiers import uuid7
from hub.models import Change
from tests.factories.people import actor, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", sorted(access.ROLES))
def test_a_role_holds_exactly_its_capabilities(role: str) -> None:
    user = person(role)

    held = access.of_user(user.pk)

    assert held.capabilities == access.ROLES[role]
    assert held.roles == (role,)


def test_somebody_without_a_role_may_do_nothing() -> None:
    assert access.of_user(person(None).pk).capabilities == frozenset()


def test_a_revoked_role_ends_with_the_next_question() -> None:
    ida, ben = person("Administrator"), person("Front desk")
    grant = RoleGrant.objects.get(user=ben)

    revoke_role(grant.pk, at=timezone.now(), by=actor(ida))

    with pytest.raises(AccessDenied):
        access.require(actor(ben), Capability.BOOK_APPOINTMENT)


def test_the_last_administrator_cannot_be_removed() -> None:
    ida = person("Administrator")

    with pytest.raises(LastAdministrator):
        deactivate_person(ida.pk, by=actor(ida))


def test_the_front_desk_cannot_add_people() -> None:
    ben = person("Front desk")

    with pytest.raises(AccessDenied):
        add_person(email="new@hub.example", name="New", password=None, by=actor(ben))

    assert not User.objects.filter(email="new@hub.example").exists()


def test_a_grant_is_in_the_history_and_in_the_outbox_with_its_actor() -> None:
    ida = person("Administrator")
    cleo = add_person(email="cleo@hub.example", name="Cleo", password=None, by=actor(ida))

    assert cleo.history.get().actor_name == "Ida Admin"
    assert Change.objects.get(name="person.added", local_id=cleo.pk).actor_id == str(ida.pk)


def test_a_role_at_one_place_does_not_reach_another_through_a_second_role() -> None:
    ida, ben = person("Administrator"), person(None)
    here, there = uuid7(), uuid7()
    grant_role(ben.pk, role="Manager", at=timezone.now(), by=actor(ida), location_id=here)

    for elsewhere in (there, None):
        with pytest.raises(MixedScopes):
            grant_role(
                ben.pk, role="Front desk", at=timezone.now(), by=actor(ida), location_id=elsewhere
            )
    grant_role(ben.pk, role="Billing", at=timezone.now(), by=actor(ida), location_id=here)

    assert access.of_user(ben.pk).locations == frozenset({here})


def test_managing_people_is_never_limited_to_one_place() -> None:
    ida, ben = person("Administrator"), person(None)

    with pytest.raises(MixedScopes):
        grant_role(
            ben.pk, role="Administrator", at=timezone.now(), by=actor(ida), location_id=uuid7()
        )
