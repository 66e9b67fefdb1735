"""Refusals as pages for people, and as problem details for scripts of a page and for the API."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from hub.access import public
from hub.actors import current_request_id
from hub.rest.problems import MEDIA_TYPE, Problem
from hub.rest.rendering import dump

PAGES = {
    HTTPStatus.BAD_REQUEST: "400.html",
    HTTPStatus.FORBIDDEN: "403.html",
    HTTPStatus.NOT_FOUND: "404.html",
}
EDITED = {HTTPStatus.CONFLICT: "Not saved", HTTPStatus.PRECONDITION_FAILED: "Changed meanwhile"}
BROKEN = Problem(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal",
    "Something went wrong here. Nothing was saved by this step.",
)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Tell ``problem`` in the way the caller can read."""
    if wants_problem(request):
        return as_problem(problem)
    status = HTTPStatus(problem.status)
    context = {
        "problem": problem,
        "title": EDITED.get(status, status.phrase),
        "request_id": current_request_id(),
    }
    page = render(request, PAGES.get(status, "hub/refused.html"), context, status=status)
    for name, value in problem.headers.items():
        page[name] = value
    return page


def as_problem(problem: Problem) -> HttpResponse:
    return HttpResponse(
        dump(problem.as_dict()),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers=dict(problem.headers),
    )


def wants_problem(request: HttpRequest) -> bool:
    """Say whether the answer goes to a script: the API, htmx, or a fetch that asks for JSON."""
    if request.path_info.startswith("/api/v1") or "HX-Request" in request.headers:
        return True
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted and "text/html" not in accepted


@public
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    text = "The request was not understood. Nothing was saved."
    return answer(request, Problem(HTTPStatus.BAD_REQUEST, "bad_request", text))


@public
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    text = "Your role does not allow this."
    return answer(request, Problem(HTTPStatus.FORBIDDEN, "forbidden", text))


@public
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    text = "There is nothing here, or not for you."
    return answer(request, Problem(HTTPStatus.NOT_FOUND, "not_found", text))


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a bug without asking the database, which may be what is broken."""
    if wants_problem(request):
        return as_problem(BROKEN)
    page = get_template("500.html").render({"request_id": current_request_id(), "shell": None})
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    if wants_problem(request):
        text = "The page is out of date. Load it again, then try again."
        return as_problem(Problem(HTTPStatus.FORBIDDEN, "csrf_failed", text))
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)
