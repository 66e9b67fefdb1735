"""The one base of all API views: parse, one call of a verb, answer."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from hub import access, identifiers
from hub.access import Access, Capability
from hub.actors import Actor
from hub.rest import concurrency, filters, idempotency
from hub.rest.authentication import actor_of
from hub.rest.filters import RecordFilters
from hub.rest.pagination import CursorPages
from hub.rest.problems import ParameterError
from hub.rest.rendering import StrictJsonParser
from hub.rest.serializers import AnswerSerializer, InputSerializer
from hub.rest.throttling import Allowance

Record = TypeVar("Record", bound=Model)
SAFE = frozenset({"GET", "HEAD"})
EXPAND_DEPTH = 2


class RecordViewSet(GenericViewSet[Record]):
    """A resource. See docs/api.md for the conventions that it puts into force."""

    prefix: ClassVar[str]
    # Of the other ids in a path, by their names there: {"address": "adr"}.
    parts: ClassVar[Mapping[str, str]] = {}
    capabilities: ClassVar[Mapping[str, tuple[Capability, ...]]] = {}
    inputs: ClassVar[Mapping[str, type[InputSerializer]]] = {}
    answers: ClassVar[Mapping[str, type[AnswerSerializer] | str | None]] = {}
    # Actions that answer 200 with a record that was there already, and 201 with a new one.
    finds: ClassVar[frozenset[str]] = frozenset()
    filterset_class: type[RecordFilters] = RecordFilters
    created_field: ClassVar[str] = "created_at"

    pagination_class = CursorPages
    parser_classes = (StrictJsonParser,)
    metadata_class = None
    http_method_names = [  # noqa: RUF012
        "get",
        "head",
        "post",
        "patch",
        "delete",
    ]
    lookup_url_kwarg = "id"
    allowance: Allowance | None = None

    @property
    def access(self) -> Access:
        return access.of(self.request)

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def visible(self) -> QuerySet[Record]:
        """The records that the caller may see, with what the answer shows joined in."""
        raise NotImplementedError

    def list(self, request: Request) -> Response:
        """List records, oldest first."""
        found = filters.apply(self.filterset_class, request, self.visible())
        page = self.paginate_queryset(found)
        rows = self.answer_class()(page, many=True, context=self.shown)
        return self.get_paginated_response(rows.data)

    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Read one record."""
        return self._show(self.load())

    def load(self) -> Record:
        """Return the record of the URL; what changes it must name the version it has seen.

        :raises Http404: it does not exist, or not for the caller.
        :raises PreconditionRequired: a change without ``If-Match``.
        :raises PreconditionFailed: the record is another version by now.
        """
        pk = identifiers.parse_public_id(self.prefix, self.kwargs["id"])
        record = self.visible().filter(pk=pk).first()
        if record is None:
            raise Http404
        if self.request.method not in SAFE:
            concurrency.require_match(self.request, record)
        return record

    def read(self) -> dict[str, Any]:
        """Return the validated body of the request."""
        given = self.inputs[self.action](
            data=self.request.data, context=self.get_serializer_context()
        )
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def answer(self, record: Record, *, status: int = HTTPStatus.OK) -> Response:
        """Show ``record`` as it is now, after a change."""
        return self._show(self.visible().filter(pk=record.pk).first() or record, status=status)

    def created(self, record: Record) -> Response:
        response = self.answer(record, status=HTTPStatus.CREATED)
        place = identifiers.public_id(self.prefix, record.pk)
        response["Location"] = self.reverse_action("detail", args=[place])
        return response

    def gone(self) -> Response:
        return Response(status=HTTPStatus.NO_CONTENT)

    @property
    def shown(self) -> dict[str, Any]:
        """The context of the answer's serializer: who asks, and what they want expanded."""
        return {**self.get_serializer_context(), "expand": self._expand()}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._refuse_unknown_parameters(request)
        handler = getattr(self, "post", None)
        if request.method == "POST" and handler is not None:
            # The framework takes the handler from the instance once this method is through.
            self.post = lambda asked, *a, **k: idempotency.answer_once(
                asked, by=self.actor, handler=lambda: handler(asked, *a, **k)
            )

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        if self.allowance is not None:
            for name, value in self.allowance.headers().items():
                final[name] = value
        return final

    def parameters(self) -> frozenset[str]:
        """Return the names of the query parameters that the action understands."""
        if self.request.method not in SAFE:
            return frozenset()
        names = {"expand"} if expandable(self.answer_class()) else set()
        if self.action == "list":
            names |= {"limit", "cursor", *self.filterset_class.base_filters}
        return frozenset(names)

    def _show(self, record: Record, *, status: int = HTTPStatus.OK) -> Response:
        data = self.answer_class()(record, context=self.shown).data
        tag = concurrency.etag(record, data)
        if self.request.method in SAFE and concurrency.is_fresh(self.request, tag):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        return Response(data, status=status, headers={"ETag": tag})

    def answer_class(self) -> type[AnswerSerializer]:
        chosen = self.answers.get(self.action, self.serializer_class)
        if isinstance(chosen, type) and issubclass(chosen, AnswerSerializer):
            return chosen
        return AnswerSerializer

    def _expand(self) -> frozenset[str]:
        names = frozenset(filter(None, self.request.query_params.get("expand", "").split(",")))
        if unknown := names - expandable(self.answer_class()):
            raise ParameterError({"expand": f"Cannot be expanded: {', '.join(sorted(unknown))}."})
        return names

    def _refuse_unknown_parameters(self, request: Request) -> None:
        known = self.parameters()
        faults: dict[str, str] = {}
        for name, values in request.query_params.lists():
            if name not in known:
                faults[name] = "There is no such parameter here."
            elif len(values) > 1:
                faults[name] = "Send this once; separate values by commas."
        if faults:
            raise ParameterError(faults, code="unknown_parameter")


def expandable(serializer: type[AnswerSerializer], depth: int = EXPAND_DEPTH) -> frozenset[str]:
    """Return what ``?expand=`` accepts, such as ``customer`` and ``appointment.customer``."""
    return frozenset(_expandable(serializer, depth))


def _expandable(serializer: type[AnswerSerializer], depth: int) -> Iterable[str]:
    for name, field in serializer.expandable().items():
        yield name
        if depth > 1:
            yield from (f"{name}.{inner}" for inner in _expandable(field.shows(), depth - 1))
