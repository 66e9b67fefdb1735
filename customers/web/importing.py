"""Import customers in the browser: file, columns, check, import, what became of each row."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.claims import SYSTEM_LIMIT
from customers.details import home_zone
from customers.importing.mapping import FIELDS
from customers.importing.reading import CSV, UPLOAD_BYTES
from customers.importing.requesting import (
    cancel_import,
    choose_columns,
    start_check,
    start_import,
    too_large,
    upload_import,
)
from customers.importing.returning import Look, changes_nothing, look_at, rejected_lines
from customers.importing.states import MOVING, TRANSITIONS
from customers.importing.tables import UnreadableFile
from customers.models import CustomerImport, ImportState, Outcome
from customers.pending import count_pending_imported
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError

PAGE = 50
IMPORTS_SHOWN = 100
LAST_NUMBER = 2**31 - 1  # that the column can hold
DIGITS = len(str(LAST_NUMBER))
TONES = {
    Outcome.CREATED: "ok",
    Outcome.MATCHED: "info",
    Outcome.REVIEW: "warn",
    Outcome.REJECTED: "bad",
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text=f"CSV or XLSX with headings in the first row, up to {UPLOAD_BYTES >> 20} MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": "Choose a file.",
            "empty": "This file is empty.",
            "max_length": "The name of this file is too long.",
        },
    )


class ColumnsForm(forms.Form):
    """A choice for each heading of the file, called by its place."""

    def __init__(self, found: CustomerImport, look: Look, data: Any = None) -> None:
        super().__init__(data)
        choices = [("", "Leave out"), *FIELDS.items()]
        for place, (heading, examples) in enumerate(look.columns):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=heading,
                choices=choices,
                required=False,
                initial=found.mapping.get(heading, ""),
                help_text=" · ".join(examples) or "This column is empty.",
            )
        self.fields["system"] = forms.CharField(
            label="Where does the file come from?",
            max_length=SYSTEM_LIMIT,
            required=False,
            initial=found.system,
            help_text="Name the tool, such as “Old CRM”: ids in the file are its own.",
        )
        self.headings = [heading for heading, _ in look.columns]

    def mapping(self) -> dict[str, str]:
        return {
            heading: self.cleaned_data[f"column_{place}"]
            for place, heading in enumerate(self.headings)
        }


@require_safe
@requires(Capability.IMPORT_CUSTOMER)
def show_imports(request: HttpRequest) -> HttpResponse:
    found = CustomerImport.objects.select_related("owner").order_by("-created_at", "-pk")
    context = {"imports": found[:IMPORTS_SHOWN], "zone": home_zone()}
    return render(request, "customers/imports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.IMPORT_CUSTOMER)
def upload(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "customers/import_new.html", {"form": UploadForm()})
    form = UploadForm(request.POST, request.FILES)
    if size := getattr(request, "refused_upload_bytes", 0):
        form.fields["file"].error_messages["required"] = too_large(size)
    if form.is_valid():
        file, by = form.cleaned_data["file"], Actor.signed_in(request)
        try:
            found, _ = upload_import(file, file_name=file.name, at=timezone.now(), by=by)
        except UnreadableFile as error:
            form.add_error("file", str(error))
        else:
            return redirect("customers:import", found.pk)
    context, status = {"form": form}, HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "customers/import_new.html", context, status=status)


@require_safe
@requires(Capability.IMPORT_CUSTOMER)
def show_import(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page follows the state: what is to be done next stands on top."""
    found = _found(pk)
    if found.state == ImportState.UPLOADED:
        return redirect("customers:import-columns", found.pk)
    is_known = found.state not in MOVING and changes_nothing(found)
    own = {
        "is_known": is_known,
        "kept_days": settings.IMPORT_FILES_KEPT_DAYS,
        "pending_imported": 0 if found.state in MOVING else count_pending_imported(),
    }
    context = _progress(found) | _rows(request, found) | own
    return render(request, "customers/import.html", context)


@require_safe
@requires(Capability.IMPORT_CUSTOMER)
def show_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bar alone, asked for every second; the whole page comes anew at the end."""
    found = _found(pk)
    response = render(request, "customers/_import_progress.html", _progress(found))
    if found.state not in MOVING:
        response["HX-Refresh"] = "true"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.IMPORT_CUSTOMER)
def columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _found(pk)
    if ImportState.CHECKING not in TRANSITIONS[ImportState(found.state)]:
        return redirect("customers:import", found.pk)
    look = look_at(found)
    form = ColumnsForm(found, look, request.POST if request.method == "POST" else None)
    if form.is_valid():
        by = Actor.signed_in(request)
        try:
            choose_columns(found.pk, form.mapping(), system=form.cleaned_data["system"], by=by)
            start_check(found.pk, at=timezone.now(), by=by)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("customers:import", found.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "import": found, "told": look.told}
    return render(request, "customers/import_columns.html", context, status=status)


@require_POST
@requires(Capability.IMPORT_CUSTOMER)
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        start_import(_found(pk).pk, at=timezone.now(), by=Actor.signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("customers:import", pk)


@require_POST
@requires(Capability.IMPORT_CUSTOMER)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        cancel_import(_found(pk).pk, at=timezone.now(), by=Actor.signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The import was canceled. What it had written stays.")
    return redirect("customers:imports")


@require_safe
@requires(Capability.IMPORT_CUSTOMER)
def send_rejected(_: HttpRequest, pk: UUID) -> HttpResponseBase:
    found = _found(pk)
    if found.file_deleted_at:
        raise Http404("The file was deleted.")
    response = StreamingHttpResponse(rejected_lines(found), content_type=f"{CSV}; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rejected-rows.csv"'
    return response


def _found(pk: UUID) -> CustomerImport:
    return get_object_or_404(CustomerImport.objects.select_related("owner", "file"), pk=pk)


def _progress(found: CustomerImport) -> dict[str, Any]:
    percent = round(100 * found.position / found.total) if found.total else 0
    rows = sum(found.counts.values())
    outcomes = [
        (each, each.label, TONES[each], found.counts.get(each.value, 0)) for each in Outcome
    ]
    return {
        "import": found,
        "is_moving": found.state in MOVING,
        "is_check": found.state in (ImportState.CHECKING, ImportState.CHECKED),
        "percent": percent,
        "rows_done": rows,
        "outcomes": outcomes,
        "rejected": found.counts.get(Outcome.REJECTED.value, 0),
        "useful": rows - found.counts.get(Outcome.REJECTED.value, 0),
        "may_choose": ImportState.CHECKING in TRANSITIONS[ImportState(found.state)],
    }


def _rows(request: HttpRequest, found: CustomerImport) -> dict[str, Any]:
    show = request.GET.get("show", "")
    after = request.GET.get("after", "")
    rows = found.rows.select_related("customer").order_by("number")
    if show in Outcome.values:
        rows = rows.filter(outcome=show)
    if after.isdecimal():
        rows = rows.filter(number__gt=min(int(after[:DIGITS]), LAST_NUMBER))
    shown = list(rows[: PAGE + 1])
    more = f"?show={show}&after={shown[PAGE - 1].number}" if len(shown) > PAGE else ""
    return {
        "rows": [(row, TONES[Outcome(row.outcome)]) for row in shown[:PAGE]],
        "show": show if show in Outcome.values else "",
        "next": more,
        "first": f"?show={show}" if after else "",
        "zone": home_zone(),
    }
