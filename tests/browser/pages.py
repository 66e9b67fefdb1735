"""A site of nothing but the look: the style guide in a believable shell, without a database."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path

from hub.web.styleguide import styleguide

PLAIN = ("customers", "invoices", "sync", "settings", "booking")
SIGNED_OUT = ("/accounts/login/", "/accounts/password/reset/", "/first-run/")


def item(url: str, icon: str, label: str, keys: str, count: int = 0) -> dict[str, object]:
    current = url == "/styleguide/"
    return {"url": url, "icon": icon, "label": label, "count": count, "keys": keys} | {
        "bad": count > 3,
        "current": current,
    }


def shell(request: HttpRequest) -> dict[str, object]:
    if request.path in SIGNED_OUT:
        return {"shell": None}
    work = [
        item("/styleguide/", "calendar", "Calendar", "g c"),
        item("/customers/", "users", "Customers", "g u"),
        item("/invoices/", "file-invoice", "Invoices", "g i", 3),
        item("/sync/", "refresh-dot", "Sync health", "g s", 4),
    ]
    manage = [item("/settings/", "settings", "Settings", "g e")]
    return {
        "shell": {
            "business": {"name": "Atelier Lumen", "place": "Lyon · 6 staff"},
            "sections": [{"title": "", "items": work}, {"title": "Manage", "items": manage}],
            "user": {"name": "Nadia Benali", "role": "Front desk"},
            "zone_label": "Paris",
            "timezone": "Europe/Paris",
            "sync": {"state": "warn", "text": "Sync: 4 need attention", "url": "/sync/"},
            "create": {"url": "/booking/", "label": "New booking"},
        }
    }


def with_messages(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Yara Haddad moved to 15:45.", extra_tags="undo:/undo/")
    messages.error(request, "Not moved: Dina Falk is booked 10:30 – 11:15.")
    return styleguide(request)


def plain(request: HttpRequest) -> HttpResponse:
    return render(request, "404.html")


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html")


def search(request: HttpRequest) -> HttpResponse:
    return render(request, "hub/styleguide/_found.html", {"query": request.GET["q"]})


def refuse(request: HttpRequest) -> HttpResponse:
    problem = {"title": "Slot taken", "detail": "Dina Falk is booked 10:30 – 11:15."}
    return JsonResponse(problem, status=409, content_type="application/problem+json")


def undo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204 if request.method == "POST" else 405)


urlpatterns = [
    path("styleguide/", styleguide),
    path("messages/", with_messages),
    path("search/", search),
    path("refuse/", refuse),
    path("undo/", undo),
    path("broken/", broken),
    path("first-run/", lambda request: render(request, "hub/first_run.html")),
    path("accounts/", include("allauth.urls")),
    *(path(f"{name}/", plain) for name in PLAIN),
    path("", plain, name="home"),
]
