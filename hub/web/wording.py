"""Capabilities and sources in the words of the pages."""

from hub.access import Capability

CAPABILITIES: dict[str, str] = {
    Capability.VIEW_CUSTOMER: "See all customers",
    Capability.VIEW_OWN_CUSTOMER: "See customers one has appointments with",
    Capability.EDIT_CUSTOMER: "Add and change customers",
    Capability.MERGE_CUSTOMER: "Merge customers, and take a merge back",
    Capability.IMPORT_CUSTOMER: "Import customers from a file",
    Capability.EXPORT_CUSTOMER: "Export customers",
    Capability.ERASE_CUSTOMER: "Erase what is known about a person",
    Capability.VIEW_CALENDAR: "See all appointments",
    Capability.VIEW_OWN_CALENDAR: "See one's own appointments",
    Capability.BOOK_APPOINTMENT: "Book, move and cancel appointments",
    Capability.BOOK_OWN_APPOINTMENT: "Book, move and cancel one's own appointments",
    Capability.OVERRIDE_BOOKING_LIMITS: "Book outside working hours and notice, with a reason",
    Capability.SEE_PRICES: "See prices",
    Capability.SET_UP_SCHEDULE: "Set up locations, staff, rooms and services",
    Capability.IMPORT_APPOINTMENT: "Move appointments in from a file of another system",
    Capability.FLAG_BALANCE: "See whether a customer owes money, not how much",
    Capability.VIEW_INVOICE: "See invoices and balances",
    Capability.DRAFT_INVOICE: "Draft and edit invoices",
    Capability.ISSUE_INVOICE: "Issue invoices",
    Capability.RECORD_PAYMENT: "Record payments",
    Capability.WRITE_OFF_INVOICE: "Write invoices off",
    Capability.VIEW_SYNC: "See how connected tools keep up",
    Capability.RETRY_SYNC: "Retry failed syncs and decide conflicts",
    Capability.MANAGE_CONNECTIONS: "Connect and disconnect tools",
    Capability.MANAGE_PEOPLE: "Invite people, give roles, make API keys",
    Capability.VIEW_HISTORY: "See who changed what",
}
