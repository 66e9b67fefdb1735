"""What a run leaves behind: the value that lost, and the request it came from."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from scheduling.booking import reschedule_appointment
from scheduling.models import Appointment
from syncs import engine
from syncs.models import Attempt, Conflict, Connection, Job
from tests.factories.people import SETUP, actor, person
from tests.syncs.conftest import CalendarProgram, ask_pull
from tests.syncs.test_calendar_sync import moved

pytestmark = pytest.mark.django_db
Sync = Callable[[], None]


def test_the_value_that_lost_is_kept_even_when_the_run_dies_after_the_push(
    visit: Appointment,
    program: CalendarProgram,
    calendar: Connection,
    sync: Sync,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    href, _ = program.only_event()
    program.edit(href, moved(3))
    reschedule_appointment(
        visit.pk, start_at=visit.start_at + timedelta(hours=1), at=timezone.now(), by=SETUP
    )
    monkeypatch.setattr(engine, "settle", die)
    ask_pull(calendar)

    sync()

    assert Conflict.objects.get().type == "both_changed"


def die(*_: object, **__: object) -> None:
    raise SystemError("the power went out")


def test_the_request_id_of_a_change_follows_it_into_its_jobs_and_tries(
    visit: Appointment, sync: Sync
) -> None:
    ben = actor(person("Front desk"))

    reschedule_appointment(
        visit.pk, start_at=visit.start_at + timedelta(hours=2), at=timezone.now(), by=ben
    )
    sync()

    assert ben.request_id == "test-request"
    assert Job.objects.get(key=f"obj:appointment:{visit.pk}").request_id == "test-request"
    assert Attempt.objects.filter(op="update").latest("pk").request_id == "test-request"
