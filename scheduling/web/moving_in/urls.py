from django.urls import path

from scheduling.web.moving_in import choosing, showing

urlpatterns = [
    path("", showing.show_all, name="moving_in"),
    path("new/", choosing.upload_file, name="moving_in_new"),
    path("<uuid:pk>/", showing.show, name="moving_in_file"),
    path("<uuid:pk>/columns/", choosing.columns, name="moving_in_columns"),
    path("<uuid:pk>/names/", choosing.names, name="moving_in_names"),
    path("<uuid:pk>/start/", showing.start_it, name="moving_in_start"),
    path("<uuid:pk>/cancel/", showing.cancel_it, name="moving_in_cancel"),
    path("<uuid:pk>/take-back/", showing.take_it_back, name="moving_in_take_back"),
    path("<uuid:pk>/progress/", showing.show_progress, name="moving_in_progress"),
    path("<uuid:pk>/rows.csv", showing.send_rows, name="moving_in_rows"),
]
