"""Query parameters of the list of invoices."""

from billing.states import InvoiceStatus, Settlement
from hub.rest.filters import CodesFilter, IdFilter, MomentFilter, RecordFilters, TextFilter
from scheduling.api.filters import DayFilter


class InvoiceFilters(RecordFilters):
    status = CodesFilter(choices=InvoiceStatus.choices)
    settlement = CodesFilter(choices=Settlement.choices)
    customer = IdFilter("cus", field_name="customer_id")
    location = IdFilter("loc", field_name="location_id")
    appointment = IdFilter(
        "apt", field_name="lines__appointment_id", distinct=True, help_text="Those that bill it."
    )
    number = TextFilter(field_name="number", help_text="Exactly this number.")
    issued_after = MomentFilter(
        field_name="issued_at", lookup_expr="gte", help_text="At this moment or later."
    )
    issued_before = MomentFilter(
        field_name="issued_at", lookup_expr="lt", help_text="Before this moment."
    )
    due_after = DayFilter(
        field_name="due_date", lookup_expr="gte", help_text="On this day or later."
    )
    due_before = DayFilter(field_name="due_date", lookup_expr="lt", help_text="Before this day.")
