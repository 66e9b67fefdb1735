from django.urls import path

from customers.web import choosing, editing, listing, views

app_name = "customers"
urlpatterns = [
    path("", listing.show_list, name="list"),
    path("kept/", listing.keep_list, name="keep-list"),
    path("kept/<uuid:pk>/forget/", listing.forget_list, name="forget-list"),
    path("new/", editing.add, name="new"),
    path("options/", choosing.offer, name="options"),
    path("quick/", choosing.add_quickly, name="quick"),
    path("<uuid:pk>/", views.show_customer, name="detail"),
    path("<uuid:pk>/edit/", editing.edit, name="edit"),
    path("<uuid:pk>/contacts/<uuid:point>/remove/", editing.remove, name="remove-contact"),
]
