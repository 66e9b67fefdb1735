"""The breaker: a connection that fails is left alone for longer and longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hub import history
from syncs import jobs, verdicts
from syncs.failures import Transient
from syncs.models import Connection, Job
from syncs.states import JobState
from tests.factories.people import SETUP, person

pytestmark = pytest.mark.django_db
LONGEST_PAUSE = timedelta(minutes=10)


@pytest.mark.parametrize("failures", [4, 1029, 32_767])
def test_an_outage_of_weeks_neither_breaks_the_breaker_nor_kills_its_jobs(failures: int) -> None:
    owner = person("Administrator")
    account = Connection(vendor="hubspot", label="HubSpot", owner=owner, breaker_failures=failures)
    history.create(account, by=SETUP)
    (job_id,) = jobs.request([(account.pk, "pull:contacts")])
    Connection.objects.filter(pk=account.pk).update(breaker_failures=0)
    claim = jobs.claim(job_id=job_id)
    assert claim is not None
    now = timezone.now()

    verdicts.on_failure(claim, account, Transient("The tool is away."), started_at=now)

    account.refresh_from_db()
    assert account.breaker_failures > 0
    assert account.breaker_open_until is not None
    assert account.breaker_open_until <= timezone.now() + LONGEST_PAUSE
    assert Job.objects.get(pk=job_id).state == JobState.READY
