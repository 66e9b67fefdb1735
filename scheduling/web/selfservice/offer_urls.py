from django.urls import path

from scheduling.web.selfservice import offers

urlpatterns = [
    path("", offers.show, name="offer"),
    path("accept/", offers.take, name="offer_accept"),
    path("decline/", offers.let_go, name="offer_decline"),
]
