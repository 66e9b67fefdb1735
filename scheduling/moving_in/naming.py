"""Which of our services, staff and locations the names in a file mean."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from uuid import UUID

from customers.importing.tables import HEADING_CHARACTERS
from customers.normalizing import fold
from hub.errors import InvalidInput
from scheduling.models import Location, Service, Staff
from scheduling.models.moving_in import MovingInChoice
from scheduling.moving_in.stated import Stated

KINDS = ("service", "staff", "location")
#: So many names of each kind are asked about; the others are matched by their spelling.
NAMES_ASKED = 200
ALIKE = 0.8
#: The name that stands for all that are not chosen by themselves, and for rows without one.
OTHERS = ""
Names = Mapping[str, Mapping[str, str]]


def key_of(name: str) -> str:
    return fold(name)[:HEADING_CHARACTERS]


def names_in(entries: Iterable[Stated]) -> dict[str, dict[str, str]]:
    """Return the most frequent names of each kind, ``{kind: {folded: as it is written}}``."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    spelled: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for entry in entries:
        for kind in KINDS:
            name = entry.values.get(kind, "")
            if key := key_of(name):
                counts[kind][key] += 1
                spelled[kind].setdefault(key, name[:HEADING_CHARACTERS])
    return {
        kind: {key: spelled[kind][key] for key, _ in counts[kind].most_common(NAMES_ASKED)}
        for kind in KINDS
    }


@dataclass(frozen=True)
class Ours:
    """Everything that a name can mean, also what is no longer offered: old visits had it."""

    services: dict[UUID, Service] = field(default_factory=dict)
    staff: dict[UUID, Staff] = field(default_factory=dict)
    locations: dict[UUID, Location] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Ours":
        return cls(
            Service.objects.in_bulk(),
            {one.pk: one for one in Staff.objects.select_related("location")},
            Location.objects.in_bulk(),
        )

    def choices(self, kind: str) -> list[tuple[str, str]]:
        """Return ids and names, those that can be booked first."""
        found = [(not one.is_active, one.name, str(pk)) for pk, one in self._of(kind).items()]
        return [
            (pk, f"{name} (no longer)" if is_gone else name) for is_gone, name, pk in sorted(found)
        ]

    def suggested(self, kind: str, names: Iterable[str]) -> dict[str, str]:
        """Return the id each name means: as it was chosen last, as it is spelled, or nearly."""
        by_name = {key_of(one.name): str(pk) for pk, one in self._of(kind).items()}
        asked = list(names)
        known = MovingInChoice.objects.filter(kind=kind, text__in=asked)
        chosen = dict(known.values_list("text", "choice"))
        ids = set(by_name.values())
        found = {}
        for name in asked:
            near = get_close_matches(name, by_name, n=1, cutoff=ALIKE) if name else []
            guess = by_name.get(name) or (by_name[near[0]] if near else "")
            last = chosen.get(name)
            found[name] = guess if last is None or (last and last not in ids) else last
        return found

    def _of(
        self, kind: str
    ) -> Mapping[UUID, Service] | Mapping[UUID, Staff] | Mapping[UUID, Location]:
        if kind == "service":
            return self.services
        return self.staff if kind == "staff" else self.locations


class Meanings:
    """What the names of one file mean, as somebody chose it."""

    def __init__(self, names: Names, ours: Ours) -> None:
        self._names, self._ours = names, ours
        self._spelled = {
            kind: {key_of(name): pk for pk, name in ours.choices(kind)} for kind in KINDS
        }

    def service(self, name: str) -> Service:
        """:raises InvalidInput: it is none of ours."""
        found = self._id("service", name)
        if found is None or found not in self._ours.services:
            raise InvalidInput(_unknown("service", name), field="service")
        return self._ours.services[found]

    def staff(self, name: str) -> Staff:
        """:raises InvalidInput: nobody of ours is meant."""
        found = self._id("staff", name)
        if found is None or found not in self._ours.staff:
            raise InvalidInput(_unknown("staff member", name), field="staff")
        return self._ours.staff[found]

    def location(self, name: str, staff: Staff) -> Location:
        """Return the chosen location, else where the staff member belongs."""
        found = self._id("location", name)
        return self._ours.locations.get(found or staff.location_id, staff.location)

    def _id(self, kind: str, name: str) -> UUID | None:
        chosen, key = self._names.get(kind, {}), key_of(name)
        found = chosen.get(key) if key else ""
        if found is None:  # more names than could be asked about
            found = self._spelled[kind].get(key, "")
        found = found or chosen.get(OTHERS, "")
        return UUID(found) if found else None


def _unknown(what: str, name: str) -> str:
    if not name:
        return f"No {what} is named."
    return f"No {what} of ours was chosen for “{name[:60]}”."
