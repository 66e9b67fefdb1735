"""What was kept for a while only goes in time, and nothing else does."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from hub.forgetting import forget_old_rows
from hub.models import RequestCount, StoredAnswer
from hub.tasks import forget

pytestmark = pytest.mark.django_db


def test_what_is_past_its_time_goes() -> None:
    now = timezone.now()
    for key, age in (("old", timedelta(hours=25)), ("new", timedelta(hours=23))):
        StoredAnswer.objects.create(
            principal="p", key=key, request_sha256="", status=201, body="", answered_at=now - age
        )
    for key, days in (("gone", -1), ("live", 1)):
        Session.objects.create(session_key=key, expire_date=now + timedelta(days=days))
        RequestCount.objects.create(bucket=key, count=1, ends_at=now + timedelta(days=days))
    cache.set("spent", 1, timeout=1)

    forgotten = forget_old_rows(at=now + timedelta(seconds=5))

    assert forgotten == {"answers": 1, "sessions": 1, "counters": 2}
    assert StoredAnswer.objects.get().key == "new"
    assert Session.objects.get().session_key == "live"
    assert RequestCount.objects.get().bucket == "live"


def test_the_schedule_has_a_task_for_it() -> None:
    assert forget.name == "hub.forget_old_rows"
    forget()
