"""Entry points for Celery: read the clock, make one call. Arguments are job ids, nothing else."""

from celery import shared_task
from django.utils import timezone

from syncs import dispatch as dispatching
from syncs import running, sweeping


@shared_task(name="syncs.dispatch")
def dispatch() -> int:
    return dispatching.dispatch(at=timezone.now())


@shared_task(name="syncs.run_hot_job")
def run_hot_job(job_id: str) -> int:
    return running.run_job(int(job_id), clock=timezone.now)


@shared_task(name="syncs.run_job")
def run_job(job_id: str) -> int:
    return running.run_job(int(job_id), clock=timezone.now)


@shared_task(name="syncs.sweep")
def sweep() -> int:
    return sweeping.sweep(at=timezone.now())
