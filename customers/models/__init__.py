from customers.models.consents import Channel, Consent
from customers.models.exports import CustomerExport
from customers.models.filters import SavedFilter
from customers.models.identity import IdentityReview, PendingComparison, Recognition, ReviewState
from customers.models.imports import ColumnChoice, CustomerImport, ImportRow, ImportState, Outcome
from customers.models.merges import Merge, MovedRow
from customers.models.people import ContactKind, ContactPoint, Customer, ExternalId

__all__ = [
    "Channel",
    "ColumnChoice",
    "Consent",
    "ContactKind",
    "ContactPoint",
    "Customer",
    "CustomerExport",
    "CustomerImport",
    "ExternalId",
    "IdentityReview",
    "ImportRow",
    "ImportState",
    "Merge",
    "MovedRow",
    "Outcome",
    "PendingComparison",
    "Recognition",
    "ReviewState",
    "SavedFilter",
]
