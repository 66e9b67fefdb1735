"""How django-allauth behaves here: nobody signs up, an administrator invites."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from hub import history
from hub.accounts.models import User


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def set_password(self, user: User, password: str) -> None:
        """Keep a new password; the person who chose it is the one who changed it."""
        user.set_password(password)
        history.save(user, fields=["password"], by=user.as_actor(), reason="New password")
