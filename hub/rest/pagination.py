"""Pages by cursor, in the fixed order of creation; both ways, without a count."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import Q
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from hub.rest.problems import ParameterError

SALT = "hub.rest.cursor"
DEFAULT_LIMIT = 50
MAX_LIMIT = 200
AFTER, BEFORE = "a", "b"


class CursorPages(BasePagination):
    """Stands at (created, id) of a row, so that rows added meanwhile shift nothing."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.created = getattr(view, "created_field", "created_at")
        limit, cursor = _limit(request), request.query_params.get("cursor")
        self.way, edge = _read(cursor) if cursor is not None else (AFTER, None)
        if edge is not None:
            queryset = queryset.filter(self._beyond(*edge))
        sign = "" if self.way == AFTER else "-"
        found = list(queryset.order_by(f"{sign}{self.created}", f"{sign}pk")[: limit + 1])
        self.has_more, rows = len(found) > limit, found[:limit]
        self.rows = rows if self.way == AFTER else rows[::-1]
        self.is_first = edge is None
        return self.rows

    def get_paginated_response(self, data: Any) -> Response:
        links = {"next": self._next(), "previous": self._previous()}
        written = ", ".join(f'<{url}>; rel="{name}"' for name, url in links.items() if url)
        return Response({"data": data, **links}, headers={"Link": written} if written else None)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        example = "https://hub.example/api/v1/things?cursor=WyJhIiwi"
        link = {"type": ["string", "null"], "format": "uri", "example": example}
        return {
            "type": "object",
            "required": ["data", "next", "previous"],
            "properties": {"data": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        return [
            _parameter("limit", "How many records a page holds.", limit),
            _parameter("cursor", "Where to go on: taken from `next` or `previous`.", _CURSOR),
        ]

    def _beyond(self, created_at: datetime, pk: UUID) -> Q:
        way = "gt" if self.way == AFTER else "lt"
        # The first half is for the index; the second one decides between equal instants.
        return Q((f"{self.created}__{way}e", created_at)) & (
            Q((f"{self.created}__{way}", created_at)) | Q((f"pk__{way}", pk))
        )

    def _next(self) -> str | None:
        there = self.has_more if self.way == AFTER else bool(self.rows)
        return self._url(AFTER, self.rows[-1:]) if there else None

    def _previous(self) -> str | None:
        there = self.has_more if self.way == BEFORE else bool(self.rows) and not self.is_first
        return self._url(BEFORE, self.rows[:1]) if there else None

    def _url(self, way: str, edge: Sequence[Any]) -> str:
        stand = (way, getattr(edge[0], self.created).isoformat(), edge[0].pk.hex)
        return replace_query_param(
            self.request.build_absolute_uri(), "cursor", signing.dumps(stand, salt=SALT)
        )


_CURSOR = {"type": "string", "maxLength": 400, "pattern": "^[A-Za-z0-9_:.-]+$"}


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MAX_LIMIT):  # noqa: PLR2004
        raise ParameterError({"limit": f"A whole number from 1 to {MAX_LIMIT}."})
    return int(text)


def _read(cursor: str) -> tuple[str, tuple[datetime, UUID]]:
    try:
        way, created_at, pk = signing.loads(cursor, salt=SALT)
        return way, (datetime.fromisoformat(created_at), UUID(pk))
    except (signing.BadSignature, ValueError, TypeError):
        raise ParameterError({"cursor": "Take it from next or previous, unchanged."}) from None
