"""The API's description: the OpenAPI document, and a page to read and try it."""

import hashlib
from functools import cache

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe
from drf_spectacular.generators import SchemaGenerator

from hub import access

MEDIA_TYPE = "application/vnd.oai.openapi+json"


@cache
def document() -> bytes:
    """The OpenAPI document of this version, made once in each process."""
    schema = SchemaGenerator(urlconf="hub.urls").get_schema(request=None, public=True)
    return orjson.dumps(schema)


def _etag(_request: HttpRequest) -> str:
    return f'"{hashlib.sha256(document()).hexdigest()[:16]}"'


@require_safe
@access.signed_in
@condition(etag_func=_etag)
def schema(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    headers = {"Cache-Control": "private, no-cache"}
    return HttpResponse(document(), content_type=MEDIA_TYPE, headers=headers)


@require_safe
@access.signed_in
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "hub/api_docs.html")
