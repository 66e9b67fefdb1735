from django.urls import path

from scheduling.web.series import changing, looking, starting

urlpatterns = [
    path("", looking.list_series, name="series_list"),
    path("new/", starting.start, name="series_new"),
    path("<uuid:pk>/", looking.show_series, name="series"),
    path("<uuid:pk>/change/", changing.change, name="series_change"),
    path("<uuid:pk>/end/", changing.end, name="series_end"),
    path("<uuid:pk>/pause/", changing.pause, name="series_pause"),
    path("<uuid:pk>/resume/", changing.resume, name="series_resume"),
]
