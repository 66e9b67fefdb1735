from django.urls import path

from billing.web import documents, editing, issuing, listing, pages, panels, paying

app_name = "billing"
urlpatterns = [
    path("", listing.show_list, name="list"),
    path("new/", issuing.begin, name="new"),
    path("of-customer/<uuid:customer_id>/", panels.of_customer, name="of_customer"),
    path("of-appointment/<uuid:appointment_id>/", panels.of_appointment, name="of_appointment"),
    path("<uuid:pk>/", pages.show, name="invoice"),
    path("<uuid:pk>/lines/", editing.save_lines, name="lines"),
    path("<uuid:pk>/preview/", editing.preview, name="preview"),
    path("<uuid:pk>/discard/", editing.discard, name="discard"),
    path("<uuid:pk>/issue/", issuing.issue, name="issue"),
    path("<uuid:pk>/pay/", paying.pay, name="pay"),
    path("<uuid:pk>/write-off/", paying.write_off, name="write_off"),
    path("<uuid:pk>/document/", documents.show_frame, name="document"),
    path("<uuid:pk>/document.pdf", documents.send_pdf, name="pdf"),
    path("<uuid:pk>/document.png", documents.send_picture, name="picture"),
    path("<uuid:pk>/arithmetic/", documents.show_arithmetic, name="arithmetic"),
]
