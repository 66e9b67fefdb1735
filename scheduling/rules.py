"""By which rules a service is booked at a location: its own, or what that location has instead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from hub.money import quantize
from scheduling.models import FeeKind, Location, Service, ServiceAtLocation

# What a location may have of its own.
OVERRIDABLE = (
    *("duration_minutes", "buffer_before_minutes", "buffer_after_minutes", "price"),
    *("staff_needed", "rooms_needed", "equipment_needed"),
    *("minimum_notice_minutes", "horizon_days", "cancellation_window_minutes"),
    *("reminder_minutes", "late_fee", "needs_approval", "daily_limit"),
)


@dataclass(frozen=True, slots=True)
class Rules:
    """``price`` and ``late_fee`` are in the currency of the location."""

    is_offered: bool
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    price: Decimal
    staff_needed: int
    rooms_needed: int
    equipment_needed: int
    minimum_notice_minutes: int
    horizon_days: int
    cancellation_window_minutes: int
    reminder_minutes: int
    late_fee: Decimal
    needs_approval: bool
    daily_limit: int
    seats: int

    @property
    def is_group(self) -> bool:
        """Whether it takes place as classes, in which customers take seats."""
        return self.seats > 1


def rules_of(service: Service, location: Location) -> Rules:
    """Return the rules of ``service`` at ``location``, in one query."""
    own = ServiceAtLocation.objects.filter(service=service, location=location).first()
    return _rules(service, location, own)


def rules_at(location: Location, services: Iterable[Service]) -> Mapping[UUID, Rules]:
    """Return the rules of each of ``services`` at ``location``, in one query."""
    own = {row.service_id: row for row in ServiceAtLocation.objects.filter(location=location)}
    return {service.pk: _rules(service, location, own.get(service.pk)) for service in services}


def _rules(service: Service, location: Location, own: ServiceAtLocation | None) -> Rules:
    values = {name: getattr(service, name) for name in OVERRIDABLE}
    if own is not None:
        values |= {
            name: value for name in OVERRIDABLE if (value := getattr(own, name)) is not None
        }
    fee = _late_fee(service.late_fee_kind, values.pop("late_fee"), values["price"])
    return Rules(
        is_offered=own is None or own.is_offered,
        late_fee=quantize(fee, location.currency),
        seats=service.seats,
        **values,
    )


def _late_fee(kind: str, fee: Decimal, price: Decimal) -> Decimal:
    if kind == FeeKind.PERCENT:
        return price * min(fee, Decimal(100)) / 100
    return fee if kind else Decimal(0)
