from django.urls import path

from scheduling.web.setup import catalog, locations, resources, rota, staff

urlpatterns = [
    path("locations/", locations.locations, name="locations"),
    path("locations/new/", locations.new_location, name="location_new"),
    path("locations/<uuid:pk>/", locations.location, name="location"),
    path("locations/<uuid:pk>/close/", locations.close, name="location_close"),
    path("locations/<uuid:pk>/reopen/", locations.reopen, name="location_reopen"),
    path("locations/<uuid:pk>/closures/", locations.new_closure, name="closure_new"),
    path(
        "locations/<uuid:pk>/closures/<uuid:closure>/end/",
        locations.end_closure,
        name="closure_end",
    ),
    path("rooms/", resources.resources, name="resources"),
    path("rooms/new/", resources.new_resource, name="resource_new"),
    path("rooms/<uuid:pk>/", resources.resource, name="resource"),
    path("rooms/<uuid:pk>/take-out/", resources.take_out, name="resource_end"),
    path("rooms/<uuid:pk>/put-back/", resources.put_back, name="resource_resume"),
    path("services/", catalog.services, name="services"),
    path("services/new/", catalog.new_service, name="service_new"),
    path("services/<uuid:pk>/", catalog.service, name="service"),
    path("services/<uuid:pk>/stop/", catalog.stop, name="service_end"),
    path("services/<uuid:pk>/resume/", catalog.resume, name="service_resume"),
    path("services/<uuid:pk>/at/<uuid:location>/", catalog.at_location, name="service_at"),
    path("staff/", staff.people, name="people"),
    path("staff/new/", staff.new_person, name="staff_new"),
    path("staff/<uuid:pk>/", staff.person, name="staff"),
    path("staff/<uuid:pk>/services/", staff.skills, name="skills"),
    path("staff/<uuid:pk>/end/", staff.end, name="staff_end"),
    path("staff/<uuid:pk>/resume/", staff.resume, name="staff_resume"),
    path("staff/<uuid:pk>/hours/<uuid:location>/", rota.week, name="week"),
    path("staff/<uuid:pk>/special-hours/", rota.special_hours, name="special_hours"),
    path(
        "staff/<uuid:pk>/special-hours/<uuid:special>/end/",
        rota.end_special_hours,
        name="special_hours_end",
    ),
    path("staff/<uuid:pk>/time-off/", rota.time_off, name="time_off"),
    path("staff/<uuid:pk>/time-off/<uuid:absence>/end/", rota.end_time_off, name="time_off_end"),
]
