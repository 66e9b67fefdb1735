"""What is named by a string in one place exists in another."""

from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.utils.module_loading import import_string

from customers.importing.moving import MOVE_TASK
from hub import outbox
from hub.management.programs import Program
from hub.management.stack import Place, applications
from hub.reactions import REACTIONS
from scheduling.moving_in import moving, taking_back
from scheduling.waiting import offering
from syncs import dispatch

REACTING = [(event, verb) for event, verbs in REACTIONS.items() for verb in verbs]
BELLS = {outbox.DISPATCH_TASK, dispatch.RUN, dispatch.RUN_HOT, MOVE_TASK, moving.MOVE_TASK}
BELLS |= {taking_back.TAKE_BACK_TASK, offering.TASK}


@pytest.fixture(scope="module")
def tasks() -> set[str]:
    current_app.loader.import_default_modules()
    return {name for name in current_app.tasks if not name.startswith("celery.")}


@pytest.mark.parametrize(("event", "verb"), REACTING)
def test_a_reaction_is_a_function_that_exists(event: str, verb: str) -> None:
    assert callable(import_string(verb))


def test_every_task_that_is_named_exists(tasks: set[str]) -> None:
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert planned | BELLS | set(settings.CELERY_TASK_ROUTES) <= tasks


def test_every_task_is_started_by_the_schedule_or_a_bell(tasks: set[str]) -> None:
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert tasks == planned | BELLS


def test_every_queue_has_a_worker(tmp_path: Path) -> None:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    programs = applications(Place(tmp_path, "127.0.0.1", 0), {})

    served = {queue for program in programs for queue in _after("-Q", program).split(",")}
    assert routed | {settings.CELERY_TASK_DEFAULT_QUEUE} <= served


def test_every_thread_of_a_worker_can_have_a_connection(tmp_path: Path) -> None:
    """Eight threads shared six connections: two jobs waited, and failed after five seconds."""
    programs = applications(Place(tmp_path, "127.0.0.1", 0), {})

    threaded = [program for program in programs if _after("-P", program) == "threads"]
    assert [one.name for one in threaded] == ["worker"]
    assert int(_after("-c", threaded[0])) <= settings.DATABASE_POOL_SIZE


def _after(option: str, program: object) -> str:
    assert isinstance(program, Program)
    command = list(program.command)
    return command[command.index(option) + 1] if option in command else ""
