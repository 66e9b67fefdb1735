"""Which objects at a connection a change may have altered, found for many changes at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from hub.models import Change
from scheduling.models import Appointment
from scheduling.states import TO_COME
from syncs import jobs
from syncs.connectors.base import Kind
from syncs.connectors.registry import kinds_of
from syncs.models import Connection, Link

VISITS_RENAMED = 100  # of one customer: the coming ones whose entries tell the name


class Affected:
    """What some changes may have altered; ``at`` parts coming visits from past ones."""

    def __init__(self, changes: Sequence[Change], *, at: datetime) -> None:
        self._changes = changes
        by_kind: dict[str, set[UUID]] = defaultdict(set)
        for change in changes:
            by_kind[change.kind].add(change.local_id)
        self._visits = _coming_visits(by_kind[Kind.CUSTOMER], at=at)
        coming = (visit for visits in self._visits.values() for visit in visits)
        self._appointments = by_kind[Kind.APPOINTMENT].union(coming)

    def keys_for(self, account: Connection) -> list[tuple[Change, list[str]]]:
        """Return each change with the keys of the jobs that it asks of ``account``."""
        covered = _covered(account, self._appointments)
        return [(change, self._keys_of(account, change, covered)) for change in self._changes]

    def _keys_of(self, account: Connection, change: Change, covered: set[UUID]) -> list[str]:
        if change.kind in kinds_of(account.vendor):
            if change.kind == Kind.APPOINTMENT and change.local_id not in covered:
                return []
            return [jobs.object_key(change.kind, change.local_id)]
        if change.kind == Kind.CUSTOMER:  # the name stands in the title of calendar entries
            visits = self._visits.get(change.local_id, ())
            return [jobs.object_key(Kind.APPOINTMENT, one) for one in visits if one in covered]
        return []


def _covered(account: Connection, appointments: set[UUID]) -> set[UUID]:
    """Keep what ``account`` follows: a calendar its own staff, and what moved away from them."""
    staff = account.config.get("staff")
    if staff is None or not appointments:
        return appointments
    own = Appointment.objects.filter(pk__in=appointments).taken_by(map(UUID, staff))
    linked = Link.objects.filter(
        connection=account, kind=Kind.APPOINTMENT, local_id__in=appointments
    )
    return {*own.values_list("pk", flat=True), *linked.values_list("local_id", flat=True)}


def _coming_visits(customers: set[UUID], *, at: datetime) -> Mapping[UUID, Sequence[UUID]]:
    """Return the next appointments of each customer, the first ones first."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    if customers:
        coming = Appointment.objects.filter(
            status__in=TO_COME, end_at__gt=at, customer_id__in=customers
        )
        for customer_id, visit in coming.order_by("start_at").values_list("customer_id", "pk"):
            if len(found[customer_id]) < VISITS_RENAMED:
                found[customer_id].append(visit)
    return found
