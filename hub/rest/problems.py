"""Every refusal of the API as problem details (RFC 9457); clients branch on ``code``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from psycopg.errors import ExclusionViolation, UniqueViolation
from rest_framework import exceptions
from rest_framework.response import Response

from hub.access import AccessDenied
from hub.actors import current_request_id
from hub.errors import DomainError, InvalidInput, StaleVersion
from hub.identifiers import UnknownId

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = "1"

log = structlog.get_logger(__name__)


class ParameterError(exceptions.ValidationError):
    """What is wrong stands in the query string; its pointers start with a question mark."""


class PreconditionRequired(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_code = "precondition_required"
    default_detail = "Send the ETag of the record you have seen as If-Match."


class PreconditionFailed(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "stale_version"
    default_detail = "Somebody else changed this meanwhile. Read it again."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (a JSON pointer, or ``?name`` of a parameter), and what."""

    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    code: str
    detail: str
    errors: Sequence[Fault] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """The members of the answer, in the order people read them."""
        content: dict[str, object] = {
            "type": f"urn:problem-type:hub:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": int(self.status),
            "code": self.code,
            "detail": self.detail,
            "request_id": current_request_id(),
            "errors": [
                {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail}
                for fault in self.errors
            ],
        }
        return content | ({"details": dict(self.details)} if self.details else {})


def handle(error: Exception, _context: dict[str, Any]) -> Response | None:
    """Answer a refusal; ``None`` for a bug, which becomes a 500 with its traceback logged."""
    problem = problem_of(error)
    if problem is None:
        return None
    return Response(
        problem.as_dict(),
        status=problem.status,
        headers=dict(problem.headers),
        content_type=MEDIA_TYPE,
    )


def problem_of(error: Exception) -> Problem | None:
    """Say what ``error`` means to the client; ``None`` when it is a bug of ours."""
    if isinstance(error, DomainError):
        return _of_domain(error)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, (OperationalError, InterfaceError)):
        return _busy(error)
    if isinstance(error, IntegrityError):
        return _collided(error)
    for kinds, status, code, detail in _PLAIN:
        if isinstance(error, kinds):
            return Problem(status, code, detail)
    return None


def _of_domain(error: DomainError) -> Problem:
    status = next(
        (status for kind, status in _DOMAIN_STATUS.items() if isinstance(error, kind)),
        HTTPStatus.CONFLICT,
    )
    where = f"#/{error.field.replace('.', '/')}" if error.field else ""
    faults = [Fault(where, error.code, str(error))] if where else []
    return Problem(status, error.code, str(error), faults, error.details)


def _of_framework(error: exceptions.APIException) -> Problem:
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if not isinstance(error, exceptions.ValidationError):
        code = error.get_codes()
        text = str(error.detail)
        return Problem(error.status_code, str(code), text, headers=headers)
    start = "?" if isinstance(error, ParameterError) else "#"
    faults = list(_faults(error.get_full_details(), start))
    return Problem(error.status_code, "invalid", _summary(faults), faults)


def _summary(faults: Sequence[Fault]) -> str:
    if len(faults) != 1:
        return f"{len(faults)} values are not accepted."
    where = faults[0].pointer.lstrip("#?/")
    return f"{where}: {faults[0].detail}" if where else faults[0].detail


def _faults(details: Any, pointer: str) -> Iterator[Fault]:
    """Walk the nested errors of a serializer down to their leaves."""
    if isinstance(details, Mapping) and set(details) == {"message", "code"}:
        yield Fault(pointer, str(details["code"]), str(details["message"]))
    elif isinstance(details, Mapping):
        for name, inner in details.items():
            place = pointer if name == "non_field_errors" else _below(pointer, name)
            yield from _faults(inner, place)
    elif details and all(set(inner) == {"message", "code"} for inner in details):
        for inner in details:
            yield from _faults(inner, pointer)
    else:
        for number, inner in enumerate(details):
            yield from _faults(inner, _below(pointer, number))


def _below(pointer: str, name: object) -> str:
    return f"?{name}" if pointer == "?" else f"{pointer}/{name}"


def _busy(error: Exception) -> Problem:
    log.warning("database_busy", error=type(error.__cause__ or error).__name__)
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "busy",
        "Somebody else is working on this right now. Nothing was changed; try again.",
        headers={"Retry-After": RETRY_AFTER_SECONDS},
    )


def _collided(error: IntegrityError) -> Problem | None:
    """Two requests met at a constraint after both had passed the checks of their verb."""
    if not isinstance(error.__cause__, (UniqueViolation, ExclusionViolation)):
        return None
    log.warning("constraint_race", constraint=error.__cause__.diag.constraint_name)
    return Problem(
        HTTPStatus.CONFLICT,
        "conflicting_change",
        "Somebody else did the same at the same moment. Look at the newest state and try again.",
    )


_DOMAIN_STATUS: dict[type[DomainError], HTTPStatus] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    StaleVersion: HTTPStatus.PRECONDITION_FAILED,
    AccessDenied: HTTPStatus.FORBIDDEN,
    UnknownId: HTTPStatus.NOT_FOUND,
}
_Kinds = type[Exception] | tuple[type[Exception], ...]
_ABSENT = (Http404, ObjectDoesNotExist)
_PLAIN: tuple[tuple[_Kinds, HTTPStatus, str, str], ...] = (
    (_ABSENT, HTTPStatus.NOT_FOUND, "not_found", "There is nothing here, or not for you."),
    (PermissionDenied, HTTPStatus.FORBIDDEN, "forbidden", "Your role does not allow this."),
    (RequestDataTooBig, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "At most 1 MB."),
    (DataError, HTTPStatus.BAD_REQUEST, "invalid", "A value cannot be stored."),
)
