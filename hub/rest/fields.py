"""Fields of requests and answers: no guessing, one spelling for each kind of value.

Each says by ``openapi`` what it looks like from outside; hub.rest.schema reads that.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.validators import EmailValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string
from rest_framework import serializers
from rest_framework.fields import get_attribute

from hub import access, time_zones
from hub.access import Access, Capability
from hub.identifiers import UnknownId, parse_public_id, public_id
from hub.money import quantize


class Described:
    """Says what it looks like from outside."""

    openapi: Mapping[str, Any]  # on the class, or made with the instance


Lookup = Callable[[Access], QuerySet[Any]]
AMOUNT = re.compile(r"-?\d{1,11}(\.\d{1,4})?")
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
WITH_OFFSET = re.compile(r".+(Z|[+-]\d\d:\d\d)")
LONGEST_INTEGER = 2**31 - 1
FIRST_ZONE = ZoneInfo("Pacific/Kiritimati")  # where each day begins


class TextField(serializers.CharField):
    """Text only: a number or a boolean is refused instead of written out."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        options.setdefault("allow_blank", not options.get("required", True))
        super().__init__(max_length=max_length, **options)

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class EmailTextField(Described, TextField):
    openapi: Mapping[str, Any] = {"type": "string", "format": "email", "maxLength": 254}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)
        self.validators.append(EmailValidator())


class WholeNumberField(serializers.IntegerField):
    def __init__(
        self, *, min_value: int = 0, max_value: int = LONGEST_INTEGER, **rest: Any
    ) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **rest)

    def to_internal_value(self, data: object) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class FlagField(serializers.BooleanField):
    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class CodeField(serializers.ChoiceField):
    """One of a few words, exactly as written."""

    def to_internal_value(self, data: object) -> Any:
        if not isinstance(data, str) or not (data or self.allow_blank):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class MomentField(Described, serializers.Field[datetime, str, str, Any]):
    """An instant, RFC 3339: in with its offset, out in UTC with Z."""

    openapi: Mapping[str, Any] = {"type": "string", "format": "date-time"}
    default_error_messages: ClassVar = {
        "invalid": "Write a date and time with its offset, such as 2026-11-24T09:30:00+01:00."
    }

    def to_internal_value(self, data: object) -> datetime:
        if not isinstance(data, str) or not WITH_OFFSET.fullmatch(data[:40]):
            self.fail("invalid")
        try:
            moment = parse_datetime(data)
            return moment.astimezone(UTC) if moment else self.fail("invalid")
        except (ValueError, OverflowError):
            self.fail("invalid")

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class DayField(Described, serializers.Field[date, str, str, Any]):
    """A day of the calendar without time or zone, such as a date of birth."""

    openapi: Mapping[str, Any] = {"type": "string", "format": "date"}
    default_error_messages: ClassVar = {"invalid": "Write a day as 1984-05-31."}

    def to_internal_value(self, data: object) -> date:
        if not isinstance(data, str) or not DAY.fullmatch(data):
            self.fail("invalid")
        try:
            return date.fromisoformat(data)
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: date) -> str:
        return value.isoformat()


class PastDayField(DayField):
    """A day that has come somewhere on earth, such as a date of birth."""

    default_error_messages: ClassVar = {"future": "This day has not come yet."}

    def to_internal_value(self, data: object) -> date:
        day = super().to_internal_value(data)
        if day > timezone.localdate(timezone=FIRST_ZONE):
            self.fail("future")
        return day


class TimeZoneNameField(Described, serializers.Field[ZoneInfo, str, str, Any]):
    openapi: Mapping[str, Any] = {
        "type": "string",
        "maxLength": 64,
        "description": "As Europe/Paris.",
    }
    default_error_messages: ClassVar = {"invalid": "This is not the IANA name of a time zone."}

    def to_internal_value(self, data: object) -> ZoneInfo:
        if not isinstance(data, str) or data not in time_zones.known():
            self.fail("invalid")
        return ZoneInfo(data)

    def to_representation(self, value: object) -> str:
        return str(value)


