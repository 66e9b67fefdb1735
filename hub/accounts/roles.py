"""Give and take roles; see to it that the five standard ones exist."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction

from hub import access, history, locks, outbox
from hub.access import Capability
from hub.accounts.models import RoleGrant, User
from hub.actors import Actor
from hub.errors import DomainError
from hub.events import EventName


class LastAdministrator(DomainError):
    code = "last_administrator"


class RoleHeldAlready(DomainError):
    code = "role_held_already"


class MixedScopes(DomainError):
    code = "mixed_scopes"


@transaction.atomic
def grant_role(
    user_id: UUID, *, role: str, at: datetime, by: Actor, location_id: UUID | None = None
) -> RoleGrant:
    """Give ``role``, at one location or at all; it holds from the person's next request on.

    :raises AccessDenied: ``by`` may not manage people.
    :raises RoleHeldAlready: the person has this role there.
    :raises MixedScopes: it would spread a role of one place to another.
    """
    access.require(by, Capability.MANAGE_PEOPLE)
    locks.exclusively([locks.epoch_of(str(user_id))])
    user = User.objects.get(pk=user_id)
    group = Group.objects.get(name=role)
    _require_one_scope(user, group, location_id)
    if user.grants.filter(role=group, location_id=location_id, revoked_at=None).exists():
        raise RoleHeldAlready(f"{user} is {role} already.", field="role")
    grant = RoleGrant(user=user, role=group, location_id=location_id, granted_at=at)
    history.create(grant, by=by)
    outbox.record(EventName.ROLE_GRANTED, subject=user, by=by, fields={"role": ["", role]})
    return grant


def _require_one_scope(user: User, role: Group, location_id: UUID | None) -> None:
    """What a person may do is one set and where is another: roles must not mix their places.

    :raises MixedScopes: a role for people and access at one location, or beside roles elsewhere.
    """
    codename = Capability.MANAGE_PEOPLE.partition(".")[2]
    if location_id is not None and role.permissions.filter(codename=codename).exists():
        raise MixedScopes(f"{role.name} is a role for all locations.", field="location")
    held = user.grants.filter(revoked_at=None).exclude(role=role, location_id=location_id)
    if any(grant.location_id != location_id for grant in held):
        raise MixedScopes(
            "All roles of one person are for the same place. Take the other role away first.",
            field="location",
        )


@transaction.atomic
def revoke_role(grant_id: UUID, *, at: datetime, by: Actor) -> RoleGrant:
    """Take a role away; once this returns, no write under it can be acknowledged any more.

    :raises AccessDenied: ``by`` may not manage people.
    :raises LastAdministrator: nobody would be left to manage people.
    """
    access.require(by, Capability.MANAGE_PEOPLE)
    user_id = RoleGrant.objects.values_list("user_id", flat=True).get(pk=grant_id)
    locks.exclusively([locks.epoch_of(str(user_id)), "administrators"])
    grant = RoleGrant.objects.select_for_update().get(pk=grant_id)
    grant.revoked_at = at
    history.save(grant, fields=["revoked_at"], by=by)
    require_an_administrator()
    outbox.record(
        EventName.ROLE_REVOKED, subject=grant.user, by=by, fields={"role": [grant.role.name, ""]}
    )
    return grant


def require_an_administrator() -> None:
    """:raises LastAdministrator: no active person can manage people any more."""
    codename = Capability.MANAGE_PEOPLE.partition(".")[2]
    left = RoleGrant.objects.filter(
        revoked_at=None, user__is_active=True, role__permissions__codename=codename
    )
    if not left.exists():
        raise LastAdministrator("Somebody must stay who can manage people and roles.")


_known_before: set[str] = set()


def remember_permissions(**_: Any) -> None:
    """Note before migrating which permissions there are; none in an empty database."""
    _known_before.clear()
    if Permission._meta.db_table in connection.introspection.table_names():  # noqa: SLF001
        _known_before.update(Permission.objects.values_list("codename", flat=True))


def establish_roles(**_: Any) -> None:
    """Create the standard roles that are missing, and give all of them what is new.

    What an administrator changed is kept: a capability that was known before is not given again.
    """
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    for name, capabilities in access.ROLES.items():
        group, created = Group.objects.get_or_create(name=name)
        codenames = {capability.partition(".")[2] for capability in capabilities}
        given = codenames if created else codenames - _known_before
        group.permissions.add(*Permission.objects.filter(codename__in=given))
