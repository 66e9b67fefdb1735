from django.urls import path

from syncs.web import views

app_name = "syncs"
urlpatterns = [
    path("sync/", views.overview, name="overview"),
    path("sync/conflicts/<uuid:conflict_id>/", views.decide, name="decide"),
    path("sync/jobs/<int:job_id>/", views.job, name="job"),
    path("sync/jobs/<int:job_id>/retry/", views.retry, name="retry"),
    path("sync/connections/<uuid:connection_id>/retry/", views.retry_all, name="retry_all"),
    path("sync/connections/<uuid:connection_id>/status/", views.set_status, name="set_status"),
    path("sync/of/<str:kind>/<uuid:local_id>/", views.links, name="links"),
    path("healthz/sync", views.health, name="health"),
]
