from scheduling.models.appointments import Appointment, Occupancy
from scheduling.models.places import Location, Resource, ResourceKind
from scheduling.models.services import Service
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
