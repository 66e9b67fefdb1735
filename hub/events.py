"""Everything the hub tells the outside, in the past tense."""

from enum import StrEnum


class EventName(StrEnum):
    CUSTOMER_CREATED = "customer.created"
    CUSTOMER_UPDATED = "customer.updated"
    CUSTOMER_MERGED = "customer.merged"
    CUSTOMER_UNMERGED = "customer.unmerged"
    CUSTOMER_EXPORTED = "customer.exported"
    CUSTOMER_ERASED = "customer.erased"

    APPOINTMENT_BOOKED = "appointment.booked"
    APPOINTMENT_UPDATED = "appointment.updated"
    APPOINTMENT_RESCHEDULED = "appointment.rescheduled"
    APPOINTMENT_CANCELED = "appointment.canceled"
    APPOINTMENT_CANCELLATION_UNDONE = "appointment.cancellation_undone"
    APPOINTMENT_COMPLETED = "appointment.completed"
    APPOINTMENT_NO_SHOW = "appointment.no_show"
    APPOINTMENT_REOPENED = "appointment.reopened"

    SERIES_STARTED = "series.started"
    SERIES_UPDATED = "series.updated"
    SERIES_ENDED = "series.ended"

    SESSION_PLANNED = "session.planned"
    SESSION_UPDATED = "session.updated"
    SESSION_RESCHEDULED = "session.rescheduled"
    SESSION_CANCELED = "session.canceled"

    FEED_ADDED = "feed.added"
    FEED_RENEWED = "feed.renewed"
    FEED_REVOKED = "feed.revoked"
    LOCATION_ADDED = "location.added"
    LOCATION_UPDATED = "location.updated"
    RESOURCE_ADDED = "resource.added"
    RESOURCE_UPDATED = "resource.updated"
    SERVICE_ADDED = "service.added"
    SERVICE_UPDATED = "service.updated"
    STAFF_ADDED = "staff.added"
    STAFF_UPDATED = "staff.updated"
    MESSAGE_TEMPLATE_ADDED = "message_template.added"
    MESSAGE_TEMPLATE_UPDATED = "message_template.updated"
    MESSAGE_TEMPLATE_REMOVED = "message_template.removed"

    INVOICE_DRAFTED = "invoice.drafted"
    INVOICE_UPDATED = "invoice.updated"
    INVOICE_DISCARDED = "invoice.discarded"
    INVOICE_ISSUED = "invoice.issued"
    INVOICE_SETTLEMENT_CHANGED = "invoice.settlement_changed"
    INVOICE_WRITTEN_OFF = "invoice.written_off"
    PAYMENT_RECORDED = "payment.recorded"

    PERSON_ADDED = "person.added"
    PERSON_UPDATED = "person.updated"
    PERSON_DEACTIVATED = "person.deactivated"
    ROLE_GRANTED = "role.granted"
    ROLE_REVOKED = "role.revoked"

    CONNECTION_CHANGED = "connection.changed"
    SYNC_RETRIED = "sync.retried"
    CONFLICT_RESOLVED = "conflict.resolved"
