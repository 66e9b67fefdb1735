"""Choose a file of appointments, say which column is what, and what its names mean."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from customers.claims import SYSTEM_LIMIT
from customers.importing.states import TRANSITIONS
from customers.importing.tables import UnreadableFile
from customers.models import ImportState
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.models import FileKind, MovingIn
from scheduling.moving_in.naming import OTHERS
from scheduling.moving_in.reading import UPLOAD_BYTES, too_large
from scheduling.moving_in.requesting import (
    Asked,
    choose_columns,
    choose_names,
    names_of,
    start_check,
    upload,
)
from scheduling.moving_in.returning import Look, look_at
from scheduling.moving_in.stated import FIELDS

_TITLES = {"service": "Services", "staff": "Staff", "location": "Locations"}
_OTHERS = {
    "service": ("All other services, and rows that name none", "Leave these rows out"),
    "staff": ("All other people, and rows that name nobody", "Leave these rows out"),
    "location": ("All other locations", "Where the staff member belongs"),
}
_AS_OTHERS = "As for all others"


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text="A calendar (ICS), or CSV or XLSX with headings in the first row, up to"
        f" {UPLOAD_BYTES >> 20} MB.",
        widget=forms.FileInput(attrs={"accept": ".ics,.csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": "Choose a file.",
            "empty": "This file is empty.",
            "max_length": "The name of this file is too long.",
        },
    )


class ColumnsForm(forms.Form):
    """A choice for each heading of the file, called by its place."""

    def __init__(self, found: MovingIn, look: Look, data: Any = None) -> None:
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
        self.headings = [heading for heading, _ in look.columns]

    def mapping(self) -> dict[str, str]:
        return {
            heading: self.cleaned_data[f"column_{place}"]
            for place, heading in enumerate(self.headings)
        }


class NamesForm(forms.Form):
    """Where the file comes from, and a choice for each name in it, called by its place."""

    system = forms.CharField(
        label="Where does the file come from?",
        max_length=SYSTEM_LIMIT,
        help_text="Name the older system, and name it alike for its next file: ids in the file"
        " are its own, and nothing comes in twice.",
        error_messages={"required": "Name the system that the file comes from."},
    )
    with_reminders = forms.BooleanField(
        label="Remind customers of appointments to come",
        required=False,
        help_text="Nobody is told that an appointment was moved in.",
    )

    def __init__(self, found: MovingIn, asked: list[Asked], data: Any = None) -> None:
        initial = {"system": found.system, "with_reminders": found.with_reminders}
        super().__init__(data, initial=initial)
        self._asked = asked
        for one in asked:
            label, nothing = _OTHERS[one.kind]
            for place, (text, written) in enumerate({**one.written, OTHERS: label}.items()):
                blank = nothing if text == OTHERS else _AS_OTHERS
                self.fields[f"{one.kind}_{place}"] = forms.ChoiceField(
                    label=written,
                    choices=[("", blank), *one.choices],
                    required=False,
                    initial=one.suggested.get(text, ""),
                )

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (
                _TITLES[one.kind],
                [self[f"{one.kind}_{place}"] for place in range(len(one.written) + 1)],
            )
            for one in self._asked
        ]

    def names(self) -> dict[str, dict[str, str]]:
        return {
            one.kind: {
                text: self.cleaned_data[f"{one.kind}_{place}"]
                for place, text in enumerate([*one.written, OTHERS])
            }
            for one in self._asked
        }


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.IMPORT_APPOINTMENT)
def upload_file(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "scheduling/moving_in/new.html", {"form": UploadForm()})
    form = UploadForm(request.POST, request.FILES)
    if size := getattr(request, "refused_upload_bytes", 0):
        form.fields["file"].error_messages["required"] = too_large(size)
    if form.is_valid():
        file, by = form.cleaned_data["file"], Actor.signed_in(request)
        try:
            if file.size > UPLOAD_BYTES:
                raise UnreadableFile(too_large(file.size))
            found = upload(file.read(), file_name=file.name, at=timezone.now(), by=by)
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect(_first_page(found), found.pk)
    context, status = {"form": form}, HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "scheduling/moving_in/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.IMPORT_APPOINTMENT)
def columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(MovingIn, pk=pk)
    if not may_choose(found) or found.kind == FileKind.CALENDAR:
        return redirect("scheduling:moving_in_file", found.pk)
    look = look_at(found)
    form = ColumnsForm(found, look, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            choose_columns(found.pk, form.mapping(), by=Actor.signed_in(request))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("scheduling:moving_in_names", found.pk)
    context = {"form": form, "file": found, "told": look.told}
    return _page(request, "scheduling/moving_in/columns.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.IMPORT_APPOINTMENT)
def names(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(MovingIn, pk=pk)
    if not may_choose(found):
        return redirect("scheduling:moving_in_file", found.pk)
    if found.kind == FileKind.TABLE and not found.mapping:
        return redirect("scheduling:moving_in_columns", found.pk)
    form = NamesForm(found, names_of(found), request.POST if request.method == "POST" else None)
    if form.is_valid():
        by, told = Actor.signed_in(request), form.cleaned_data
        try:
            choose_names(
                found.pk,
                form.names(),
                system=told["system"],
                with_reminders=told["with_reminders"],
                by=by,
            )
            start_check(found.pk, at=timezone.now(), by=by)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("scheduling:moving_in_file", found.pk)
    context = {"form": form, "file": found, "is_table": found.kind == FileKind.TABLE}
    return _page(request, "scheduling/moving_in/names.html", form, context)


def may_choose(found: MovingIn) -> bool:
    """Say whether columns and names can still be chosen."""
    return ImportState.CHECKING in TRANSITIONS[ImportState(found.state)]


def _first_page(found: MovingIn) -> str:
    kind = "names" if found.kind == FileKind.CALENDAR else "columns"
    return f"scheduling:moving_in_{kind}"


def _page(
    request: HttpRequest, template: str, form: forms.Form, context: dict[str, Any]
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, context, status=status)
