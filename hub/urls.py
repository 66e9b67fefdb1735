"""Every address of the hub; each app keeps its own pages."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

# The admin's own form knows neither the second factor nor the limit on failed tries.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("hub.web.urls")),
    # An address is changed by an administrator, through the verb that keeps its history.
    path("accounts/email/", RedirectView.as_view(pattern_name="account_change_password")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("hub.api")),
    path("admin/", admin.site.urls),
    path("customers/", include("customers.web.urls")),
    path("", include("scheduling.web.urls")),
    path("invoices/", include("billing.web.urls")),
    path("", include("syncs.web.urls")),
]

handler400 = "hub.web.errors.bad_request"
handler403 = "hub.web.errors.permission_denied"
handler404 = "hub.web.errors.not_found"
handler500 = "hub.web.errors.server_error"
