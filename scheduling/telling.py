"""Tell the customer what became of an appointment, once it can no longer be undone.

These are reactions (``hub.reactions``): they plan a message in the transaction of the change.
What it says, and whether it goes out at all, is decided when it is sent (``letters``).
"""

from datetime import datetime, timedelta
from uuid import UUID

from hub.actors import Actor, Source
from hub.events import EventName
from hub.models import Change
from hub.notifications import planning, registry
from hub.notifications.models import Notification
from scheduling import letters, series_letters
from scheduling.models import Appointment, Series
from scheduling.series_letters import SERIES

# As long as a drag can be undone in the browser.
UNDO_WINDOW = timedelta(seconds=6)
CANCELED_BEFORE_TOLD = "the appointment was canceled"
BOOKED, MOVED, CANCELED = letters.BOOKED, letters.MOVED, letters.CANCELED
REMINDER = letters.REMINDER
# Changes of a series that are no news for the customer: the next visits get reminders.
NOTHING_NEW = frozenset({"booked_until", "customer", "finished"})


def tell_of_booking(change: Change, by: Actor) -> None:
    """Confirm a new appointment at once; after an undo tell what the cancellation had stopped."""
    appointment = _subject_of(change)
    _plan_reminder(appointment, at=change.at, by=by)
    if change.name == EventName.APPOINTMENT_BOOKED and appointment.series_id:
        return  # its series tells of all its visits
    if change.name == EventName.APPOINTMENT_BOOKED:
        _plan(BOOKED, appointment, due_at=change.at, by=by)
        return
    planning.withdraw(appointment.pk, [CANCELED], reason="withdrawn: undone")
    untold = _left_untold(appointment)
    if untold:
        _plan(untold, appointment, due_at=change.at, by=by)


def tell_of_request(change: Change, by: Actor) -> None:
    """Say that it was received; whether it takes place is told when somebody has answered."""
    _plan(letters.REQUESTED, _subject_of(change), due_at=change.at, by=by)


def tell_of_refusal(change: Change, by: Actor) -> None:
    appointment = _subject_of(change)
    planning.withdraw(appointment.pk, [letters.REQUESTED], reason="superseded")
    _plan(letters.DECLINED, appointment, due_at=change.at, by=by)


def tell_of_move(change: Change, by: Actor) -> None:
    """Tell of the last of several moves, and of none that was taken back."""
    appointment = _subject_of(change)
    planning.withdraw(appointment.pk, [REMINDER], reason="superseded: it was moved")
    _plan_reminder(appointment, at=change.at, by=by)
    planning.withdraw(appointment.pk, [MOVED], reason="superseded")
    if "series" in change.fields:
        return
    unconfirmed = planning.withdraw(appointment.pk, [BOOKED], reason="superseded")
    kind = BOOKED if unconfirmed else MOVED
    _plan(kind, appointment, due_at=change.at + UNDO_WINDOW, by=by)


def tell_of_cancellation(change: Change, by: Actor) -> None:
    """Tell of a cancellation when it can no longer be undone."""
    appointment = _subject_of(change)
    planning.withdraw(appointment.pk, [BOOKED, MOVED, REMINDER], reason=CANCELED_BEFORE_TOLD)
    if "series" in change.fields:
        return
    due_at = appointment.slot_held_until or change.at + UNDO_WINDOW
    _plan(CANCELED, appointment, due_at=due_at, by=by)


def tell_of_series(change: Change, by: Actor) -> None:
    """Tell once of all visits of a series that began, changed, paused or ended."""
    if NOTHING_NEW & change.fields.keys():
        return
    planning.withdraw(change.local_id, [SERIES], reason="superseded")
    if "continued_by" not in change.fields and by.source is not Source.IMPORT:
        series = Series.objects.get(pk=change.local_id)
        planning.plan(
            SERIES,
            subject=series,
            object_version=series.version,
            recipient_id=series.customer_id,
            due_at=change.at + UNDO_WINDOW,
            by=by,
        )


def hasten_cancellation(appointment_id: UUID, *, at: datetime) -> None:
    """Let the message of a cancellation that was confirmed go out now."""
    planning.hasten(appointment_id, [CANCELED], due_at=at)


def register() -> None:
    for kind in (*letters.KINDS, series_letters.KIND):
        registry.register(kind)


def _subject_of(change: Change) -> Appointment:
    return Appointment.objects.select_related("customer", "location").get(pk=change.local_id)


def _left_untold(appointment: Appointment) -> str:
    """Return the kind of message that is still owed after an undo, ``""`` if none is."""
    told = letters.last_told(appointment.pk)
    if told is not None and told.kind == CANCELED:
        return BOOKED
    stopped = Notification.objects.filter(
        object_id=appointment.pk,
        reason=CANCELED_BEFORE_TOLD,
        object_version__gt=told.object_version if told else 0,
    )
    kinds = set(stopped.values_list("kind", flat=True))
    return next((kind for kind in (BOOKED, MOVED) if kind in kinds), "")


def _plan_reminder(appointment: Appointment, *, at: datetime, by: Actor) -> None:
    """Plan it for this version of the time; what was imported is reminded of, too."""
    if not appointment.reminder_minutes or appointment.start_at <= at:
        return
    planning.plan_again(
        REMINDER,
        subject=appointment,
        object_version=appointment.schedule_version,
        recipient_id=appointment.customer_id,
        due_at=letters.remind_at(appointment),
        by=by,
    )


def _plan(kind: str, appointment: Appointment, *, due_at: datetime, by: Actor) -> None:
    if by.source is Source.IMPORT:
        return
    planning.plan(
        kind,
        subject=appointment,
        object_version=appointment.version,
        recipient_id=appointment.customer_id,
        due_at=due_at,
        by=by,
    )
