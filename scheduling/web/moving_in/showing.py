"""What would become of each row of a file, what became of it, and how far it is."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from customers.details import home_zone
from customers.importing.reading import CSV
from customers.importing.states import MOVING
from customers.models import ImportState
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.models import FileKind, MovingIn, MovingOutcome, TakingBack
from scheduling.moving_in.requesting import cancel, start
from scheduling.moving_in.returning import lines_of
from scheduling.moving_in.taking_back import LEFT, can_be_taken_back, take_back
from scheduling.web.moving_in.choosing import may_choose

PAGE = 50
FILES_SHOWN = 100
LAST_NUMBER = 2**31 - 1  # that the column can hold
DIGITS = len(str(LAST_NUMBER))
TONES = {
    MovingOutcome.BOOKED: "ok",
    MovingOutcome.NOTED: "ok",
    MovingOutcome.REVIEW: "warn",
    MovingOutcome.KNOWN: "info",
    MovingOutcome.CONFLICT: "bad",
    MovingOutcome.REJECTED: "bad",
    MovingOutcome.TAKEN_BACK: "info",
}
WRITES = (MovingOutcome.BOOKED, MovingOutcome.NOTED, MovingOutcome.REVIEW)


@require_safe
@requires(Capability.IMPORT_APPOINTMENT)
def show_all(request: HttpRequest) -> HttpResponse:
    found = MovingIn.objects.select_related("owner").order_by("-created_at", "-pk")
    context = {"files": found[:FILES_SHOWN], "zone": home_zone()}
    return render(request, "scheduling/moving_in/files.html", context)


@require_safe
@requires(Capability.IMPORT_APPOINTMENT)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page follows the state: what is to be done next stands on top."""
    found = _found(pk)
    if found.state == ImportState.UPLOADED:
        is_table = found.kind == FileKind.TABLE and not found.mapping
        page = "columns" if is_table or not found.names else "names"
        if found.kind == FileKind.CALENDAR:
            page = "names"
        return redirect(f"scheduling:moving_in_{page}", found.pk)
    context = _progress(found) | _rows(request, found)
    context["kept_days"] = settings.IMPORT_FILES_KEPT_DAYS
    return render(request, "scheduling/moving_in/file.html", context)


@require_safe
@requires(Capability.IMPORT_APPOINTMENT)
def show_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bar alone, asked for every second; the whole page comes anew at the end."""
    found = _found(pk)
    response = render(request, "scheduling/moving_in/_progress.html", _progress(found))
    if not _is_moving(found):
        response["HX-Refresh"] = "true"
    return response


@require_POST
@requires(Capability.IMPORT_APPOINTMENT)
def start_it(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        start(_found(pk).pk, at=timezone.now(), by=Actor.signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("scheduling:moving_in_file", pk)


@require_POST
@requires(Capability.IMPORT_APPOINTMENT)
def cancel_it(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        cancel(_found(pk).pk, at=timezone.now(), by=Actor.signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "It was canceled. What had been moved in stays.")
    return redirect("scheduling:moving_in")


@require_POST
@requires(Capability.IMPORT_APPOINTMENT)
def take_it_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        take_back(_found(pk).pk, at=timezone.now(), by=Actor.signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("scheduling:moving_in_file", pk)


@require_safe
@requires(Capability.IMPORT_APPOINTMENT)
def send_rows(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Send what became of the rows, or of those that are shown."""
    lines = lines_of(_found(pk), outcome=_chosen(request))
    response = StreamingHttpResponse(lines, content_type=f"{CSV}; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="moving-in.csv"'
    return response


def _found(pk: UUID) -> MovingIn:
    return get_object_or_404(MovingIn.objects.select_related("owner"), pk=pk)


def _chosen(request: HttpRequest) -> str:
    show = request.GET.get("show", "")
    return show if show in MovingOutcome.values else ""


def _progress(found: MovingIn) -> dict[str, Any]:
    counts = {each: found.counts.get(each.value, 0) for each in MovingOutcome}
    rows = sum(counts.values())
    return {
        "file": found,
        "is_moving": _is_moving(found),
        "is_taken_back": found.taking_back == TakingBack.DONE,
        "may_take_back": can_be_taken_back(found),
        "taken_back": counts[MovingOutcome.TAKEN_BACK],
        "left": found.counts.get(LEFT, 0),
        "is_check": found.state in (ImportState.CHECKING, ImportState.CHECKED),
        "percent": round(100 * found.position / found.total) if found.total else 0,
        "rows_done": rows,
        "outcomes": [
            (each, each.label, counts[each])
            for each in MovingOutcome
            if counts[each] or each != MovingOutcome.TAKEN_BACK
        ],
        "useful": sum(counts[each] for each in WRITES),
        "conflicts": counts[MovingOutcome.CONFLICT],
        "rejected": counts[MovingOutcome.REJECTED],
        "questions": counts[MovingOutcome.REVIEW],
        "is_known": bool(rows) and counts[MovingOutcome.KNOWN] == rows,
        "may_choose": may_choose(found) and found.file_id is not None,
        "is_table": found.kind == FileKind.TABLE,
    }


def _is_moving(found: MovingIn) -> bool:
    return found.state in MOVING or found.taking_back == TakingBack.RUNNING


def _rows(request: HttpRequest, found: MovingIn) -> dict[str, Any]:
    show, after = _chosen(request), request.GET.get("after", "")
    rows = found.rows.select_related("customer", "appointment", "series").order_by("number")
    if show:
        rows = rows.filter(outcome=show)
    if after.isdecimal():
        rows = rows.filter(number__gt=min(int(after[:DIGITS]), LAST_NUMBER))
    shown = list(rows[: PAGE + 1])
    more = f"?show={show}&after={shown[PAGE - 1].number}" if len(shown) > PAGE else ""
    return {
        "rows": [(row, TONES[MovingOutcome(row.outcome)]) for row in shown[:PAGE]],
        "show": show,
        "next": more,
        "first": f"?show={show}" if after else "",
        "zone": home_zone(),
    }
