"""The schema says what the API does."""

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.hub import rest_sample


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    made: dict[str, Any] = SchemaGenerator(patterns=rest_sample.urlpatterns).get_schema(
        request=None, public=True
    )
    return made


def operation(schema: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = schema["paths"][f"/api/v1/cards{path}"][method]
    return found


def test_it_is_valid_openapi_3_1_without_a_warning(schema: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(schema).validate()

    assert schema["openapi"] == "3.1.1"
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_an_operation_is_named_and_described_by_its_code(schema: dict[str, Any]) -> None:
    rename = operation(schema, "patch", "/{id}")

    assert rename["operationId"] == "cards_partial_update"
    assert rename["summary"] == "Rename a card."
    assert rename["description"] == "With a second sentence."
    assert rename["x-capabilities"] == ["customers.edit_customer"]
    assert rename["security"] == [{"key": []}, {"signed_in": []}]


def test_every_refusal_is_the_same_problem(schema: dict[str, Any]) -> None:
    answers = operation(schema, "post", "/{id}/rename")["responses"]
    refusals = {code: answer for code, answer in answers.items() if code >= "400"}

    assert set(refusals) >= {"400", "401", "403", "404", "409", "412", "415", "422", "428", "429"}
    assert {
        answer["content"]["application/problem+json"]["schema"]["$ref"]
        for answer in refusals.values()
    } == {"#/components/schemas/Problem"}


def test_the_headers_of_the_conventions_are_declared(schema: dict[str, Any]) -> None:
    def headers(method: str, path: str) -> dict[str, bool]:
        found = operation(schema, method, path).get("parameters", [])
        return {one["name"]: one.get("required", False) for one in found if one["in"] == "header"}

    assert headers("post", "") == {"Idempotency-Key": False}
    assert headers("post", "/{id}/rename") == {"Idempotency-Key": False, "If-Match": True}
    assert headers("patch", "/{id}") == {"If-Match": True}
    assert headers("get", "/{id}") == {"If-None-Match": False}
    assert set(operation(schema, "post", "")["responses"]["201"]["headers"]) == {
        "ETag",
        "Location",
        "RateLimit",
        "RateLimit-Policy",
    }


def test_lists_declare_their_parameters(schema: dict[str, Any]) -> None:
    names = {one["name"] for one in operation(schema, "get", "")["parameters"]}

    assert names == {
        "company",
        "created_after",
        "cursor",
        "expand",
        "limit",
        "merged_into",
        "q",
        "updated_since",
    }


def test_inputs_allow_nothing_else_and_answers_say_what_may_be_null(
    schema: dict[str, Any],
) -> None:
    components = schema["components"]["schemas"]

    assert components["NewCardRequest"]["additionalProperties"] is False
    assert components["CardNameRequest"]["minProperties"] == 1
    assert "null" in components["CardAnswer"]["properties"]["price"]["type"]
    assert "description" not in components["CardAnswer"]


def test_what_can_be_expanded_is_an_id_or_the_record(schema: dict[str, Any]) -> None:
    shown = schema["components"]["schemas"]["CardAnswer"]["properties"]["merged_into"]

    assert shown["oneOf"][0]["pattern"] == "^cus_[0-9a-f]{32}$"
    assert shown["oneOf"][1] == {"$ref": "#/components/schemas/CardAnswer"}


def test_examples_are_shown(schema: dict[str, Any]) -> None:
    listed = operation(schema, "get", "")["responses"]["200"]["content"]["application/json"]

    value = next(iter(listed["examples"].values()))["value"]
    assert value["data"][0]["name"] == "Ada"


def test_a_document_is_declared_by_its_media_type(schema: dict[str, Any]) -> None:
    answer = operation(schema, "get", "/{id}/document")["responses"]["200"]

    assert list(answer["content"]) == ["application/pdf"]
