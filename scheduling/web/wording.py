"""Times in the words of the calendar pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from hub.errors import DomainError
from scheduling.letters import BOOKED, CANCELED, DECLINED, MOVED, REMINDER, REQUESTED
from scheduling.local_times import comes_twice, offset_name
from scheduling.models import Appointment
from scheduling.series_letters import SERIES

# Kinds of messages to customers, as the page of an appointment names them.
MESSAGES = {
    BOOKED: "Confirmation",
    MOVED: "Change of time",
    CANCELED: "Cancellation",
    REQUESTED: "Request received",
    DECLINED: "Request declined",
    REMINDER: "Reminder",
    SERIES: "Visits that come again",
}


@dataclass(frozen=True, slots=True)
class Alternative:
    """A free time near a refused one, in the parts that a form is filled with."""

    date: str
    time: str
    label: str


def said_times(appointment: Appointment) -> str:
    """“Tue, Nov 24, 13:00 – 14:45” on the clock of the location."""
    start = appointment.start_at.astimezone(appointment.time_zone)
    end = appointment.end_at.astimezone(appointment.time_zone)
    return f"{start:%a, %b} {start.day}, {start:%H:%M} – {end:%H:%M}"


def said_days(first: date, last: date) -> str:
    """“Mar 1 – 7, 2027”, or “Mar 1, 2027”: as short as it is clear."""
    if first == last:
        return f"{first:%b} {first.day}, {first.year}"
    if first.year != last.year:
        return f"{first:%b} {first.day}, {first.year} – {last:%b} {last.day}, {last.year}"
    month = "" if first.month == last.month else f"{last:%b} "
    return f"{first:%b} {first.day} – {month}{last.day}, {last.year}"


def clock_value(start: datetime, zone: tzinfo) -> str:
    """“13:00”; with its offset only where the clocks show that time twice."""
    local = start.astimezone(zone)
    return f"{local:%H:%M}{local.isoformat()[-6:] if comes_twice(local) else ''}"


def alternative(start_at: datetime, zone: tzinfo) -> Alternative:
    local = start_at.astimezone(zone)
    label = f"{local:%a, %b} {local.day}, {local:%H:%M}"
    return Alternative(f"{local:%Y-%m-%d}", clock_value(start_at, zone), label)


def alternatives_of(error: DomainError, zone: tzinfo) -> list[Alternative]:
    """Return the nearest free times that came with a refusal."""
    listed = error.details.get("alternatives")
    starts = [item["start_at"] for item in listed] if isinstance(listed, list) else []
    return [alternative(datetime.fromisoformat(start), zone) for start in starts]


def fold_choices(choices: Iterable[str]) -> list[tuple[str, str]]:
    """“02:30+02:00” and how to say it, for both meanings of a time that comes twice."""
    meanings = [datetime.fromisoformat(choice) for choice in choices]
    names = ("the first time", "the second time")
    return [
        (f"{at:%H:%M}{at.isoformat()[-6:]}", f"{at:%H:%M}, {name} ({offset_name(at)})")
        for at, name in zip(meanings, names, strict=False)
    ]


def elsewhere(moment: datetime, zone: tzinfo, other: tzinfo) -> str:
    """“07:00 (New York, UTC−5)” where ``other`` shows another time than ``zone``; else nothing."""
    here, there = moment.astimezone(zone), moment.astimezone(other)
    if there.utcoffset() == here.utcoffset():
        return ""
    city = str(other).rpartition("/")[2].replace("_", " ")
    day = "" if there.date() == here.date() else f"{there:%a} "
    return f"{day}{there:%H:%M} ({city}, {offset_name(there)})"


def remaining(span: timedelta) -> str:
    """“9 min” or “40 s”: how long something can still be undone."""
    seconds = max(int(span.total_seconds()), 0)
    return f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s"  # noqa: PLR2004
