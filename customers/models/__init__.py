from customers.models.consents import Channel, Consent
from customers.models.exports import CustomerExport
from customers.models.filters import SavedFilter
from customers.models.identity import IdentityReview, PendingComparison, Recognition, ReviewState
from customers.models.imports import ColumnChoice, CustomerImport, ImportRow, ImportState, Outcome
from customers.models.merges import Merge, MovedRow
from customers.models.people import (
    AddressKind,
    ContactKind,
    ContactPoint,
    Customer,
    ExternalId,
    PostalAddress,
)

__all__ = [
    "AddressKind",
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
    "PostalAddress",
    "Recognition",
    "ReviewState",
    "SavedFilter",
]
