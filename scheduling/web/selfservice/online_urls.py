from django.urls import path

from scheduling.web.selfservice import online, online_keeping

urlpatterns = [
    path("", online.places, name="online"),
    path("<slug:slug>/", online.services, name="online_place"),
    path("<slug:slug>/<uuid:service>/", online.times, name="online_times"),
    path("<slug:slug>/<uuid:service>/you/", online.you, name="online_you"),
    path("<slug:slug>/<uuid:service>/keep/", online_keeping.keep, name="online_keep"),
    path("<slug:slug>/booked/<uuid:key>/", online.booked, name="online_booked"),
]
