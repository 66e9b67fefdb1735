"""The own words of messages to customers: a list, a form, and how it will read."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.details import LANGUAGES
from hub import access, history_reading
from hub.access import requires
from hub.actors import Actor
from hub.errors import StaleVersion
from scheduling.composing import BUILT_IN, Words, compose, sample_of
from scheduling.models import MessageTemplate, Service
from scheduling.models.messages import MessageKind
from scheduling.placeholders import MEANINGS, names_for
from scheduling.setup.messages import (
    add_template,
    change_template,
    drafted_template,
    remove_template,
)
from scheduling.web.setup.forms import initial_of
from scheduling.web.setup.locations import PLANS
from scheduling.web.setup.message_forms import NewWordsForm, WordsForm
from scheduling.web.setup.saving import Row, do, late, save


@require_safe
@requires(*PLANS)
def message_templates(request: HttpRequest) -> HttpResponse:
    listed = MessageTemplate.objects.select_related("service")
    context = {
        "templates": [
            (one, LANGUAGES.get(one.language, one.language))
            for one in listed.order_by("kind", "language", "service__name", "pk")
        ],
        "built_in": [LANGUAGES[code] for code in sorted(BUILT_IN)],
        "may_add": _is_everywhere(request),
    }
    return render(request, "scheduling/setup/message_templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*PLANS)
def new_message_template(request: HttpRequest) -> HttpResponse:
    initial = {"kind": request.GET.get("kind", MessageKind.BOOKED)}
    form = NewWordsForm(request.POST or None, initial=initial, services=_services())
    by = Actor.signed_in(request)
    if save(form, lambda: add_template(*form.about(), form.values(), by=by)):
        return redirect("scheduling:message_templates")
    context = {"form": form, "placeholders": _placeholders(MessageKind.MOVED)}
    status = 422 if form.is_bound else 200
    return render(request, "scheduling/setup/message_template_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*PLANS)
def message_template(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _found(pk)
    form = WordsForm(request.POST or None, initial=initial_of(found, WordsForm))

    def verb() -> MessageTemplate:
        return change_template(
            pk,
            form.values(),
            by=Actor.signed_in(request),
            expected_version=form.expected_version(),
        )

    try:
        if save(form, verb):
            return redirect("scheduling:message_templates")
    except StaleVersion:
        newest = _found(pk)
        rows = late(form, WordsForm(initial=initial_of(newest, WordsForm)))
        return _page(request, newest, form, stale=rows, status=409)
    return _page(request, found, form, status=422 if form.is_bound else 200)


@require_POST
@requires(*PLANS)
def preview_message(request: HttpRequest) -> HttpResponse:
    """Answer how a message with these words will read, or what is wrong with them."""
    form = NewWordsForm(request.POST, services=_services())
    words = save(form, lambda: _sample(form))
    context = {"form": form, "words": words}
    return render(request, "scheduling/setup/_message_preview.html", context)


@require_POST
@requires(*PLANS)
def remove_message_template(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, by = _found(pk), Actor.signed_in(request)
    do(request, lambda: remove_template(pk, by=by), f"{found}: back to the usual words.")
    return redirect("scheduling:message_templates")


def _sample(form: NewWordsForm) -> Words:
    kind, language, service_id = form.about()
    template = drafted_template(kind, language, service_id, form.values())
    occasion = sample_of(kind, language, template.service, at=timezone.now())
    return compose(occasion, template)


def _page(
    request: HttpRequest,
    template: MessageTemplate,
    form: WordsForm,
    *,
    stale: list[Row] | None = None,
    status: int,
) -> HttpResponse:
    context = {
        "template": template,
        "language": LANGUAGES.get(template.language, template.language),
        "form": form,
        "stale": stale,
        "placeholders": _placeholders(template.kind),
        "edits": history_reading.entries(template),
    }
    return render(request, "scheduling/setup/message_template.html", context, status=status)


def _found(pk: UUID) -> MessageTemplate:
    return get_object_or_404(MessageTemplate.objects.select_related("service"), pk=pk)


def _services() -> QuerySet[Service]:
    return Service.objects.order_by("name", "pk")


def _placeholders(kind: str) -> list[tuple[str, str]]:
    return [(f"{{{name}}}", MEANINGS[name]) for name in names_for(kind)]


def _is_everywhere(request: HttpRequest) -> bool:
    """Words are for all locations; whose role is for some of them reads only."""
    return access.of(request).locations is None
