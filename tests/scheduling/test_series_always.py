"""Whatever is done to series in whatever order: no double booking, each date at most once."""

from collections import Counter
from datetime import datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import DomainError
from scheduling.booking import Booking, book_appointment
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment, Series
from scheduling.recurrence import Rule, Unit
from scheduling.repeating.ending import end_series, pause_series, resume_series
from scheduling.repeating.following import Following, change_following
from scheduling.repeating.going_on import go_on_with_all
from scheduling.repeating.starting import start_series
from scheduling.states import AppointmentStatus
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, client, service, staff
from tests.scheduling.invariants import inconsistencies, overlaps

pytestmark = pytest.mark.django_db
Step = tuple[str, int, int, int]
VERBS = ["start"] * 3 + ["book", "cancel", "pause", "resume", "end", "follow", "follow", "wait"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(VERBS),
        st.integers(0, 3),  # which hour
        st.integers(0, 6),  # which day
        st.integers(0, 3),  # which series
    ),
    min_size=3,
    max_size=12,
)


class Desk:
    """A front desk with a clock of its own, and one person to book."""

    def __init__(self) -> None:
        self.at: datetime = MONDAY_9 - timedelta(days=1)
        self.service = service("Check", horizon_days=12, buffer_after_minutes=10)
        self.person = staff(services=[self.service])
        self.customer = client()

    def do(self, step: Step) -> None:
        """Do one step in a transaction of its own; a refusal is a fine answer."""
        name, hour, day, which = step
        known = list(Series.objects.order_by("number"))
        try:
            with transaction.atomic():
                if name in ("start", "book"):
                    self._book(name, hour, day)
                elif name == "wait":
                    self.at += timedelta(days=2)
                    go_on_with_all(at=self.at, by=SETUP)
                elif known:
                    self._change(name, known[which % len(known)], hour, day)
        except DomainError:
            pass

    def _book(self, name: str, hour: int, day: int) -> None:
        start = MONDAY_9 + timedelta(days=day, minutes=50 * hour)
        booking = Booking(self.customer.pk, self.service.pk, self.person.pk, start)
        if name == "book":
            book_appointment(booking, at=self.at, by=SETUP)
            return
        rule = Rule(Unit.DAY, start.date(), interval=1 + hour % 2, count=(None, 4)[day % 2])
        start_series(booking, rule, at=self.at, by=SETUP)

    def _change(self, name: str, series: Series, hour: int, day: int) -> None:
        from_date = (MONDAY_9 + timedelta(days=day)).date()
        common = {"from_date": from_date, "at": self.at, "by": SETUP}
        if name == "cancel":
            visit = series.visits.filter(status="booked").order_by("start_at").first()
            if visit:
                cancel_appointment(visit.pk, reason="Ill", at=self.at, by=SETUP)
        elif name == "follow":
            change_following(series.pk, Following(start_time=time(10 + hour)), **common)  # type: ignore[arg-type]
        elif name == "resume":
            resume_series(series.pk, **common)  # type: ignore[arg-type]
        else:
            verb = pause_series if name == "pause" else end_series
            verb(series.pk, reason="Moves", **common)  # type: ignore[arg-type]


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(STEPS)
def test_no_order_of_steps_books_anybody_or_any_date_twice(steps: list[Step]) -> None:
    with transaction.atomic():
        desk = Desk()
        for step in steps:
            desk.do(step)
            assert overlaps() == inconsistencies() == [], step
        active = Appointment.objects.exclude(status=AppointmentStatus.CANCELED)
        dates = Counter(active.exclude(series=None).values_list("series", "occurs_on"))
        assert set(dates.values()) <= {1}
        for series in Series.objects.all():
            on_rule = set(series.dates(last=series.booked_until))
            kept = series.visits.filter(status="booked", start_at__gt=desk.at)
            assert set(kept.values_list("occurs_on", flat=True)) <= on_rule
        transaction.set_rollback(True)
