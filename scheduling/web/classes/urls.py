from django.urls import path

from scheduling.web.classes import changing, looking, planning

urlpatterns = [
    path("", looking.list_classes, name="classes"),
    path("new/", planning.plan, name="class_new"),
    path("<uuid:pk>/", looking.show_class, name="class"),
    path("<uuid:pk>/move/", changing.move, name="class_move"),
    path("<uuid:pk>/seats/", changing.seats, name="class_seats"),
    path("<uuid:pk>/cancel/", changing.cancel, name="class_cancel"),
]
