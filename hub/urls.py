"""Every address of the hub; each app keeps its own pages."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("hub.web.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("hub.api")),
    path("admin/", admin.site.urls),
    path("customers/", include("customers.web.urls")),
    path("", include("scheduling.web.urls")),
    path("", include("syncs.web.urls")),
]

handler400 = "hub.web.errors.bad_request"
handler403 = "hub.web.errors.permission_denied"
handler404 = "hub.web.errors.not_found"
handler500 = "hub.web.errors.server_error"
