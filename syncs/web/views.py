"""The sync pages: what is in step, what is not, and what a person can do about it."""

from collections.abc import Callable
from datetime import timedelta
from operator import attrgetter
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from billing.models import Invoice
from customers.models import Customer
from hub import access
from hub.access import Access, Capability, requires
from hub.actors import Actor
from hub.errors import DomainError
from hub.listing import render_part
from scheduling.models import Appointment
from syncs import connecting, deciding, freshness
from syncs import overview as reading
from syncs.connectors.base import Kind
from syncs.models import Connection, Job
from syncs.reviewing import review
from syncs.states import ConnectionStatus

RANGES = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
TONES = {"active": "ok", "degraded": "warn", "paused": "", "disabled": ""}
ICONS = {"caldav": "calendar-time", "hubspot": "cloud"}
TRIES_PER_PAGE = 50


@requires(Capability.VIEW_SYNC)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    over = RANGES.get(request.GET.get("range", ""), RANGES["24h"])
    figures = freshness.figures(over=over)
    accounts = Connection.objects.select_related("owner").prefetch_related("streams")
    connections = [
        {
            "row": connection,
            "icon": ICONS.get(connection.vendor, "plug-connected"),
            "tone": TONES.get(connection.status, "bad"),
            "figures": figures.get(connection.pk, freshness.NOTHING),
            "streams": sorted(connection.streams.all(), key=attrgetter("name")),
        }
        for connection in accounts.order_by("label", "pk")
    ]
    context = {
        "figures": figures[None],
        "connections": connections,
        "items": reading.needs_attention(),
        "review": review(access.of(request), at=timezone.now()),
        "may_answer": access.of(request).can(Capability.EDIT_CUSTOMER),
        "ranges": RANGES,
        "chosen": next(name for name, length in RANGES.items() if length == over),
        "may_retry": access.of(request).can(Capability.RETRY_SYNC),
        "may_manage": access.of(request).can(Capability.MANAGE_CONNECTIONS),
    }
    return render_part(request, context, page="syncs/overview.html", part="syncs/_overview.html")


@requires(Capability.VIEW_SYNC)
@require_GET
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    found = get_object_or_404(Job.objects.select_related("connection"), pk=job_id)
    name, url = reading.names_of([found.key[4:]]).get(found.key[4:], (found.key, ""))
    page = Paginator(found.tries.order_by("-pk"), TRIES_PER_PAGE).get_page(1)
    return render(
        request,
        "syncs/job.html",
        {
            "job": found,
            "name": name,
            "url": url,
            "tries": page.object_list,
            "may_retry": access.of(request).can(Capability.RETRY_SYNC),
        },
    )


@requires(Capability.RETRY_SYNC)
@require_POST
def decide(request: HttpRequest, conflict_id: UUID) -> HttpResponse:
    _act(
        request,
        "Decided.",
        lambda by: deciding.decide(
            conflict_id, answer=request.POST.get("answer", ""), at=timezone.now(), by=by
        ),
    )
    return redirect("syncs:overview")


@requires(Capability.RETRY_SYNC)
@require_POST
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    _act(request, "It is tried again now.", lambda by: connecting.retry_job(job_id, by=by))
    return redirect("syncs:overview")


@requires(Capability.RETRY_SYNC)
@require_POST
def retry_all(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    _act(
        request,
        "All of it is tried again now.",
        lambda by: connecting.retry_all(connection_id, by=by),
    )
    return redirect("syncs:overview")


@requires(Capability.MANAGE_CONNECTIONS)
@require_POST
def set_status(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    wanted = request.POST.get("status")
    if wanted not in {ConnectionStatus.ACTIVE, ConnectionStatus.PAUSED}:
        raise Http404
    _act(
        request,
        "Paused." if wanted == ConnectionStatus.PAUSED else "Running again.",
        lambda by: connecting.set_status(connection_id, status=ConnectionStatus(wanted), by=by),
    )
    return redirect("syncs:overview")


@requires(Capability.VIEW_SYNC)
@require_GET
def links(request: HttpRequest, kind: str, local_id: UUID) -> HttpResponse:
    """Where a record lives, as a panel of that record's page."""
    if not _may_see(kind, local_id, access.of(request)):
        raise Http404
    rows = [
        {"link": link, "state": reading.state_of(link), "icon": ICONS.get(link.connection.vendor)}
        for link in reading.links_of(kind, local_id)
    ]
    return render(request, "syncs/_links.html", {"rows": rows})


def _may_see(kind: str, local_id: UUID, held: Access) -> bool:
    if kind == Kind.CUSTOMER:
        return Customer.objects.visible_to(held).filter(pk=local_id).exists()
    if kind == Kind.APPOINTMENT:
        return Appointment.objects.visible_to(held).filter(pk=local_id).exists()
    return kind == Kind.INVOICE and Invoice.objects.visible_to(held).filter(pk=local_id).exists()


@access.public
@require_GET
def health(_request: HttpRequest) -> JsonResponse:
    figures = freshness.health()
    return JsonResponse(figures, status=200 if figures["ok"] else 503)


def _act(request: HttpRequest, done: str, verb: Callable[[Actor], object]) -> None:
    try:
        verb(Actor.signed_in(request))
    except (Job.DoesNotExist, Connection.DoesNotExist):
        raise Http404 from None
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
