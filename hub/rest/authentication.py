"""Who calls the API: an external tool with its key, or a signed-in person's browser."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from hub.access import Access
from hub.actors import Actor, Source
from hub.models import ApiKey

TOKEN = re.compile(r"hub_live_([0-9a-z]{8})_[A-Za-z0-9_-]{43}")
NOTE_USE_EVERY = timedelta(minutes=1)
CHALLENGE = 'Bearer realm="Hub API"'


@dataclass(frozen=True, slots=True)
class KeyPrincipal:
    """An API key that was presented; a principal of its own, never the person who made it."""

    pk: UUID
    name: str

    is_authenticated: ClassVar = True
    is_active: ClassVar = True

    def __str__(self) -> str:
        return self.name


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer hub_live_…``. With such a header no cookie is looked at."""

    def authenticate(self, request: Request) -> tuple[KeyPrincipal, ApiKey] | None:
        header = request.headers.get("Authorization")
        if header is None:
            return None
        scheme, _, token = header.partition(" ")
        key = _find(token.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed("This key is unknown, expired or revoked.")
        _note_use(key)
        request._request._access = Access(None, frozenset(key.scopes))  # type: ignore[attr-defined]  # noqa: SLF001
        return KeyPrincipal(key.pk, key.name), key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return CHALLENGE


class SignedInAuthentication(SessionAuthentication):
    """The session cookie of the pages, with their CSRF token on everything that writes."""


def actor_of(request: Request) -> Actor:
    """Return who makes the changes of ``request``."""
    principal: object = request.user
    if isinstance(principal, KeyPrincipal):
        return Actor.key(principal.pk, principal.name)
    return Actor.signed_in(request._request, source=Source.API)  # noqa: SLF001


def digest_of(token: str) -> str:
    """256 random bits need no slow hash (ASVS 6.5.2)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _find(token: str) -> ApiKey | None:
    match = TOKEN.fullmatch(token)
    if match is None:
        return None
    key = ApiKey.objects.filter(
        prefix=match[1], revoked_at=None, expires_at__gt=timezone.now()
    ).first()
    kept = key.secret_sha256 if key else ""
    return key if hmac.compare_digest(kept, digest_of(token)) else None


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - NOTE_USE_EVERY:
        before = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
        ApiKey.objects.filter(before, pk=key.pk).update(last_used_at=now)
