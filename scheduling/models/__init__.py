from scheduling.models.appointments import Appointment, Assignment, CanceledBy
from scheduling.models.catalog import FeeKind, Service, ServiceAtLocation
from scheduling.models.external import ExternalBusy, ExternalCalendar
from scheduling.models.feeds import CalendarFeed, FeedDetails
from scheduling.models.groups import GroupSession, GroupStatus
from scheduling.models.holds import Hold
from scheduling.models.marks import BookingSource, Color
from scheduling.models.messages import MessageTemplate
from scheduling.models.moving_in import (
    FileKind,
    MovedIn,
    MovingIn,
    MovingInChoice,
    MovingInRow,
    MovingOutcome,
    TakingBack,
)
from scheduling.models.occupancies import Occupancy, Owner
from scheduling.models.online import OnlineBooking
from scheduling.models.places import Closure, Location, Resource, ResourceKind, StaleCalendars
from scheduling.models.series import Series, SeriesStatus
from scheduling.models.staff import SpecialHours, Staff, TimeOff, WorkingHours
from scheduling.models.waiting import WaitingEntry, WaitingStatus

__all__ = [
    "Appointment",
    "Assignment",
    "BookingSource",
    "CalendarFeed",
    "CanceledBy",
    "Closure",
    "Color",
    "ExternalBusy",
    "ExternalCalendar",
    "FeeKind",
    "FeedDetails",
    "FileKind",
    "GroupSession",
    "GroupStatus",
    "Hold",
    "Location",
    "MessageTemplate",
    "MovedIn",
    "MovingIn",
    "MovingInChoice",
    "MovingInRow",
    "MovingOutcome",
    "Occupancy",
    "OnlineBooking",
    "Owner",
    "Resource",
    "ResourceKind",
    "Series",
    "SeriesStatus",
    "Service",
    "ServiceAtLocation",
    "SpecialHours",
    "Staff",
    "StaleCalendars",
    "TakingBack",
    "TimeOff",
    "WaitingEntry",
    "WaitingStatus",
    "WorkingHours",
]
