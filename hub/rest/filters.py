"""Query parameters of lists; each filter says by ``openapi`` what it accepts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.exceptions import ErrorDetail
from rest_framework.exceptions import ValidationError as RestValidationError
from rest_framework.request import Request

from hub.identifiers import UnknownId, parse_public_id
from hub.models import Change
from hub.rest.fields import MomentField, described_id
from hub.rest.problems import ParameterError

MAX_TEXT = 100


class MomentInput(forms.CharField):
    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            # A plus sign that was not percent-encoded arrives as a space.
            return MomentField().to_internal_value(text.replace(" ", "+"))
        except RestValidationError as error:
            raise ValidationError(str(error.detail[0]), code="invalid") from None  # type: ignore[index]


class IdInput(forms.CharField):
    def __init__(self, *, prefix: str, **options: Any) -> None:
        super().__init__(**options)
        self.prefix = prefix

    def clean(self, value: Any) -> UUID | None:
        text = super().clean(value)
        try:
            return parse_public_id(self.prefix, text) if text else None
        except UnknownId as error:
            raise ValidationError(str(error), code="invalid") from None


class IdsInput(forms.CharField):
    """Ids of one kind, separated by commas; the same one may stand there again."""

    def __init__(self, *, prefix: str, fewest: int, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.one = IdInput(prefix=prefix)
        self.fewest, self.most = fewest, most

    def clean(self, value: Any) -> list[UUID]:
        text = super().clean(value)
        ids = [self.one.clean(part) for part in text.split(",")] if text else []
        if text and not self.fewest <= len(ids) <= self.most:
            raise ValidationError(f"Send {self.fewest} to {self.most} ids.", code="invalid")
        return [one for one in ids if one is not None]


class CodesInput(forms.CharField):
    def __init__(self, *, codes: Iterable[str], **options: Any) -> None:
        super().__init__(**options)
        self.codes = list(codes)

    def clean(self, value: Any) -> list[str]:
        chosen = [code for code in super().clean(value).split(",") if code]
        if not set(chosen) <= set(self.codes):
            raise ValidationError(f"Some of {', '.join(self.codes)}.", code="invalid")
        return chosen


class MomentFilter(django_filters.Filter):  # type: ignore[misc]
    field_class = MomentInput
    openapi: ClassVar = MomentField.openapi


class IdFilter(django_filters.Filter):  # type: ignore[misc]
    """``customer=cus_…``; ``field_name`` is the column of the id."""

    field_class = IdInput

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(prefix=prefix, **options)
        self.openapi = described_id(prefix)


class IdsFilter(django_filters.Filter):  # type: ignore[misc]
    """``services=svc_…,svc_…``, for ``values``."""

    field_class = IdsInput

    def __init__(self, prefix: str, *, fewest: int = 1, most: int, **options: Any) -> None:
        super().__init__(prefix=prefix, fewest=fewest, most=most, **options)
        one = rf"{prefix}_[0-9a-f]{{32}}"
        pattern = rf"^{one}(,{one}){{{fewest - 1},{most - 1}}}$"
        self.openapi = {"type": "string", "pattern": pattern}


class CodesFilter(django_filters.Filter):  # type: ignore[misc]
    """``status=booked,completed``: any of these."""

    field_class = CodesInput

    def __init__(self, *, choices: Iterable[tuple[str, Any]], **options: Any) -> None:
        codes = [str(code) for code, _ in choices]
        super().__init__(lookup_expr="in", codes=codes, **options)
        one = "|".join(codes)
        self.openapi = {"type": "string", "pattern": f"^({one})(,({one}))*$"}


class TextFilter(django_filters.Filter):  # type: ignore[misc]
    """A text of at most a hundred characters, for a ``method`` of the filter set."""

    field_class = forms.CharField
    openapi: ClassVar = {"type": "string", "maxLength": MAX_TEXT, "minLength": 1}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_TEXT, **options)


class RecordFilters(django_filters.FilterSet):  # type: ignore[misc]
    """What every list understands."""

    updated_since = MomentFilter(
        method="_updated_since",
        help_text="Only records that were added or changed at this moment or later.",
    )

    def _updated_since(
        self, queryset: QuerySet[Any], _name: str, moment: datetime
    ) -> QuerySet[Any]:
        versions = queryset.model.history.model.objects.filter(history_date__gte=moment)
        return queryset.filter(pk__in=versions.values("id"))


def apply(
    filters: type[RecordFilters], request: Request, queryset: QuerySet[Any]
) -> QuerySet[Any]:
    """Narrow ``queryset`` by the query parameters of ``request``.

    :raises ParameterError: a parameter has a value that it does not accept.
    """
    asked = filters(request.query_params, queryset=queryset, request=request)
    _require_valid(asked)
    narrowed: QuerySet[Any] = asked.qs
    return narrowed


def values(filters: type[RecordFilters], parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of the parameters where they are not to narrow a query.

    :raises ParameterError: one is missing, or has a value that it does not accept.
    """
    asked = filters(parameters, queryset=Change.objects.none())
    _require_valid(asked)
    return dict(asked.form.cleaned_data)


def _require_valid(asked: RecordFilters) -> None:
    if not asked.is_valid():
        raise ParameterError(
            {
                name: [ErrorDetail(fault["message"], code=fault["code"]) for fault in faults]
                for name, faults in asked.errors.get_json_data().items()
            }
        )
