"""What signing in leaves behind."""

from typing import Any

from django.utils import timezone

from hub.accounts.models import User


def note_sign_in(*, user: User, **_: Any) -> None:
    """Remember when the person signed in last; this is no edit and has no history."""
    user.last_login = timezone.now()
    User.objects.filter(pk=user.pk).update(last_login=user.last_login)
