"""Deny by default: an action that names no capability is open to nobody."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from hub import access


class CapabilityRequired(BasePermission):
    code = "forbidden"
    message = "Your key or role does not allow this."

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        action = view.action
        if action is None or str(request.method).lower() not in view.http_method_names:
            return True  # no such method here: the answer is 405
        needed = view.capabilities.get(action, ())
        return access.of(request).can(*needed)
