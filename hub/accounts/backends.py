"""Django's permission questions, answered from the role grants."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from hub import access


class RoleBackend(BaseBackend):
    """Says what ``hub.access`` says, so that admin and libraries see the same roles."""

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:
        return obj is None and user_obj.is_active and perm in self.get_all_permissions(user_obj)

    def get_all_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        if obj is not None or user_obj.pk is None:
            return set()
        return set(access.of_user(user_obj.pk).capabilities)
