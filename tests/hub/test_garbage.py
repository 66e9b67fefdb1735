"""Long-lived processes do not search their own code for garbage."""

import subprocess
import sys

OBJECTS_OF_DJANGO_ALONE = 50_000  # of the hub there are more than twice as many


def test_a_web_process_leaves_its_code_alone() -> None:
    program = "import gc, hub.wsgi; print(gc.get_freeze_count())"

    assert printed_by(program) > OBJECTS_OF_DJANGO_ALONE


def test_a_worker_leaves_its_code_alone() -> None:
    program = """
import gc
from celery.signals import worker_init
from hub.celery import app
app.loader.import_default_modules()
worker_init.send(sender=None)
print(gc.get_freeze_count())
"""

    assert printed_by(program) > OBJECTS_OF_DJANGO_ALONE


def printed_by(program: str) -> int:
    """Return the number that a new process prints, which has frozen nothing before."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True
    )
    return int(done.stdout)
