"""How our fields and our ways to sign in look in the OpenAPI document."""

from typing import Any, Literal

from django.conf import settings
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema

from hub.rest.fields import Described, ExpandableField


class DescribedField(OpenApiSerializerFieldExtension):
    target_class = Described
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:  # noqa: ARG002
        return dict(self.target.openapi)


class ExpandedField(OpenApiSerializerFieldExtension):
    target_class = ExpandableField
    priority = 1  # before DescribedField, which would take it too

    def map_serializer_field(
        self, auto_schema: AutoSchema, direction: Literal["request", "response"]
    ) -> dict[str, Any]:
        nested = auto_schema.resolve_serializer(self.target.shows(), direction)
        return {"oneOf": [self.target.openapi, nested.ref]}


class LocalTimeField(OpenApiSerializerFieldExtension):
    """A time of day on a local clock; the format “time” of JSON Schema wants an offset."""

    target_class = "rest_framework.serializers.TimeField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:  # noqa: ARG002
        return {"type": "string", "pattern": r"^\d\d:\d\d:\d\d$"}


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "hub.rest.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:  # noqa: ARG002
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key from Settings, API keys: `hub_live_…`.",
        }


class SignedInScheme(OpenApiAuthenticationExtension):
    target_class = "hub.rest.authentication.SignedInAuthentication"
    name = "signed_in"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:  # noqa: ARG002
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The browser's sign-in; writing needs its CSRF token as X-CSRFToken.",
        }
