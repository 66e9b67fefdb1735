"""Files of an older system, and imports of them from upload to the end."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from hub.accounts.models import User
from hub.actors import Actor
from scheduling.models import Location, MovingIn, Service, Staff
from scheduling.moving_in.moving import moving
from scheduling.moving_in.naming import Names
from scheduling.moving_in.requesting import (
    choose_columns,
    choose_names,
    names_of,
    start,
    start_check,
    upload,
)
from tests.factories.people import actor, person
from tests.factories.scheduling import location, service, staff

NOW = datetime(2027, 2, 22, 12, 0, tzinfo=UTC)
SYSTEM = "Old Diary"
HEADINGS = (
    *("Booking id", "Date", "Start", "End", "Service", "Staff", "Customer", "E-mail", "Status"),
)
MARA = ("B1", "2027-03-01", "10:00", "10:45", "Haircut", "Dina Falk", "Mara Winter")
MARA_ROW = (*MARA, "mara@winter.example", "booked")


def ada() -> User:
    return User.objects.filter(name="Ada Manager").first() or person("Manager")


def salon() -> tuple[Location, Service, Staff]:
    """Return a location in Berlin where Dina Falk cuts hair."""
    haircut = service()
    dina = Staff.objects.filter(name="Dina Falk").first() or staff()
    return location(), haircut, dina


def row(old_id: str, start: str = "2027-03-01 10:00", **values: str) -> tuple[str, ...]:
    """Return a row of the table; ``start`` and ``end`` are local times of Berlin."""
    day, _, clock = start.partition(" ")
    told = {"end": "", "service": "Haircut", "staff": "Dina Falk", "name": "Mara Winter"}
    told |= {"email": "mara@winter.example", "status": ""} | values
    return (old_id, day, clock, *told.values())


def many(count: int) -> list[tuple[str, ...]]:
    """Return rows of as many appointments of March, none in the way of another."""
    return [row(f"B{n}", f"2027-03-{n % 28 + 1:02d} {8 + n // 28:02d}:00") for n in range(count)]


def table(*rows: Sequence[str], headings: Sequence[str] = HEADINGS, sign: str = ",") -> bytes:
    kept = io.StringIO(newline="")
    csv.writer(kept, delimiter=sign).writerows([headings, *rows])
    return kept.getvalue().encode()


def event(uid: str, *lines: str, start: str = "DTSTART;TZID=Europe/Berlin:20270301T100000") -> str:
    """Return a VEVENT of 45 minutes with Mara, unless ``lines`` say other things."""
    told = [f"UID:{uid}", start, *lines]
    names = {line.split(":")[0].split(";")[0] for line in told}
    usual = {
        "SUMMARY": "SUMMARY:Haircut",
        "ORGANIZER": "ORGANIZER;CN=Dina Falk:mailto:dina@salon.example",
        "ATTENDEE": "ATTENDEE;CN=Mara Winter:mailto:mara@winter.example",
    }
    if not {"DTEND", "DURATION"} & names:
        usual["DURATION"] = "DURATION:PT45M"
    told += [line for name, line in usual.items() if name not in names]
    return "\r\n".join(["BEGIN:VEVENT", *told, "END:VEVENT"])


def calendar(*parts: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Old Diary//EN", *parts, "END:VCALENDAR"]
    return ("\r\n".join(lines) + "\r\n").encode()


def uploaded(content: bytes, *, by: Actor | None = None, at: datetime = NOW) -> MovingIn:
    return upload(content, file_name="diary.csv", at=at, by=by or actor(ada()))


def checked(
    content: bytes,
    *,
    names: Names | None = None,
    mapping: Mapping[str, str] | None = None,
    system: str = SYSTEM,
    with_reminders: bool = True,
    at: datetime = NOW,
) -> MovingIn:
    """Upload and check, with guessed columns and names but for those that are given."""
    salon()
    by = actor(ada())
    found = uploaded(content, by=by, at=at)
    if found.headings:
        choose_columns(found.pk, found.mapping | dict(mapping or {}), by=by)
        found.refresh_from_db()
    meant = {
        one.kind: dict(one.suggested) | dict((names or {}).get(one.kind, {}))
        for one in names_of(found)
    }
    choose_names(found.pk, meant, system=system, with_reminders=with_reminders, by=by)
    start_check(found.pk, at=at, by=by)
    return work(found, at=at)


def moved_in(content: bytes, *, at: datetime = NOW, **choices: object) -> MovingIn:
    return run(checked(content, at=at, **choices), at=at)  # type: ignore[arg-type]


def run(found: MovingIn, *, at: datetime = NOW) -> MovingIn:
    start(found.pk, at=at, by=actor(ada()))
    return work(found, at=at)


def work(found: MovingIn, *, at: datetime = NOW) -> MovingIn:
    """Do what a worker does until there is nothing left."""
    with moving(found.pk, at=at) as mover:
        while mover and mover.step(at=at):
            pass
    found.refresh_from_db()
    return found


def told(found: MovingIn) -> list[tuple[int, str, list[str]]]:
    rows = found.rows.order_by("number")
    return [(one.number, str(one.outcome), one.reasons) for one in rows]


def outcomes(found: MovingIn) -> list[str]:
    return [outcome for _, outcome, _ in told(found)]
