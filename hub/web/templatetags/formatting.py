"""How pages write money, times and people; times always in a named zone, never the server's."""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format

from hub.money import format_amount

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """“€49.00” for the reader's locale; an empty string for nothing."""
    return "" if amount is None else format_amount(amount, currency, "en_US")


@register.filter
def clock(moment: datetime | None, zone: tzinfo | str) -> str:
    """Local time of day, such as “09:30”."""
    return "" if moment is None else _local(moment, zone).strftime("%H:%M")


@register.filter
def day(moment: datetime | date | None, zone: tzinfo | str = "UTC") -> str:
    """“Tue, Nov 24, 2026” in ``zone``; a plain date is taken as it is."""
    if moment is None:
        return ""
    local = _local(moment, zone) if isinstance(moment, datetime) else moment
    return date_format(local, "D, N j, Y")


@register.filter
def moment(value: datetime | None, zone: tzinfo | str) -> str:
    """“Nov 24, 2026, 09:30” in ``zone``."""
    return "" if value is None else date_format(_local(value, zone), "N j, Y, H:i")


@register.filter
def zone_name(zone: tzinfo | str) -> str:
    """“Paris” for Europe/Paris."""
    return str(zone).rpartition("/")[2].replace("_", " ")


@register.filter
def minutes(value: int) -> str:
    """“1 h 45” or “30 min”."""
    hours, rest = divmod(int(value), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def _local(value: datetime, zone: tzinfo | str) -> datetime:
    return value.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)
