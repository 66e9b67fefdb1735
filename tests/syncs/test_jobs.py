"""The queue: one holder at a time, nothing lost, nothing acknowledged that was not read."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from syncs import jobs
from syncs.jobs import Claim
from syncs.models import Connection, Job
from syncs.states import ConnectionStatus, JobState
from tests.factories.syncs import make_account
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db
KEY = "obj:customer:00000000-0000-7000-8000-000000000001"


@pytest.fixture
def account() -> Connection:
    return make_account()


def want(account: Connection, key: str = KEY) -> int:
    (job_id,) = jobs.request([(account.pk, key)])
    return job_id


def claimed(job_id: int) -> Claim:
    claim = jobs.claim(job_id=job_id)
    assert claim is not None
    return claim


def let_lease_end(job_id: int) -> None:
    Job.objects.filter(pk=job_id).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_many_wishes_are_one_job(account: Connection) -> None:
    ids = {want(account) for _ in range(5)}

    job = Job.objects.get()
    assert ids == {job.pk}
    assert (job.wanted_seq, job.state) == (5, JobState.READY)


def test_a_claimed_job_is_not_claimed_again(account: Connection) -> None:
    job_id = want(account)
    claimed(job_id)

    assert jobs.claim(job_id=job_id) is None


def test_what_is_wanted_during_a_run_is_wanted_after_it(account: Connection) -> None:
    job_id = want(account)
    claim = claimed(job_id)
    want(account)

    jobs.finish(claim)

    job = Job.objects.get()
    assert (job.done_seq, job.wanted_seq, job.state) == (1, 2, JobState.READY)


def test_the_one_who_lost_the_lease_cannot_finish(account: Connection) -> None:
    job_id = want(account)
    paused = claimed(job_id)
    let_lease_end(job_id)
    successor = claimed(job_id)

    assert jobs.finish(paused) is None
    assert not jobs.put_back(paused, delay_seconds=0, code="x", message="", counts=True)
    assert not jobs.stop(paused, state=JobState.DEAD, code="x", message="")
    assert jobs.finish(successor) is not None


def test_a_lost_lease_is_counted(account: Connection) -> None:
    job_id = want(account)
    claimed(job_id)
    let_lease_end(job_id)

    assert claimed(job_id).lost_leases == 1


def test_a_wish_keeps_the_back_off_of_a_failing_job(account: Connection) -> None:
    job_id = want(account)
    jobs.put_back(claimed(job_id), delay_seconds=60, code="x", message="", counts=True)

    want(account)

    assert jobs.claim(job_id=job_id) is None
    assert Job.objects.get().attempts == 1


def test_a_wish_revives_a_stopped_job_with_a_fresh_budget(account: Connection) -> None:
    job_id = want(account)
    jobs.stop(claimed(job_id), state=JobState.DEAD, code="x", message="broken")

    want(account)

    job = Job.objects.get()
    assert (job.state, job.attempts) == (JobState.READY, 0)


def test_a_change_during_the_last_try_keeps_a_job_alive(account: Connection) -> None:
    job_id = want(account)
    claim = claimed(job_id)
    want(account)

    jobs.stop(claim, state=JobState.DEAD, code="x", message="broken")

    assert Job.objects.get().state == JobState.READY


@pytest.mark.parametrize(
    "values",
    [
        {"status": ConnectionStatus.PAUSED},
        {"status": ConnectionStatus.AUTH_REQUIRED},
        {"breaker_open_until": timezone.now() + timedelta(hours=1)},
        {"available_at": timezone.now() + timedelta(hours=1)},
    ],
)
def test_a_closed_connection_lets_its_jobs_wait(
    account: Connection, values: dict[str, object]
) -> None:
    job_id = want(account)
    Connection.objects.update(**values)

    assert jobs.claim(job_id=job_id) is None
    assert jobs.due() == []
    assert Job.objects.get().attempts == 0


def test_no_more_run_at_once_than_the_connection_allows(account: Connection) -> None:
    Connection.objects.update(max_concurrency=2)
    for _ in range(5):
        want(account, f"obj:customer:{uuid4()}")

    held = [jobs.claim(connection_id=account.pk) for _ in range(5)]

    assert sum(claim is not None for claim in held) == 2


def test_due_jobs_are_rung_only_as_far_as_there_is_room(account: Connection) -> None:
    for _ in range(10):
        want(account, f"obj:customer:{uuid4()}")

    assert len(jobs.due()) == account.max_concurrency


def test_feeds_leave_a_place_for_single_objects(account: Connection) -> None:
    """Three feeds are as many as HubSpot has, and as may run there at once."""
    for stream in ("contacts", "meetings", "deals"):
        want(account, jobs.pull_key(stream))
    reading = [jobs.claim(connection_id=account.pk) for _ in range(3)]

    booking = want(account)

    assert sum(claim is not None for claim in reading) == 2
    assert [job_id for job_id, _ in jobs.due()] == [booking]
    assert jobs.claim(job_id=booking) is not None
    assert jobs.due() == []


def test_a_feed_runs_even_where_only_one_may_run_at_once(account: Connection) -> None:
    Connection.objects.update(max_concurrency=1)
    pull = want(account, jobs.pull_key("contacts"))

    assert [job_id for job_id, _ in jobs.due()] == [pull]
    assert jobs.claim(job_id=pull) is not None


def test_a_stopped_job_must_say_why(account: Connection) -> None:
    want(account)

    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(state=JobState.DEAD, last_code=None)


def test_a_job_never_acknowledges_more_than_was_wanted(account: Connection) -> None:
    want(account)

    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(done_seq=7)


@pytest.mark.django_db(transaction=True)
def test_fifty_workers_at_one_job_make_one_claim() -> None:
    job_id = want(make_account())

    claims = at_once(50, lambda _: jobs.claim(job_id=job_id))

    assert sum(isinstance(claim, Claim) for claim in claims) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_row_lock_several_workers_claim_one_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: the same race with the protection off."""
    job_id = want(make_account())
    unlocked = jobs._CLAIM.replace("FOR UPDATE OF job SKIP LOCKED", "").replace(
        "FROM due WHERE job.id = due.id", "FROM due, pg_sleep(0.2) WHERE job.id = due.id"
    )
    monkeypatch.setattr(jobs, "_CLAIM", unlocked)

    claims = at_once(50, lambda _: jobs.claim(job_id=job_id))

    assert sum(isinstance(claim, Claim) for claim in claims) > 1
