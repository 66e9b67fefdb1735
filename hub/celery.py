"""The Celery application. Tasks carry ids only; the database rows are the queue."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django_structlog.celery.steps import DjangoStructLogInitStep

from hub import garbage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

app = Celery("hub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks(
    [
        "hub",
        "hub.notifications",
        "customers",
        "customers.importing",
        "scheduling",
        "scheduling.moving_in",
        "billing",
        "syncs",
    ]
)


@worker_init.connect
def _freeze_loaded_code(**_: Any) -> None:
    garbage.freeze_loaded_code()
