"""A new version brings its capabilities to the standard roles, and takes no decision back."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from hub.access import ROLES

pytestmark = pytest.mark.django_db


def held(role: str) -> set[str]:
    codenames = Group.objects.get(name=role).permissions.values_list("codename", flat=True)
    return {str(codename) for codename in codenames}


def meant(role: str) -> set[str]:
    return {capability.partition(".")[2] for capability in ROLES[role]}


def test_what_is_new_is_given_to_the_standard_roles() -> None:
    Permission.objects.get(codename="merge_customer").delete()
    assert "merge_customer" not in held("Manager")

    call_command("migrate", verbosity=0)

    assert {role: held(role) for role in ROLES} == {role: meant(role) for role in ROLES}


def test_what_an_administrator_took_away_stays_away() -> None:
    taken = Permission.objects.get(codename="write_off_invoice")
    Group.objects.get(name="Manager").permissions.remove(taken)

    call_command("migrate", verbosity=0)

    assert held("Manager") == meant("Manager") - {"write_off_invoice"}


def test_a_standard_role_that_was_deleted_comes_back_whole() -> None:
    Group.objects.get(name="Billing").delete()

    call_command("migrate", verbosity=0)

    assert held("Billing") == meant("Billing")
