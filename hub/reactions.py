"""What happens in an upper app, in the same transaction, when something happens in a lower one.

Dotted names, run in order by ``hub.outbox.record``; one that raises vetoes the change.
"""

from hub.events import EventName

REACTIONS: dict[EventName, tuple[str, ...]] = {
    EventName.APPOINTMENT_BOOKED: ("scheduling.telling.tell_of_booking",),
    EventName.APPOINTMENT_REQUESTED: ("scheduling.telling.tell_of_request",),
    EventName.APPOINTMENT_DECLINED: ("scheduling.telling.tell_of_refusal",),
    EventName.APPOINTMENT_RESCHEDULED: ("scheduling.telling.tell_of_move",),
    EventName.APPOINTMENT_CANCELED: (
        "scheduling.telling.tell_of_cancellation",
        "scheduling.waiting.offering.look_after_cancellation",
        "billing.drafting.drop_lines_of_canceled",
        "billing.drafting.propose_late_fee",
    ),
    EventName.APPOINTMENT_CANCELLATION_UNDONE: ("scheduling.telling.tell_of_booking",),
    EventName.APPOINTMENT_COMPLETED: ("billing.drafting.propose_invoice",),
    EventName.APPOINTMENT_NO_SHOW: ("billing.drafting.propose_late_fee",),
    EventName.APPOINTMENT_REOPENED: ("billing.drafting.refuse_reopening_of_issued",),
    EventName.SERIES_STARTED: ("scheduling.telling.tell_of_series",),
    EventName.SERIES_UPDATED: ("scheduling.telling.tell_of_series",),
    EventName.SERIES_ENDED: ("scheduling.telling.tell_of_series",),
}
