"""What is here already of the appointments of an older system."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from hub.identifiers import parse_public_id
from scheduling.models import Appointment, MovedIn
from scheduling.moving_in import outcomes
from scheduling.moving_in.outcomes import NotedRow
from scheduling.moving_in.stated import Stated
from scheduling.moving_in.understanding import Visit
from scheduling.occupying import SlotTaken

NAMED = 3
Here = Mapping[tuple[str, str], MovedIn]


def here_of(system: str, visits: Iterable[Visit]) -> Here:
    """Return what came from ``system`` under the ids of ``visits``."""
    moved = MovedIn.objects.filter(system=system, old_id__in={one.old_id for one in visits})
    found = moved.select_related("appointment", "series")
    return {(one.old_id, one.occurrence): one for one in found}


def known_row(stated: Stated, visit: Visit, here: Here) -> NotedRow | None:
    """Return the row of what is here already; None where something of it is not."""
    if there := here.get(visit.key):
        return outcomes.known(stated, visit, there)
    if visit.repeats:
        singles = [here.get((visit.old_id, start.isoformat())) for start in visit.repeats.starts]
        found = [one for one in singles if one]
        return outcomes.known(stated, visit, found[0]) if len(found) == len(singles) else None
    series = here.get((visit.old_id, ""))
    if visit.occurrence and series and _is_date_of(series, visit.occurrence):
        return outcomes.known(stated, visit, series)
    return None


def why_taken(error: SlotTaken) -> str:
    """Return the refusal, with the codes of the appointments that are in the way."""
    listed: Any = error.details.get("in_the_way", [])
    ids = [parse_public_id("apt", one["appointment"]) for one in listed if "appointment" in one]
    found = Appointment.objects.filter(pk__in=ids).order_by("start_at", "pk")
    codes = ", ".join(one.code for one in found[:NAMED])
    return f"{error} In the way: {codes}." if codes else str(error)


def _is_date_of(moved: MovedIn, occurrence: str) -> bool:
    """Say whether the series that came in has this date as a visit of its own."""
    if moved.series is None:
        return False
    try:
        original = datetime.fromisoformat(occurrence)
    except ValueError:
        return False
    if original.tzinfo:
        original = original.astimezone(moved.series.time_zone)
    return str(original.date()) not in moved.series.left_out
