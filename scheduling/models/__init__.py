from scheduling.models.appointments import Appointment, CanceledBy, Occupancy
from scheduling.models.catalog import FeeKind, Service, ServiceAtLocation
from scheduling.models.places import Closure, Location, Resource, ResourceKind
from scheduling.models.series import Series, SeriesStatus
from scheduling.models.staff import SpecialHours, Staff, TimeOff, WorkingHours

__all__ = [
    "Appointment",
    "CanceledBy",
    "Closure",
    "FeeKind",
    "Location",
    "Occupancy",
    "Resource",
    "ResourceKind",
    "Series",
    "SeriesStatus",
    "Service",
    "ServiceAtLocation",
    "SpecialHours",
    "Staff",
    "TimeOff",
    "WorkingHours",
]
