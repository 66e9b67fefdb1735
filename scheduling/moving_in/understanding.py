"""What a row means here: with whom, what, when, for whom; or everything that is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import TypeVar

from customers.claims import Claim, ExternalKey, Traits, traits_of
from customers.normalizing import fold, split_name
from hub.errors import InvalidInput
from scheduling.models import Location, Service, Staff
from scheduling.moving_in.calendars import OLD_ID_LENGTH
from scheduling.moving_in.instants import times_of, zone_of
from scheduling.moving_in.naming import Meanings
from scheduling.moving_in.recurring import Repeats, repeats_of
from scheduling.moving_in.stated import TELLING, Repetition, Stated
from scheduling.rules import Rules, rules_of
from scheduling.states import AppointmentStatus
from scheduling.texts import NOTES_LENGTH

_STATUS_WORDS = {
    AppointmentStatus.BOOKED: "booked|confirmed|scheduled|active|accepted|approved|pending|open"
    "|new|tentative|requested|unconfirmed|gebucht|bestatigt",
    AppointmentStatus.COMPLETED: "completed|complete|done|finished|attended|arrived|show|showed"
    "|checked out|fulfilled|closed|paid|erledigt|abgeschlossen",
    AppointmentStatus.NO_SHOW: "no show|noshow|missed|did not attend|dna|absent|nicht erschienen",
    AppointmentStatus.CANCELED: "canceled|CANCELLED|canceled by client|cancelation|cancel|deleted"
    "|declined|rejected|storniert|abgesagt|annule|cancelado",
}
_STATUSES = {
    word.lower(): status for status, words in _STATUS_WORDS.items() for word in words.split("|")
}
CUT = f"The notes were cut after {NOTES_LENGTH:,} characters."
Result = TypeVar("Result")


class NotUsable(Exception):
    """``faults`` are sentences about everything that is wrong with a row."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment of the older system. Times are in UTC; ``told`` are words for people.

    ``old_id`` and ``occurrence`` say which one it is there, whatever file it comes in.
    """

    number: int
    old_id: str
    occurrence: str
    traits: Traits
    service: Service
    staff: Staff
    place: Location
    rules: Rules
    start_at: datetime
    end_at: datetime
    status: AppointmentStatus
    notes: str
    told: tuple[str, ...]
    repeats: Repeats | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.old_id, self.occurrence

    @property
    def length(self) -> timedelta:
        return self.end_at - self.start_at

    def on(self, start_at: datetime) -> "Visit":
        """Return the single visit of what repeats that begins at ``start_at``."""
        return replace(
            self,
            occurrence=start_at.isoformat(),
            start_at=start_at,
            end_at=start_at + self.length,
            repeats=None,
        )

    def by(self, at: datetime) -> "Visit":
        """Return it as it is by then: what was booked and is past took place."""
        if self.status is AppointmentStatus.BOOKED and self.is_over(at=at):
            return replace(self, status=AppointmentStatus.COMPLETED)
        return self

    def is_over(self, *, at: datetime) -> bool:
        return self.end_at <= at


class Understanding:
    """How the rows of one file are read; nothing of it changes while the file is."""

    def __init__(self, meanings: Meanings, *, system: str) -> None:
        self._meanings, self._system = meanings, system
        self._rules: dict[tuple[object, object], Rules] = {}

    def visit_of(self, stated: Stated, *, at: datetime) -> Visit:
        """:raises NotUsable: something about the row forbids to use it; says all of it."""
        values, reading = stated.values, _Reading(stated)
        service = reading.tried(lambda: self._meanings.service(values.get("service", "")))
        staff = reading.tried(lambda: self._meanings.staff(values.get("staff", "")))
        traits = reading.tried(lambda: self._traits(values, staff))
        status = reading.tried(lambda: _status(values.get("status", "")))
        named = values.get("location", "")
        place = self._meanings.location(named, staff) if staff else None
        rules = self._rules_of(service, place) if service and place else None
        times = self._times(reading, stated, place, rules)
        if times and status:
            reading.tried(partial(_require_possible, status, times[0], at=at))
        if not (service and staff and place and rules and traits and status and times):
            raise reading.not_usable()
        if reading.faults:
            raise reading.not_usable()
        visit = Visit(
            number=stated.number,
            old_id=_old_id(values),
            occurrence=stated.occurrence,
            traits=traits,
            service=service,
            staff=staff,
            place=place,
            rules=rules,
            start_at=times[0],
            end_at=times[1],
            status=status,
            notes=_notes(values.get("notes", ""), reading.told),
            told=tuple(reading.told),
        )
        return self._recurring(visit, stated, at=at) if stated.repetition else visit.by(at)

    def _times(
        self, reading: "_Reading", stated: Stated, place: Location | None, rules: Rules | None
    ) -> tuple[datetime, datetime] | None:
        if place is None or stated.faults:
            return None
        return reading.tried(lambda: times_of(stated.values, place, rules, reading.told))

    def _recurring(self, visit: Visit, stated: Stated, *, at: datetime) -> Visit:
        """:raises NotUsable: nothing of what repeats is to come, or it is canceled."""
        if visit.status is not AppointmentStatus.BOOKED:
            raise NotUsable(["All of this series is canceled."])
        zone = zone_of(stated.values.get("time_zone", ""), visit.place)
        clock = zone if datetime.fromisoformat(stated.values["start"]).tzinfo is None else UTC
        first = visit.start_at.astimezone(clock).replace(tzinfo=None, fold=0)
        repetition = stated.repetition or Repetition("", frozenset())
        try:
            repeats = repeats_of(repetition, first, clock, visit.place.time_zone, at=at)
        except InvalidInput as error:
            raise NotUsable([str(error)]) from error
        start_at = repeats.starts[0]
        end_at = start_at + visit.length
        return replace(visit, start_at=start_at, end_at=end_at, repeats=repeats)

    def _rules_of(self, service: Service, place: Location) -> Rules:
        key = (service.pk, place.pk)
        if key not in self._rules:
            self._rules[key] = rules_of(service, place)
        return self._rules[key]

    def _traits(self, values: Mapping[str, str], staff: Staff | None) -> Traits:
        """:raises InvalidInput: a value cannot be right, or nobody is named."""
        given, family = values.get("given_name", ""), values.get("family_name", "")
        if not (given or family):
            given, family = split_name(values.get("name", ""))
        email, phone = values.get("email", ""), values.get("phone", "")
        external = values.get("customer_id", "")
        if not (given or family or email or phone or external):
            raise InvalidInput("No customer is named.", field="name")
        return traits_of(
            Claim(
                given_name=given,
                family_name=family,
                email=email,
                phone=phone,
                external=ExternalKey(self._system, external) if external else None,
                region=staff.location.country if staff else "US",
            )
        )


class _Reading:
    """One row being read: what is wrong with it so far, and what people should be told."""

    def __init__(self, stated: Stated) -> None:
        self.faults = [*stated.faults]
        self.told = [*stated.told]

    def not_usable(self) -> NotUsable:
        return NotUsable(list(dict.fromkeys(self.faults)))

    def tried(self, read: Callable[[], Result]) -> Result | None:
        try:
            return read()
        except InvalidInput as error:
            self.faults.append(str(error))
            return None


def _status(text: str) -> AppointmentStatus:
    word = fold(text).replace("_", " ")
    if not word:
        return AppointmentStatus.BOOKED
    if word not in _STATUSES:
        raise InvalidInput(f"“{text[:60]}” is no status that we know.", field="status")
    return _STATUSES[word]


def _require_possible(status: AppointmentStatus, start_at: datetime, *, at: datetime) -> None:
    if start_at > at and status in (AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW):
        raise InvalidInput("It is over by its status, but has not begun.", field="status")


def _notes(text: str, told: list[str]) -> str:
    kept = text.replace("\x00", "").strip()
    if len(kept) > NOTES_LENGTH:
        told.append(CUT)
    return kept[:NOTES_LENGTH].strip()


def _old_id(values: Mapping[str, str]) -> str:
    """Return the id in the other system, else a hash of who, what and when."""
    given = " ".join(values.get("old_id", "").split()).replace("\x00", "")
    if given:
        long = len(given) > OLD_ID_LENGTH
        return sha256(given.encode()).hexdigest() if long else given
    said = "\n".join(f"{name}:{fold(values.get(name, ''))}" for name in TELLING)
    return "row:" + sha256(said.encode()).hexdigest()
