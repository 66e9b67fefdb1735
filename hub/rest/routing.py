"""The router: an action without a declared capability does not even get an address."""

from typing import Any

from rest_framework.routers import SimpleRouter


class DeclaredRouter(SimpleRouter):
    """Addresses without a slash at the end, for declared actions only."""

    def __init__(self) -> None:
        super().__init__(trailing_slash=False)

    def get_method_map(self, viewset: Any, method_map: Any) -> dict[str, str]:
        found = super().get_method_map(viewset, method_map)
        return {
            method: action for method, action in found.items() if action in viewset.capabilities
        }
