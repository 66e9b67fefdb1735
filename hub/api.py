"""The router of /api/v1: one line for each resource."""

from billing.api.viewsets import InvoiceViewSet
from customers.api.duplicates import DuplicateViewSet
from customers.api.merging import MergeViewSet
from customers.api.viewsets import CustomerViewSet
from hub.rest.routing import DeclaredRouter
from scheduling.api.catalog import (
    LocationViewSet,
    ResourceViewSet,
    ServiceViewSet,
    StaffViewSet,
)
from scheduling.api.feeds import FeedViewSet
from scheduling.api.holds import HoldViewSet
from scheduling.api.in_a_row import RowsViewSet
from scheduling.api.rota import (
    ClosureViewSet,
    SpecialDayViewSet,
    TimeOffViewSet,
    WorkingHoursViewSet,
)
from scheduling.api.series import SeriesViewSet
from scheduling.api.sessions import SessionViewSet
from scheduling.api.viewsets import AppointmentViewSet, AvailabilityViewSet
from scheduling.api.waiting import WaitingEntryViewSet

router = DeclaredRouter()
router.register("customers", CustomerViewSet, basename="customers")
router.register("duplicates", DuplicateViewSet, basename="duplicates")
router.register("merges", MergeViewSet, basename="merges")
router.register("appointments", AppointmentViewSet, basename="appointments")
router.register("invoices", InvoiceViewSet, basename="invoices")
router.register("availability", AvailabilityViewSet, basename="availability")
router.register("availability/in-a-row", RowsViewSet, basename="in-a-row")
router.register("holds", HoldViewSet, basename="holds")
router.register("sessions", SessionViewSet, basename="sessions")
router.register("waiting-entries", WaitingEntryViewSet, basename="waiting-entries")
router.register("series", SeriesViewSet, basename="series")
router.register("locations", LocationViewSet, basename="locations")
router.register("services", ServiceViewSet, basename="services")
router.register("staff", StaffViewSet, basename="staff")
router.register("resources", ResourceViewSet, basename="resources")
router.register("closures", ClosureViewSet, basename="closures")
router.register("working-hours", WorkingHoursViewSet, basename="working-hours")
router.register("special-days", SpecialDayViewSet, basename="special-days")
router.register("time-off", TimeOffViewSet, basename="time-off")
router.register("feeds", FeedViewSet, basename="feeds")

urlpatterns = router.urls
