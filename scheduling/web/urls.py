from django.urls import include, path

from scheduling.web import (
    acting,
    appointments,
    booking,
    calendar,
    feeds,
    moving,
    overviews,
    requests,
    subscriptions,
    swapping,
)
from scheduling.web.in_a_row import booking as in_a_row

app_name = "scheduling"

urlpatterns = [
    path("settings/moving-in/", include("scheduling.web.moving_in.urls")),
    path("settings/", include("scheduling.web.setup.urls")),
    path("calendar/", calendar.show_calendar, name="calendar"),
    path("calendar/week/", overviews.show_week, name="calendar_week"),
    path("calendar/month/", overviews.show_month, name="calendar_month"),
    path("calendar/list/", overviews.show_list, name="calendar_list"),
    path("calendar/subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("calendar/subscriptions/<uuid:pk>/renew/", subscriptions.renew, name="feed_renew"),
    path("calendar/subscriptions/<uuid:pk>/revoke/", subscriptions.revoke, name="feed_revoke"),
    path("feeds/<str:token>.ics", feeds.read_feed, name="calendar_feed"),
    path("calendar/feed/", calendar.send_feed, name="feed"),
    path("calendar/in-a-row/", in_a_row.book, name="in_a_row"),
    path("calendar/open-times/", booking.show_open_times, name="open_times"),
    path("visits/<str:token>/", include("scheduling.web.selfservice.urls")),
    path("offers/<str:token>/", include("scheduling.web.selfservice.offer_urls")),
    path("book/", include("scheduling.web.selfservice.online_urls")),
    path("classes/", include("scheduling.web.classes.urls")),
    path("series/", include("scheduling.web.series.urls")),
    path("appointments/", booking.book, name="book"),
    path("appointments/<uuid:pk>/", appointments.show_appointment, name="appointment"),
    path("appointments/<uuid:pk>/card/", appointments.show_card, name="card"),
    path("appointments/<uuid:pk>/notes/", acting.write_notes, name="notes"),
    path("appointments/<uuid:pk>/move/", moving.ask_where_to, name="move"),
    path("appointments/<uuid:pk>/reschedule/", moving.drop, name="reschedule"),
    path("appointments/<uuid:pk>/move-back/", moving.move_back, name="move_back"),
    path("appointments/<uuid:pk>/swap/", swapping.swap, name="swap"),
    path("appointments/<uuid:pk>/swap-back/<uuid:other>/", swapping.swap_back, name="swap_back"),
    path("appointments/<uuid:pk>/cancel/", acting.cancel, name="cancel"),
    path("requests/", requests.list_requests, name="requests"),
    path("appointments/<uuid:pk>/accept/", acting.accept, name="accept"),
    path("appointments/<uuid:pk>/decline/", acting.decline, name="decline"),
    path("appointments/<uuid:pk>/complete/", acting.complete, name="complete"),
    path("appointments/<uuid:pk>/no-show/", acting.note_no_show, name="no_show"),
    path("appointments/<uuid:pk>/reopen/", acting.reopen, name="reopen"),
    path(
        "appointments/<uuid:pk>/undo-cancellation/",
        acting.undo_cancel,
        name="undo_cancellation",
    ),
    path(
        "appointments/<uuid:pk>/confirm-cancellation/",
        acting.confirm_cancel,
        name="confirm_cancellation",
    ),
]
