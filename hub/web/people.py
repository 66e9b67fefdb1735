"""The people who sign in and the roles they have: for administrators."""

from dataclasses import replace
from uuid import UUID

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.contrib import messages
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub import history_reading
from hub.access import Capability, requires
from hub.accounts.models import RoleGrant, User
from hub.accounts.people import add_person, deactivate_person
from hub.accounts.roles import grant_role, revoke_role
from hub.actors import Actor
from hub.errors import DomainError
from hub.history_reading import Entry
from hub.web.forms import PersonForm, RoleForm, show_error
from scheduling.models import Location

ROLE_GRANT = str(RoleGrant._meta.verbose_name)  # noqa: SLF001


@require_safe
@requires(Capability.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    shown = _everybody().order_by("-is_active", "name", "pk")
    return render(request, "hub/people.html", {"people": shown, "places": _place_names()})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def new_person(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, roles=_role_names(), locations=_location_choices())
    if form.is_valid():
        try:
            user = _add(form, Actor.signed_in(request))
        except DomainError as error:
            show_error(form, error)
        else:
            _tell(request, user, has_password=bool(form.cleaned_data["password"]))
            return redirect("person", pk=user.pk)
    status = 422 if form.is_bound else 200
    return render(request, "hub/person_new.html", {"form": form}, status=status)


@require_safe
@requires(Capability.MANAGE_PEOPLE)
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _person_page(request, get_object_or_404(_everybody(), pk=pk), _role_form())


@require_POST
@requires(Capability.MANAGE_PEOPLE)
def give_role(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = get_object_or_404(_everybody(), pk=pk)
    form = _role_form(request)
    if form.is_valid():
        try:
            _grant(user, form, Actor.signed_in(request))
        except DomainError as error:
            show_error(form, error)
        else:
            messages.success(request, f"{user} is {form.cleaned_data['role']} now.")
            return redirect("person", pk=user.pk)
    return _person_page(request, user, form, status=422)


@require_POST
@requires(Capability.MANAGE_PEOPLE)
def take_role(request: HttpRequest, pk: UUID, grant: UUID) -> HttpResponse:
    held = get_object_or_404(RoleGrant.objects.filter(user=pk, revoked_at=None), pk=grant)
    try:
        revoke_role(held.pk, at=timezone.now(), by=Actor.signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{held.user} is no longer {held.role.name}.")
    return redirect("person", pk=pk)


@require_POST
@requires(Capability.MANAGE_PEOPLE)
def deactivate(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = get_object_or_404(_everybody(), pk=pk)
    try:
        deactivate_person(user.pk, by=Actor.signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{user} cannot sign in any more.")
    return redirect("person", pk=pk)


def _person_page(
    request: HttpRequest, user: User, form: forms.Form, status: int = 200
) -> HttpResponse:
    grants = list(user.grants.select_related("role").order_by("granted_at", "pk"))
    context = {
        "person": user,
        "grants": [grant for grant in grants if grant.revoked_at is None],
        "form": form,
        "is_self": user.pk == request.user.pk,
        "edits": _told(history_reading.entries(user, *grants)),
        "places": _place_names(),
    }
    return render(request, "hub/person.html", context, status=status)


def _told(entries: list[Entry]) -> list[Entry]:
    """Say of a grant what it means; a list of empty befores says nothing of a new person."""
    told = []
    for entry in entries:
        if entry.subject == ROLE_GRANT:
            words = "Role given" if entry.is_first else "Role taken away"
            told.append(replace(entry, title=words))
        else:
            told.append(replace(entry, changes=()) if entry.is_first else entry)
    return told


def _everybody() -> QuerySet[User]:
    live = RoleGrant.objects.filter(revoked_at=None).select_related("role").order_by("role__name")
    return User.objects.prefetch_related(Prefetch("grants", queryset=live, to_attr="live_grants"))


@transaction.atomic
def _add(form: forms.Form, by: Actor) -> User:
    values = form.cleaned_data
    user = add_person(
        email=values["email"], name=values["name"], password=values["password"] or None, by=by
    )
    if values["role"]:
        _grant(user, form, by)
    return user


def _grant(user: User, form: forms.Form, by: Actor) -> None:
    place = form.cleaned_data["location"]
    grant_role(
        user.pk,
        role=form.cleaned_data["role"],
        location_id=UUID(place) if place else None,
        at=timezone.now(),
        by=by,
    )


def _tell(request: HttpRequest, user: User, *, has_password: bool) -> None:
    if has_password:
        messages.success(request, f"{user} can sign in now.")
        return
    invitation = ResetPasswordForm(data={"email": user.email})
    try:
        if invitation.is_valid():
            invitation.save(request)
    except OSError:
        messages.warning(request, f"{user} was added, but the mail could not be sent.")
    else:
        messages.success(request, f"{user} gets a link by mail to choose a password.")


def _role_form(request: HttpRequest | None = None) -> RoleForm:
    data = request.POST if request else None
    return RoleForm(data, roles=_role_names(), locations=_location_choices())


def _role_names() -> list[str]:
    return list(Group.objects.values_list("name", flat=True))


def _location_choices() -> list[tuple[str, str]]:
    active = Location.objects.filter(is_active=True).order_by("name", "pk")
    return [(str(pk), name) for pk, name in active.values_list("pk", "name")]


def _place_names() -> dict[UUID | None, str]:
    names: dict[UUID | None, str] = {None: "All locations"}
    return names | dict(Location.objects.values_list("pk", "name"))
