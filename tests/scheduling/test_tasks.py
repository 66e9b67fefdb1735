"""What the scheduler calls by name reads the clock and calls one verb."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone

from hub.celery import app
from scheduling.canceling import cancel_with_undo
from scheduling.models import Appointment
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import booked, client
from tests.scheduling.trails import minutes

pytestmark = pytest.mark.django_db


def run(name: str) -> None:
    app.loader.import_default_modules()
    app.tasks[name]()


@pytest.mark.parametrize("name", ["scheduling.release_expired", "notifications.send_due"])
def test_the_task_is_on_the_schedule(name: str) -> None:
    entries = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]

    assert name in entries


def test_expired_slots_are_released() -> None:
    now = timezone.now()
    held = cancel_with_undo(
        booked().pk, reason="Deleted", undo_until=now - minutes(1), at=now - minutes(16), by=SETUP
    )

    run("scheduling.release_expired")
    run("scheduling.release_expired")

    assert Appointment.objects.get(pk=held.pk).slot_held_until is None


def test_due_messages_are_sent() -> None:
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(days=1)
    appointment = booked(client(email="mara@winter.example"), start=start)
    cancel_with_undo(
        appointment.pk,
        reason="Deleted",
        undo_until=timezone.now() - minutes(1),
        at=timezone.now() - minutes(16),
        by=actor(person("Front desk")),
    )

    run("notifications.send_due")
    run("notifications.send_due")

    assert [message.to for message in mail.outbox] == [["mara@winter.example"]]
