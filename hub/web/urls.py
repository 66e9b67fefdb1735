from django.urls import path

from hub.access import public
from hub.web import (
    api_pages,
    first_run,
    health,
    home,
    keys,
    people,
    roles,
    searching,
    styleguide,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("first-run/", first_run.first_run, name="first_run"),
    path("search/", searching.search, name="search"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/new/", people.new_person, name="person_new"),
    path("settings/people/<uuid:pk>/", people.person, name="person"),
    path("settings/people/<uuid:pk>/roles/", people.give_role, name="role_give"),
    path(
        "settings/people/<uuid:pk>/roles/<uuid:grant>/revoke/", people.take_role, name="role_take"
    ),
    path("settings/people/<uuid:pk>/deactivate/", people.deactivate, name="person_deactivate"),
    path("settings/roles/", roles.roles, name="roles"),
    path("settings/keys/", keys.keys, name="keys"),
    path("settings/keys/new/", keys.new_key, name="key_new"),
    path("settings/keys/<uuid:pk>/revoke/", keys.end_key, name="key_end"),
    path("styleguide/", public(styleguide.styleguide), name="styleguide"),
    path("api/schema/", api_pages.schema, name="api_schema"),
    path("api/docs/", api_pages.docs, name="api_docs"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
