"""Many senders at once, and what others see while a message is under way."""

from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone

from hub.accounts.models import User
from hub.notifications import planning, registry
from hub.notifications.models import Notification
from hub.notifications.registry import Kind, Letter
from hub.notifications.sending import send_due
from tests.factories.people import SETUP, person
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_kinds", {})
    registry.register(
        Kind(
            "greeting",
            lambda _notification, _at: "",
            lambda notification: User.objects.get(pk=notification.recipient_id).email,
            lambda notification: Letter(f"Hello {notification.object_version}", "How are you?"),
        )
    )


def plan(user: User, *, version: int = 1) -> Notification:
    return planning.plan(
        "greeting",
        subject=user,
        object_version=version,
        recipient_id=user.pk,
        due_at=timezone.now(),
        by=SETUP,
    )


def test_many_senders_send_each_message_once() -> None:
    user = person()
    for version in range(40):
        plan(user, version=version)
    at = timezone.now()
    mail.outbox.clear()

    counts = at_once(8, lambda _: send_due(at=at))

    assert sum(count for count in counts if isinstance(count, int)) == 40
    assert sorted(int(message.subject.split()[1]) for message in mail.outbox) == list(range(40))


def test_control_without_the_row_lock_some_are_sent_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "django.db.models.QuerySet.select_for_update", lambda self, **_: self.all()
    )
    user = person()
    for version in range(40):
        plan(user, version=version)
    at = timezone.now()
    mail.outbox.clear()

    at_once(8, lambda _: send_due(at=at))

    assert len(mail.outbox) > 40


def test_mail_leaves_outside_of_any_transaction(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Witness"
    notification = plan(person())

    send_due(at=timezone.now())

    assert Witness.seen == [(notification.pk, "sending", False)]


class Witness(BaseEmailBackend):
    """Notes what another connection sees of the message while it is under way."""

    seen: ClassVar[list[tuple[UUID, str, bool]]] = []

    def send_messages(self, email_messages: list[EmailMessage]) -> int:  # type: ignore[override]
        for message in email_messages:
            pk = UUID(message.extra_headers["Message-ID"][1:].partition("@")[0])
            status = at_once(1, lambda _, pk=pk: Notification.objects.get(pk=pk).status)[0]  # type: ignore[misc]
            self.seen.append((pk, str(status), connection.in_atomic_block))
        return len(email_messages)
