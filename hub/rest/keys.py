"""API keys: made for one purpose, shown once, revoked at once."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from hub import access, history, locks
from hub.access import KEY_SCOPES, Capability
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput
from hub.models import ApiKey
from hub.rest.authentication import digest_of

LIFETIME = timedelta(days=365)
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


class KeyRevokedAlready(DomainError):
    code = "key_revoked_already"


@dataclass(frozen=True, slots=True)
class NewKey:
    """``token`` exists only here and with whoever asked for it; the hub keeps its hash."""

    key: ApiKey
    token: str

    def __repr__(self) -> str:
        return f"NewKey({self.key.prefix})"


@transaction.atomic
def create_key(
    name: str,
    *,
    scopes: Iterable[Capability],
    at: datetime,
    by: Actor,
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key that may do ``scopes`` for a year, or until ``expires_at``.

    :raises AccessDenied: ``by`` may not manage people.
    :raises InvalidInput: no scope, one that only a person can hold, or an end that is past.
    """
    access.require(by, Capability.MANAGE_PEOPLE)
    chosen = frozenset(scopes)
    if not chosen or not chosen <= KEY_SCOPES:
        raise InvalidInput("Choose what the key may do.", field="scopes")
    if expires_at is not None and expires_at <= at:
        raise InvalidInput("This is over already.", field="expires_at")
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(8))
    token = f"hub_live_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        name=name,
        prefix=prefix,
        secret_sha256=digest_of(token),
        scopes=sorted(chosen),
        created_at=at,
        expires_at=expires_at or at + LIFETIME,
    )
    return NewKey(history.create(key, by=by), token)


@transaction.atomic
def revoke_key(key_id: UUID, *, at: datetime, by: Actor) -> ApiKey:
    """End a key; once this returns, no write under it can be acknowledged any more.

    :raises AccessDenied: ``by`` may not manage people.
    :raises KeyRevokedAlready: it was ended before.
    """
    access.require(by, Capability.MANAGE_PEOPLE)
    locks.exclusively([locks.epoch_of(str(key_id))])
    key = ApiKey.objects.select_for_update().get(pk=key_id)
    if key.revoked_at is not None:
        raise KeyRevokedAlready("This key was revoked already.")
    key.revoked_at = at
    history.save(key, fields=["revoked_at"], by=by)
    return key
