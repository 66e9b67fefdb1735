"""Who took customers out of the hub."""

from typing import ClassVar

from django.db import models

from hub.identifiers import uuid7


class CustomerExport(models.Model):
    """One file that was handed out. Only added to; ``query`` is the address of the list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, help_text="csv or xlsx")
    query = models.CharField(max_length=500, blank=True)
    customers = models.PositiveIntegerField(help_text="How many it was about.")
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    source = models.CharField(max_length=16)
    request_id = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["-at"], name="export_by_age")]

    def __str__(self) -> str:
        return f"{self.customers} by {self.actor_name}"
