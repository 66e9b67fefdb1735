from django.urls import path

from customers.web import (
    choosing,
    consent,
    duplicates,
    editing,
    listing,
    merging,
    privacy,
    timeline,
    views,
)

app_name = "customers"
urlpatterns = [
    path("", listing.show_list, name="list"),
    path("kept/", listing.keep_list, name="keep-list"),
    path("kept/<uuid:pk>/forget/", listing.forget_list, name="forget-list"),
    path("new/", editing.add, name="new"),
    path("options/", choosing.offer, name="options"),
    path("quick/", choosing.add_quickly, name="quick"),
    path("duplicates/", duplicates.show_queue, name="duplicates"),
    path("duplicates/<uuid:pk>/different/", duplicates.differ, name="differ"),
    path("duplicates/<uuid:pk>/later/", duplicates.postpone, name="postpone"),
    path("duplicates/<uuid:pk>/again/", duplicates.reopen, name="ask-again"),
    path("merges/<uuid:pk>/undo/", merging.undo, name="unmerge"),
    path("<uuid:pk>/merge/<uuid:other>/", merging.merge, name="merge"),
    path("<uuid:pk>/", views.show_customer, name="detail"),
    path("<uuid:pk>/edit/", editing.edit, name="edit"),
    path("<uuid:pk>/contacts/<uuid:point>/remove/", editing.remove, name="remove-contact"),
    path("<uuid:pk>/consent/", consent.record, name="consent"),
    path("<uuid:pk>/export/", privacy.export, name="export-one"),
    path("<uuid:pk>/erase/", privacy.erase, name="erase"),
    path("<uuid:pk>/edits/<int:key>/undo/", timeline.undo, name="undo-edit"),
]
