"""The matrix of roles and what they allow, in words, as it is kept in the database now."""

from collections import defaultdict

from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.access import ROLES, Capability, requires
from hub.web.wording import CAPABILITIES


@require_safe
@requires(Capability.MANAGE_PEOPLE)
def roles(request: HttpRequest) -> HttpResponse:
    held: dict[str, set[str]] = {name: set() for name in ROLES}
    held = defaultdict(set, held)
    pairs = Group.objects.values_list(
        "name", "permissions__content_type__app_label", "permissions__codename"
    )
    for name, app, codename in pairs.order_by("name", "pk"):
        held[name].add(f"{app}.{codename}")
    rows = [
        (words, [(name, capability in held[name]) for name in held])
        for capability, words in CAPABILITIES.items()
    ]
    return render(request, "hub/roles.html", {"names": list(held), "rows": rows})
