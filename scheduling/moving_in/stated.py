"""What a row of a table or an event of a calendar says, still in its own words."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

FIELDS: Mapping[str, str] = {
    "date": "Date",
    "start": "Start",
    "end": "End",
    "duration": "Duration",
    "time_zone": "Time zone",
    "location": "Location",
    "service": "Service",
    "staff": "Staff member",
    "name": "Customer’s name (first and last)",
    "given_name": "Customer’s first name",
    "family_name": "Customer’s last name",
    "email": "Customer’s e-mail",
    "phone": "Customer’s phone",
    "customer_id": "Customer’s id in the other system",
    "status": "Status",
    "notes": "Notes",
    "old_id": "Id of the appointment in the other system",
}
# What stands for itself when the old system gave an appointment no id.
TELLING = (
    *("date", "start", "location", "service", "staff"),
    *("name", "given_name", "family_name", "email", "phone", "customer_id"),
)


@dataclass(frozen=True, slots=True)
class Repetition:
    """An RRULE, and the dates besides: instants in UTC, wall times or days, in ISO format."""

    rule: str
    left_out: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stated:
    """``values`` are texts by field, none of them empty; ``faults`` forbid to use them.

    ``occurrence`` is the original start of one visit of a series, as the file writes it;
    ``told`` are sentences that people should read whatever becomes of it.
    """

    number: int
    values: Mapping[str, str]
    faults: tuple[str, ...] = ()
    occurrence: str = ""
    told: tuple[str, ...] = ()
    repetition: Repetition | None = None


# Opens what follows the row with a number, 0 for all of it.
Entries = Callable[[int], AbstractContextManager[Iterator[Stated]]]
