"""What the API sends and what it accepts, as two kinds that are never the same class."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from hub import access
from hub.access import Capability
from hub.rest.fields import ExpandableField


class AnswerSerializer(serializers.Serializer[Any]):
    """``shown_with`` names fields that are null for callers without one of the capabilities."""

    shown_with: ClassVar[Mapping[str, tuple[Capability, ...]]] = {}
    example: ClassVar[Mapping[str, Any]] = {}

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name in self.shown_with:
            fields[name].allow_null = True
        return fields

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        for name in self._hidden():
            shown[name] = None
        return shown

    @classmethod
    def expandable(cls) -> dict[str, ExpandableField]:
        fields = cls._declared_fields.items()
        return {name: field for name, field in fields if isinstance(field, ExpandableField)}

    def _hidden(self) -> tuple[str, ...]:
        if not self.shown_with:
            return ()
        if "_hidden_fields" not in self.__dict__:
            held = access.of(self.context["request"])
            self._hidden_fields = tuple(
                name for name, needed in self.shown_with.items() if not held.can(*needed)
            )
        return self._hidden_fields


class InputSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know: what is ignored in silence is a bug of the caller."""

    needs_something: ClassVar[bool] = False
    example: ClassVar[Mapping[str, Any]] = {}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        if unknown:
            fault = ErrorDetail("There is no such field here.", code="unknown_field")
            raise ValidationError({str(name): [fault] for name in sorted(unknown, key=str)})
        return dict(super().to_internal_value(data))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.needs_something and not attrs:
            raise ValidationError("Send at least one field.", code="empty")
        return attrs
