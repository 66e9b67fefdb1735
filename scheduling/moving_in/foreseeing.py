"""What would become of each row of a file, without writing anything but the forecast."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

from customers.known import Known
from customers.matching import match_traits
from hub.access import Access
from hub.errors import DomainError
from scheduling import occupying
from scheduling.models import Appointment, Location, MovingOutcome, Occupancy
from scheduling.moving_in import outcomes
from scheduling.moving_in.entering import drafted_of, offer_for
from scheduling.moving_in.entering_series import refused, rule_for
from scheduling.moving_in.knowing import why_taken
from scheduling.moving_in.outcomes import NotedRow
from scheduling.moving_in.stated import Stated
from scheduling.moving_in.understanding import Visit
from scheduling.occupying import SlotTaken, Subject, Survey
from scheduling.offering import Offer
from scheduling.permitting import require_reach
from scheduling.placing import require_room
from scheduling.states import OCCUPYING

Understood = Sequence[tuple[Stated, Visit]]
Units = Sequence[tuple[Subject, int]]


class Forecast:
    """Foresees rows in their order; remembers which time the earlier ones would take."""

    def __init__(self, *, held: Access, with_reminders: bool, at: datetime) -> None:
        self._held, self._with_reminders, self._at = held, with_reminders, at
        self._offers: dict[tuple[object, ...], Offer] = {}
        self._taken: dict[tuple[str, date], list[Occupancy]] = defaultdict(list)
        self._numbers: dict[UUID, int] = {}
        self._keys: dict[tuple[str, str], int] = {}

    def foresee(self, rows: Understood) -> list[NotedRow]:
        """Return what would become of rows that are not here yet, after all the earlier ones."""
        people = Known([visit.traits for _, visit in rows])
        found = []
        for stated, visit in rows:
            try:
                found.append(self._foresee(stated, visit, people))
            except SlotTaken as error:
                found.append(outcomes.conflicting(stated, why_taken(error)))
            except DomainError as error:
                found.append(outcomes.rejected(stated, [str(error)]))
        return found

    def remember(self, rows: Understood) -> None:
        """Note rows that a check has foreseen to be written before it was interrupted."""
        for _, visit in rows:
            self._keys[visit.key] = visit.number
            for single in self._singles(visit):
                with suppress(DomainError):  # somebody was faster: the import will say so
                    self._take(single, *self._free_units(single))

    def _foresee(self, stated: Stated, visit: Visit, people: Known) -> NotedRow:
        if visit.key in self._keys:
            reason = f"It has the same id as row {self._keys[visit.key]} of this file."
            return outcomes.noted(stated, MovingOutcome.KNOWN, [reason])
        require_reach(self._held, visit.staff, visit.place.pk)
        claim = visit.traits.claim
        match = match_traits(visit.traits, people)
        if match.customer is None and not (claim.given_name or claim.family_name):
            return outcomes.rejected(stated, ["Nobody is known by this, and no name is given."])
        self._require_free(visit)
        self._keys[visit.key] = visit.number
        candidates = [(one, match.evidence[one.pk]) for one in match.candidates]
        customer_id = match.customer.pk if match.customer else None
        return outcomes.foreseen(stated, visit, candidates, customer_id, self._told(visit))

    def _told(self, visit: Visit) -> list[str]:
        if visit.repeats is None:
            return []
        rule = rule_for(visit, with_reminders=self._with_reminders, at=self._at)
        return [outcomes.as_series(rule) if rule else outcomes.one_by_one(visit)]

    def _singles(self, visit: Visit) -> list[Visit]:
        """Return what takes time, one by one."""
        if visit.status not in OCCUPYING:
            return []
        return [visit.on(start) for start in visit.repeats.starts] if visit.repeats else [visit]

    def _draft(self, visit: Visit, offer: Offer) -> Appointment:
        return drafted_of(visit, offer, with_reminders=True, at=self._at)

    def _offer(self, visit: Visit) -> Offer:
        past = visit.is_over(at=self._at) or visit.status not in OCCUPYING
        key = (past, visit.service.pk, visit.staff.pk, visit.place.pk)
        if key not in self._offers:
            self._offers[key] = offer_for(visit, at=self._at)
        return self._offers[key]

    def _require_free(self, visit: Visit) -> None:
        """:raises SlotTaken: by an appointment that is here, or by an earlier row."""
        self._offer(visit)
        taken: list[tuple[datetime, str]] = []
        free = []
        for single in self._singles(visit):
            try:
                free.append((single, *self._free_units(single)))
            except SlotTaken as error:
                if visit.repeats is None:
                    raise
                taken.append((single.start_at, str(error)))
        if taken:
            raise refused(visit, taken)
        for single, draft, units in free:
            self._take(single, draft, units)

    def _free_units(self, visit: Visit) -> tuple[Appointment, Units]:
        offer = self._offer(visit)
        draft = self._draft(visit, offer)
        require_room(draft, offer.staff, offer.needs, held=self._held, at=self._at)
        here = occupying.survey(offer.subjects, draft.block, at=self._at, besides=draft)
        return draft, self._units(offer, draft, here)

    def _units(self, offer: Offer, draft: Appointment, here: Survey) -> Units:
        """:raises SlotTaken: an earlier row takes it."""
        units = [self._free_one([offer.staff], draft, here)]
        for need in offer.needs:
            for _ in range(need.count):
                used = [subject for subject, _ in units]
                left = [one for one in need.candidates if one not in used]
                units.append(self._free_one(left, draft, here))
        return units

    def _take(self, visit: Visit, draft: Appointment, units: Units) -> None:
        self._numbers[draft.pk] = visit.number
        for subject, unit in units:
            taken = Occupancy.of(draft, subject.subject, unit)
            for day in _days(draft):
                self._taken[subject.subject, day].append(taken)

    def _free_one(
        self, subjects: Sequence[Subject], draft: Appointment, here: Survey
    ) -> tuple[Subject, int]:
        begin, end = draft.block
        in_the_way: list[Occupancy] = []
        for subject in subjects:
            planned = [
                row
                for day in _days(draft)
                for row in self._taken.get((subject.subject, day), ())
                if row.block.lower < end and begin < row.block.upper
            ]
            in_the_way += planned
            unit = Survey([*here.standing_with(subject), *planned]).free_unit(subject)
            if unit is not None:
                return subject, unit
        numbers = sorted({self._numbers[row.owner.pk] for row in in_the_way})
        raise SlotTaken(_taken_by_rows(subjects, numbers, draft.location))


def _days(draft: Appointment) -> list[date]:
    """Return the days, in UTC, that its block touches: a visit takes a day and buffers at most."""
    first, last = (moment.date() for moment in draft.block)
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def _taken_by_rows(subjects: Sequence[Subject], numbers: Sequence[int], place: Location) -> str:
    name = subjects[0].name if len(subjects) == 1 else f"What it needs at {place}"
    if not numbers:
        return f"{name} is taken then."
    rows = ", ".join(map(str, numbers[:3]))
    return f"{name} is taken then by row {rows} of this file."
