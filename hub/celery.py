"""The Celery application. Tasks carry ids only; the database rows are the queue."""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

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
        "billing",
        "syncs",
    ]
)
