"""The OpenAPI document of the product: valid, complete, with examples that are true."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import orjson
import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from openapi_spec_validator import OpenAPIV31SpecValidator

from hub.web.api_pages import document
from tests.factories.clients import signed_in
from tests.factories.people import person

METHODS = {"get", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    document.cache_clear()
    made: dict[str, Any] = orjson.loads(document())
    return made


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


def contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from operation.get("requestBody", {}).get("content", {}).values()
    for code, answer in operation["responses"].items():
        if code < "300":
            yield from answer.get("content", {}).values()


def test_it_is_valid_and_made_without_a_warning(schema: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(schema).validate()

    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_every_operation_is_named_and_says_what_it_needs(schema: dict[str, Any]) -> None:
    found = list(operations(schema))
    bare = [
        name
        for name, operation in found
        if not (operation["summary"] and operation["x-capabilities"] and operation["security"])
    ]

    assert len(found) > 20
    assert len({operation["operationId"] for _, operation in found}) == len(found)
    assert bare == []


def test_every_json_body_and_answer_has_an_example_that_is_true(schema: dict[str, Any]) -> None:
    wrong = []
    for name, operation in operations(schema):
        for content in contents(operation):
            if content["schema"].get("format") == "binary":
                continue
            examples = [example["value"] for example in content.get("examples", {}).values()]
            whole = content["schema"] | {"components": schema["components"]}
            wrong += [
                f"{name}: {fault.json_path} {fault.message}"[:200]
                for example in examples
                for fault in jsonschema.Draft202012Validator(whole).iter_errors(example)
            ]
            wrong += [] if examples else [f"{name}: no example"]

    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_it_is_shown_to_whoever_signed_in_and_known_again() -> None:
    browser = signed_in(person(None))

    first = browser.get("/api/schema/")
    again = browser.get("/api/schema/", headers={"If-None-Match": first["ETag"]})

    assert first["Content-Type"] == "application/vnd.oai.openapi+json"
    assert (first.json()["openapi"], again.status_code) == ("3.1.1", 304)
    assert Client().get("/api/schema/").status_code == 302
