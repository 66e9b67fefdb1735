"""Two people, or two workers, at one series in the same moment."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from hub.actors import Actor
from hub.errors import DomainError, StaleVersion
from scheduling.models import Appointment, Series
from scheduling.recurrence import Rule, Unit
from scheduling.repeating import going_on
from scheduling.repeating.ending import SeriesIsOver
from scheduling.repeating.following import Following, change_following
from scheduling.repeating.going_on import go_on
from scheduling.repeating.starting import VisitsRefused, start_series
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, service, staff
from tests.factories.threads import at_once
from tests.scheduling.invariants import deadlocks, inconsistencies, overlaps
from tests.scheduling.recurring import MONDAY, WEEK_BEFORE, WEEKLY, asked, started

pytestmark = pytest.mark.django_db(transaction=True)
JOB = Actor.job("go on with series")


def tried(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except (DomainError, IntegrityError) as error:
        return error


def test_of_two_who_start_the_same_series_one_gets_all_visits_and_one_none() -> None:
    hired = staff()
    bookings = [asked(staff=hired) for _ in range(2)]
    before = deadlocks()

    ended = at_once(
        2, lambda n: tried(lambda: start_series(bookings[n], WEEKLY, at=WEEK_BEFORE, by=SETUP))
    )

    assert sorted(type(one).__name__ for one in ended) == ["Series", "VisitsRefused"]
    refused = next(one for one in ended if isinstance(one, VisitsRefused))
    assert len(refused.details["visits"]) == 4  # type: ignore[arg-type]
    assert (Series.objects.count(), Appointment.objects.count()) == (1, 4)
    assert overlaps() == inconsistencies() == []
    assert deadlocks() == before


def short_series() -> Series:
    short = service("Check", horizon_days=20)
    return started(Rule(Unit.WEEK, MONDAY), service_id=short.pk, staff=staff(services=[short]))


def test_two_workers_that_go_on_with_a_series_book_each_date_once() -> None:
    series = short_series()
    later = MONDAY_9 + timedelta(weeks=2)

    booked = at_once(4, lambda _: go_on(series.pk, at=later, by=JOB))

    assert sorted(booked) == [0, 0, 0, 3]  # type: ignore[type-var]
    assert series.visits.count() == 5
    series.refresh_from_db()
    assert series.left_out == {}, "nobody met what a colleague had just booked"


def test_without_holding_the_series_they_get_in_each_others_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: each decides about the same dates."""
    series = short_series()
    later = MONDAY_9 + timedelta(weeks=2)
    unlocked = Series.objects.select_related("service", "location")
    monkeypatch.setattr(going_on, "locked", lambda pk: unlocked.get(pk=pk))

    ended = at_once(4, lambda _: tried(lambda: go_on(series.pk, at=later, by=JOB)))

    series.refresh_from_db()
    collided = [one for one in ended if isinstance(one, IntegrityError)]
    assert collided or series.left_out or ended.count(3) > 1


def test_of_two_who_change_what_follows_one_is_told_that_it_is_over() -> None:
    series = started()

    def change(place: int) -> Any:
        return tried(
            lambda: change_following(
                series.pk,
                Following(start_time=time(13 + place)),
                from_date=MONDAY + timedelta(weeks=1),
                expected_version=1,
                at=WEEK_BEFORE,
                by=SETUP,
            )
        )

    ended = at_once(2, change)

    won = [one for one in ended if isinstance(one, Series)]
    lost = [one for one in ended if isinstance(one, StaleVersion | SeriesIsOver)]
    assert (len(won), len(lost)) == (1, 1), ended
    assert won[0].visits.count() == 3
    assert overlaps() == inconsistencies() == []
