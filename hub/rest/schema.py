"""OpenAPI 3.1 straight from what the viewsets declare; no annotations beside the code."""

import inspect
from collections.abc import Mapping
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_lib_doc_excludes
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from hub.rest import describing  # noqa: F401  (its classes register themselves)
from hub.rest.fields import described_id
from hub.rest.problems import MEDIA_TYPE
from hub.rest.records import expandable
from hub.rest.serializers import AnswerSerializer, InputSerializer

ALWAYS = {
    "401": "No key or sign-in, or one that has ended.",
    "403": "The caller lacks the capability.",
    "406": "Only JSON is spoken here.",
    "429": "Too many requests in this minute; see Retry-After.",
    "503": "The record is locked by somebody else; see Retry-After.",
}
WITH_BODY = {"413": "More than 1 MB.", "415": "The body is not application/json."}
ON_RECORD = {"404": "No such record, or not for the caller."}
ON_CHANGE = {
    "412": "If-Match names an older version.",
    "428": "If-Match is missing.",
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. Branch on `code`; `detail` is for people.",
    "required": ["type", "title", "status", "code", "detail", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "`#/field` or `?parameter`."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "details": {"type": "object", "additionalProperties": True},
    },
}
PROBLEM_EXAMPLE = {
    "type": "urn:problem-type:hub:invalid",
    "title": "Bad Request",
    "status": 400,
    "code": "invalid",
    "detail": "email: Enter a valid email address.",
    "request_id": "0192f0c1a2b37c4d8e5f60718293a4b5",
    "errors": [
        {"pointer": "#/email", "code": "invalid", "detail": "Enter a valid email address."}
    ],
}


BLANK = {"type": "string", "maxLength": 0}


