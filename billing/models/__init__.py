from billing.models.entities import LegalEntity, LocationBilling, NumberSeries, TaxRate
from billing.models.invoices import Invoice, InvoiceLine, InvoiceTax
from billing.models.payments import Allocation, Payment
from billing.models.pictures import DocumentPicture

__all__ = [
    "Allocation",
    "DocumentPicture",
    "Invoice",
    "InvoiceLine",
    "InvoiceTax",
    "LegalEntity",
    "LocationBilling",
    "NumberSeries",
    "Payment",
    "TaxRate",
]
