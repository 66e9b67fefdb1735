"""Send the list that is shown as a file."""

from datetime import datetime

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.exporting import csv_lines, note_export, workbook_file
from customers.importing.reading import CSV, XLSX
from customers.web.listing import listed
from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import InvalidInput


@require_safe
@requires(Capability.EXPORT_CUSTOMER)
def send_csv(request: HttpRequest) -> HttpResponseBase:
    at, query = timezone.now(), request.GET.urlencode()
    found = listed(request, access.of(request), at=at)
    note_export(found, kind="csv", query=query, at=at, by=Actor.signed_in(request))
    response = StreamingHttpResponse(csv_lines(found), content_type=f"{CSV}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name(at)}.csv"'
    return response


@require_safe
@requires(Capability.EXPORT_CUSTOMER)
def send_workbook(request: HttpRequest) -> HttpResponseBase:
    at, query = timezone.now(), request.GET.urlencode()
    found = listed(request, access.of(request), at=at)
    try:
        note_export(found, kind="xlsx", query=query, at=at, by=Actor.signed_in(request))
    except InvalidInput as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('customers:list')}?{query}")
    return FileResponse(
        workbook_file(found),
        as_attachment=True,
        filename=f"{_name(at)}.xlsx",
        content_type=XLSX,
    )


def _name(at: datetime) -> str:
    return f"customers-{at:%Y-%m-%d}"