class HubSchema(AutoSchema):
    view: Any  # a RecordViewSet

    def get_operation_id(self) -> str:
        return f"{self.view.basename}_{self.view.action}"

    def get_tags(self) -> list[str]:
        return [self.view.basename]

    def get_summary(self) -> str:
        return self._words()[0]

    def get_description(self) -> str:  # type: ignore[override]
        return "\n".join(self._words()[1:]).strip()

    def get_extensions(self) -> dict[str, Any]:
        needed = self.view.capabilities.get(self.view.action, ())
        return {"x-capabilities": sorted(needed)}

    def get_request_serializer(self) -> InputSerializer | None:
        kind = self.view.inputs.get(self.view.action)
        return kind() if kind else None

    def get_response_serializers(self) -> Any:
        return self._success() | {
            (code, MEDIA_TYPE): OpenApiResponse(self._problem(), text, [_problem_example()])
            for code, text in self._refusals().items()
        }

    def get_override_parameters(self) -> list[Any]:
        return [*self._sent_headers(), *self._answered_headers()]

    def get_examples(self) -> list[OpenApiExample]:
        action, view = self.view.action, self.view
        name, sent, shown = (
            view.basename.capitalize(),
            view.inputs.get(action),
            view.answer_class(),
        )
        examples = [OpenApiExample(name, dict(shown.example), response_only=True)]
        if sent is not None:
            examples.append(OpenApiExample(name, dict(sent.example), request_only=True))
        return [example for example in examples if example.value]

    def _words(self) -> list[str]:
        text = inspect.getdoc(getattr(self.view, self.view.action)) or ""
        return text.partition(":raises")[0].strip().splitlines() or [""]

    def _is_list_view(self, serializer: Any = None) -> bool:  # noqa: ARG002
        return self.view.action == "list" and self.view.pagination_class is not None

    def _is_on_record(self) -> bool:
        return "{id}" in self.path

    def _refusals(self) -> Mapping[str, str]:
        codes = {"400": "A value is not accepted; see `errors`."} | ALWAYS
        if self._is_on_record():
            codes |= ON_RECORD
        if isinstance(self.view.answers.get(self.view.action), str):
            codes["409"] = "The document is not there yet."
        if self.method == "GET":
            return codes
        codes["409"] = "A rule of the business does not allow it; `code` says which."
        if self._is_on_record():
            codes |= ON_CHANGE
        if self.method == "POST":
            codes["422"] = "The Idempotency-Key came with another request before."
        return codes | (WITH_BODY if self.view.inputs.get(self.view.action) else {})

    def _success(self) -> dict[Any, Any]:
        declared = self.view.answers.get(self.view.action, self.view.serializer_class)
        if declared is None:
            return {"204": None}
        if isinstance(declared, str):
            return {("200", declared): OpenApiTypes.BINARY}
        created = self.method == "POST" and self.view.action == "create"
        shown: dict[Any, Any] = {"201" if created else "200": declared()}
        if self.view.action in self.view.finds:
            shown["200"] = declared()
        return shown | ({"304": None} if self.view.action == "retrieve" else {})

    def _sent_headers(self) -> list[OpenApiParameter]:
        sent = []
        if self.method == "POST":
            sent.append(_header("Idempotency-Key", "Makes a repeat harmless.", max_length=255))
        if self._is_on_record() and self.method != "GET":
            sent.append(_header("If-Match", "The ETag of what you have seen.", required=True))
        if self.view.action == "retrieve":
            sent.append(_header("If-None-Match", "Answers 304 to whoever has it already."))
        return sent

    def _answered_headers(self) -> list[OpenApiParameter]:
        answered = [
            _answered("RateLimit", "What is left of this minute."),
            _answered("RateLimit-Policy", "How much a minute holds."),
        ]
        if self.view.action == "list":
            answered.append(_answered("Link", "The pages next to this one.", "200"))
        elif self.view.answers.get(self.view.action, AnswerSerializer) is not None:
            answered.append(_answered("ETag", "Names this version.", "200", "201", "304"))
        if self.view.action == "create":
            answered.append(_answered("Location", "Where the new record is.", "201"))
        return answered

    def _problem(self) -> dict[str, str]:
        component = ResolvedComponent(
            name="Problem", type=ResolvedComponent.SCHEMA, schema=PROBLEM, object="Problem"
        )
        self.registry.register_on_missing(component)
        return dict(component.ref)

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        prefixes = {name: self.view.parts.get(name, self.view.prefix) for name in variables}
        return [
            {"name": name, "in": "path", "required": True, "schema": described_id(prefix)}
            for name, prefix in prefixes.items()
        ]

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        known = []
        if self.view.action == "list":
            known = [
                _query(name, declared.openapi, declared.extra)
                for name, declared in self.view.filterset_class.base_filters.items()
            ]
        if self.method == "GET" and (names := sorted(expandable(self.view.answer_class()))):
            one = "|".join(name.replace(".", r"\.") for name in names)
            pattern = {"type": "string", "pattern": f"^({one})(,({one}))*$"}
            text = "Show these records instead of their ids."
            known.append(_query("expand", pattern, {"help_text": text}))
        return known

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        body: dict[str, Any] | None = super()._get_request_body(direction)
        return body and body | {"required": True}

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        super()._insert_field_validators(field, schema)
        if BLANK in schema.get("oneOf", ()):  # an empty text may fit the pattern as well
            schema["anyOf"] = schema.pop("oneOf")

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, InputSerializer):
            schema["additionalProperties"] = False
            if serializer.needs_something:
                schema["minProperties"] = 1
        return schema


def documented_bases() -> list[type]:
    """Bases whose docstrings are for us, not for the readers of the schema."""
    return [AnswerSerializer, InputSerializer, *get_lib_doc_excludes()]


def _header(name: str, text: str, *, required: bool = False, max_length: int = 200) -> Any:
    schema = {"type": "string", "minLength": 1, "maxLength": max_length}
    return OpenApiParameter(name, schema, "header", required=required, description=text)


def _answered(name: str, text: str, *codes: str) -> OpenApiParameter:
    return OpenApiParameter(
        name, {"type": "string"}, "header", description=text, response=list(codes) or True
    )


def _query(name: str, schema: Mapping[str, object], more: Mapping[str, Any]) -> dict[str, Any]:
    required, text = bool(more.get("required")), more.get("help_text", "")
    found = {"name": name, "in": "query", "required": required, "schema": dict(schema)}
    return found | ({"description": text} if text else {})


def _problem_example() -> OpenApiExample:
    return OpenApiExample("Problem", PROBLEM_EXAMPLE, media_type=MEDIA_TYPE)
