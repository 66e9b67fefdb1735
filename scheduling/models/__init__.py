from scheduling.models.appointments import Appointment, Occupancy
from scheduling.models.catalog import Service
from scheduling.models.places import Location, Resource, ResourceKind
from scheduling.models.staff import Staff, WorkingHours

__all__ = [
    "Appointment",
    "Location",
    "Occupancy",
    "Resource",
    "ResourceKind",
    "Service",
    "Staff",
    "WorkingHours",
]
