"""Secrets of connections, encrypted at rest; the keys live in the environment, not beside them."""

import json
from collections.abc import Mapping
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from hub.errors import DomainError
from syncs.models import Connection, ConnectionSecret


class SecretUnreadable(DomainError):
    """Neither the current nor an earlier key opens it; connect again."""

    code = "secret_unreadable"


def keep(connection: Connection, secrets: Mapping[str, str]) -> None:
    """Store ``secrets`` of a connection, encrypted with the newest key."""
    sealed = _box().encrypt(json.dumps(dict(secrets)).encode())
    ConnectionSecret.objects.update_or_create(
        connection=connection, defaults={"ciphertext": sealed}
    )


def of(connection: Connection) -> dict[str, str]:
    """Return the secrets of a connection, empty when it needs none.

    :raises SecretUnreadable: the key it was sealed with is gone.
    """
    row = ConnectionSecret.objects.filter(connection=connection).first()
    if row is None:
        return {}
    try:
        opened = _box().decrypt(bytes(row.ciphertext))
    except InvalidToken:
        raise SecretUnreadable("The stored credentials cannot be read. Connect again.") from None
    secrets: dict[str, str] = json.loads(opened)
    return secrets


@cache
def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
