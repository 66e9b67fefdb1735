from django.urls import path

from scheduling.web.waiting import acting, joining, listing, looking

urlpatterns = [
    path("", listing.list_waiting, name="waiting"),
    path("new/", joining.add, name="waiting_new"),
    path("of-customer/<uuid:customer_id>/", looking.of_customer, name="waiting_of_customer"),
    path("<uuid:pk>/", looking.show_entry, name="waiting_entry"),
    path("<uuid:pk>/change/", joining.change, name="waiting_change"),
    path("<uuid:pk>/book/", acting.book, name="waiting_book"),
    path("<uuid:pk>/leave/", acting.take_off, name="waiting_leave"),
    path("<uuid:pk>/come-back/", acting.put_back, name="waiting_come_back"),
]
