"""Plan messages and take them back, inside the transaction of the change they tell of."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from hub import outbox
from hub.actors import Actor
from hub.notifications.models import Notification, NotificationStatus

SEND_TASK = "notifications.send_due"


def plan(
    kind: str,
    *,
    subject: models.Model,
    object_version: int,
    recipient_id: UUID,
    due_at: datetime,
    by: Actor,
) -> Notification:
    """Note that ``recipient_id`` is to be told, not before ``due_at``.

    A second plan for the same version of ``subject`` changes nothing: it can exist only once.
    """
    notification = Notification(
        kind=kind,
        object_id=subject.pk,
        object_version=object_version,
        recipient_id=recipient_id,
        due_at=due_at,
        request_id=by.request_id,
    )
    Notification.objects.bulk_create([notification], ignore_conflicts=True)
    outbox.ring_after_commit(SEND_TASK)
    return notification


def plan_again(
    kind: str,
    *,
    subject: models.Model,
    object_version: int,
    recipient_id: UUID,
    due_at: datetime,
    by: Actor,
) -> None:
    """Do what ``plan`` does; one that was withdrawn before it went out is planned once more."""
    known = Notification.objects.filter(
        kind=kind,
        object_id=subject.pk,
        object_version=object_version,
        recipient_id=recipient_id,
        status=NotificationStatus.NOT_SENT,
    )
    again = known.update(
        status=NotificationStatus.PLANNED, due_at=due_at, reason="", decided_at=None
    )
    if not again:
        plan(
            kind,
            subject=subject,
            object_version=object_version,
            recipient_id=recipient_id,
            due_at=due_at,
            by=by,
        )


def withdraw(subject_id: UUID, kinds: Iterable[str], *, reason: str = "withdrawn") -> int:
    """Take back what is still planned about ``subject_id``; return how many messages.

    A message that is being sent at this moment is not taken back any more.
    """
    return _planned(subject_id, kinds).update(
        status=NotificationStatus.NOT_SENT, reason=reason, decided_at=Now()
    )


def hasten(subject_id: UUID, kinds: Iterable[str], *, due_at: datetime) -> int:
    """Let what is planned about ``subject_id`` go out at ``due_at``; return how many messages."""
    outbox.ring_after_commit(SEND_TASK)
    return _planned(subject_id, kinds).update(due_at=due_at)


def _planned(subject_id: UUID, kinds: Iterable[str]) -> models.QuerySet[Notification]:
    return Notification.objects.filter(
        object_id=subject_id, kind__in=list(kinds), status=NotificationStatus.PLANNED
    )
