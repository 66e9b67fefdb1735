from django.urls import path

from scheduling.web.selfservice import moving, visits

urlpatterns = [
    path("", visits.show, name="visit"),
    path("confirm/", visits.confirm, name="visit_confirm"),
    path("cancel/", visits.cancel, name="visit_cancel"),
    path("move/", moving.move, name="visit_move"),
    path("appointment.ics", visits.send_file, name="visit_file"),
]
