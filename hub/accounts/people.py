"""Add people, and let them go."""

from datetime import datetime
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction

from hub import access, history, locks, outbox
from hub.access import Capability
from hub.accounts.models import User
from hub.accounts.roles import grant_role, require_an_administrator
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput
from hub.events import EventName
from hub.models import Business


class EmailTaken(DomainError):
    code = "email_taken"


class AlreadySetUp(DomainError):
    code = "already_set_up"


@transaction.atomic
def add_person(*, email: str, name: str, password: str | None, by: Actor) -> User:
    """Add somebody who can sign in; without a password they set one by the reset link.

    :raises AccessDenied: ``by`` may not manage people.
    :raises EmailTaken: somebody signs in with this address already.
    :raises InvalidInput: the password is too weak.
    """
    access.require(by, Capability.MANAGE_PEOPLE)
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken("Somebody signs in with this address already.", field="email")
    user = User.objects.create_user(email, password, name=name)
    if password is not None:
        _require_strong(password, user)
    history.create(user, by=by)
    outbox.record(EventName.PERSON_ADDED, subject=user, by=by)
    return user


@transaction.atomic
def deactivate_person(user_id: UUID, *, by: Actor) -> User:
    """End somebody's access at once: the next request of every open session is refused.

    :raises AccessDenied: ``by`` may not manage people.
    :raises LastAdministrator: nobody would be left to manage people.
    """
    access.require(by, Capability.MANAGE_PEOPLE)
    locks.exclusively([locks.epoch_of(str(user_id)), "administrators"])
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_active = False
    history.save(user, fields=["is_active"], by=by)
    require_an_administrator()
    _end_sessions(user)
    outbox.record(EventName.PERSON_DEACTIVATED, subject=user, by=by)
    return user


@transaction.atomic
def set_up_business(  # noqa: PLR0913  (what the first page asks)
    *,
    business: str,
    time_zone: str,
    country: str,
    email: str,
    name: str,
    password: str,
    at: datetime,
) -> User:
    """Make the business and its first administrator; works once, on an empty installation.

    :raises AlreadySetUp: somebody was faster, or this is not a new installation.
    :raises InvalidInput: the password is too weak.
    """
    locks.exclusively(["first administrator"])
    if User.objects.exists() or Business.objects.exists():
        raise AlreadySetUp("This hub is set up already. Sign in.")
    Business.objects.create(name=business, time_zone=time_zone, country=country)
    by = Actor.job("first run")
    user = add_person(email=email, name=name, password=password, by=by)
    for role in ("Administrator", "Manager"):
        grant_role(user.pk, role=role, at=at, by=by)
    return user


def _require_strong(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="password") from None


def _end_sessions(user: User) -> None:
    keys = UserSession.objects.filter(user=user).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
