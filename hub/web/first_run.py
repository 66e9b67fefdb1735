"""The first page of a new installation: name the business, make its first administrator."""

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hub.access import public
from hub.accounts.models import User
from hub.accounts.people import AlreadySetUp, set_up_business
from hub.errors import DomainError
from hub.web.forms import FirstRunForm, show_error

PATH = "/first-run/"
# What must work before there is anybody: health checks, files of the pages, the API's refusals.
OPEN_PATHS = (PATH, "/healthz", "/readyz", "/static/", "/api/")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

_known_to_be_set_up = False


def detour(request: HttpRequest) -> HttpResponse | None:
    """Return a redirect to the first-run page while nobody exists who could sign in."""
    if request.path_info.startswith(OPEN_PATHS) or is_set_up():
        return None
    return HttpResponseRedirect(PATH)


def is_set_up() -> bool:
    """Say whether there is a person; once it is true it stays so, people are never deleted."""
    global _known_to_be_set_up  # noqa: PLW0603
    if not _known_to_be_set_up:
        _known_to_be_set_up = User.objects.exists()
    return _known_to_be_set_up


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    if is_set_up():
        return redirect("home")
    form = FirstRunForm(request.POST or None)
    if form.is_valid():
        try:
            return _set_up(request, form)
        except AlreadySetUp:
            return redirect("home")
        except DomainError as error:
            show_error(form, error)
    status = 422 if form.is_bound else 200
    return render(request, "hub/first_run.html", {"form": form}, status=status)


def _set_up(request: HttpRequest, form: forms.Form) -> HttpResponse:
    user = set_up_business(**form.cleaned_data, at=timezone.now())
    login(request, user, backend=BACKEND)
    return redirect("home")