class MoneyField(Described, serializers.Field[Decimal, str, str | None, Any]):
    """A decimal string with the digits of its currency, which stands in a field beside it.

    ``currency`` is the attribute that holds the code, or the code itself.
    """

    openapi: Mapping[str, Any] = {"type": "string", "pattern": r"^-?\d{1,11}(\.\d{1,4})?$"}
    default_error_messages: ClassVar = {"invalid": "Write an amount as text, such as “49.00”."}

    def __init__(self, *, currency: str = "currency", **options: Any) -> None:
        super().__init__(**options)
        self.currency = currency

    def get_attribute(self, instance: Any) -> Any:
        amount = super().get_attribute(instance)
        if amount is None or self.currency.isupper():
            return amount if amount is None else (amount, self.currency)
        return amount, get_attribute(instance, self.currency.split("."))

    def to_internal_value(self, data: object) -> Decimal:
        if not isinstance(data, str) or not AMOUNT.fullmatch(data) or not data.isascii():
            self.fail("invalid")
        return Decimal(data)

    def to_representation(self, value: Any) -> str:
        amount, currency = value
        return str(quantize(Decimal(amount), currency))


class PublicIdField(Described, serializers.Field[UUID, str, str, Any]):
    """``cus_…``. With ``of`` an input must name a record that the caller may see."""

    default_error_messages: ClassVar = {
        "invalid": "This is not an id that starts with {prefix}_.",
        "not_found": "There is no such record, or not for you.",
    }

    def __init__(self, prefix: str, *, of: Lookup | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.prefix, self.of = prefix, of
        self.openapi = described_id(prefix)

    def to_internal_value(self, data: object) -> UUID:
        try:
            value = parse_public_id(self.prefix, data if isinstance(data, str) else "")
        except UnknownId:
            self.fail("invalid", prefix=self.prefix)
        if self.of and not self.of(access.of(self.context["request"])).filter(pk=value).exists():
            self.fail("not_found")
        return value

    def to_representation(self, value: UUID) -> str:
        return public_id(self.prefix, value)


class ExpandableField(Described, serializers.Field[Any, Any, Any, Any]):
    """The id of another record; the record itself where ``?expand=`` asks for it.

    ``serializer`` is a dotted name, which lets two resources show each other. Without one of
    ``needs`` it stays an id.
    """

    def __init__(
        self, prefix: str, serializer: str, *, needs: Sequence[Capability], **options: Any
    ) -> None:
        super().__init__(read_only=True, **options)
        self.prefix, self.serializer, self.needs = prefix, serializer, needs
        self.openapi = described_id(prefix)

    @cached_property
    def is_wanted(self) -> bool:
        names = {name.partition(".")[0] for name in self.context.get("expand", ())}
        return self.field_name in names and access.of(self.context["request"]).can(*self.needs)

    @cached_property
    def nested(self) -> Any:
        """The serializer of the record, with what is left of ``expand`` below this field."""
        start = f"{self.field_name}."
        inner = {name.removeprefix(start) for name in self.context["expand"] if start in name}
        return self.shows()(context={**self.context, "expand": frozenset(inner)})

    def shows(self) -> Any:
        """Return the serializer class; the dotted name is read here, after all are loaded."""
        return import_string(self.serializer)

    def get_attribute(self, instance: Any) -> Any:
        *path, last = self.source_attrs
        return get_attribute(instance, [*path, last if self.is_wanted else f"{last}_id"])

    def to_representation(self, value: Any) -> Any:
        if isinstance(value, UUID):
            return public_id(self.prefix, value)
        return self.nested.to_representation(value)


def described_id(prefix: str) -> dict[str, object]:
    return {"type": "string", "pattern": f"^{prefix}_[0-9a-f]{{32}}$"}
