from scheduling.models.appointments import Appointment, Occupancy
from scheduling.models.catalog import Service
from scheduling.models.places import Closure, Location, Resource, ResourceKind
from scheduling.models.staff import SpecialHours, Staff, TimeOff, WorkingHours

__all__ = [
    "Appointment",
    "Closure",
    "Location",
    "Occupancy",
    "Resource",
    "ResourceKind",
    "Service",
    "SpecialHours",
    "Staff",
    "TimeOff",
    "WorkingHours",
]
