"""The life of an appointment, in one table. “Rescheduled” is an event and a count, not a state.

Time can be held before there is an appointment: see ``models.holds``.
"""

from django.db import models


class AppointmentStatus(models.TextChoices):
    REQUESTED = "requested", "Requested"
    BOOKED = "booked", "Booked"
    COMPLETED = "completed", "Completed"
    NO_SHOW = "no_show", "No-show"
    CANCELED = "canceled", "Canceled"
    DECLINED = "declined", "Declined"


S = AppointmentStatus

TRANSITIONS: dict[AppointmentStatus, frozenset[AppointmentStatus]] = {
    S.REQUESTED: frozenset({S.BOOKED, S.DECLINED}),
    S.BOOKED: frozenset({S.COMPLETED, S.NO_SHOW, S.CANCELED}),
    S.COMPLETED: frozenset({S.BOOKED}),  # reopened within a day, unless invoiced
    S.NO_SHOW: frozenset({S.BOOKED}),
    S.CANCELED: frozenset({S.BOOKED}),  # only undo, while the slot is still held for it
    S.DECLINED: frozenset(),
}

# Not over yet, as far as their status says.
TO_COME = (S.REQUESTED, S.BOOKED)

# These keep the slot. A canceled appointment keeps it too, until ``slot_held_until``.
OCCUPYING = frozenset({S.REQUESTED, S.BOOKED, S.COMPLETED, S.NO_SHOW})
