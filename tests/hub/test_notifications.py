"""Messages: planned once, decided when they are sent, never sent twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from hub.accounts.models import User
from hub.notifications import planning, registry
from hub.notifications.models import Notification
from hub.notifications.registry import Kind, Letter
from hub.notifications.sending import send_due
from tests.factories.people import SETUP, person

pytestmark = pytest.mark.django_db
REASONS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_kinds", {})
    registry.register(Kind("greeting", _why_not, _address, _write))
    registry.register(Kind("broken", _why_not, _address, _break))
    yield
    REASONS.clear()


def _why_not(notification: Notification, at: datetime) -> str:
    return REASONS.get(str(notification.object_id), "")


def _address(notification: Notification) -> str:
    return User.objects.get(pk=notification.recipient_id).email


def _write(notification: Notification) -> Letter:
    return Letter(f"Hello {notification.object_version}", "How are you?\n")


def _break(notification: Notification) -> Letter:
    raise KeyError("no template")


def plan(user: User, *, version: int = 1, kind: str = "greeting", in_: int = 0) -> Notification:
    return planning.plan(
        kind,
        subject=user,
        object_version=version,
        recipient_id=user.pk,
        due_at=timezone.now() + timedelta(seconds=in_),
        by=SETUP,
    )


def statuses() -> list[tuple[int, str, str]]:
    rows = Notification.objects.order_by("object_version")
    return [(row.object_version, row.status, row.reason) for row in rows]


class Line(EmailBackend):
    """A mail server that fails as a test says: when it is called, or in the middle of a mail."""

    unreachable = False
    failure: Exception | None = None

    def open(self) -> bool:
        if type(self).unreachable:
            raise ConnectionRefusedError(111, "Connection refused")
        return True

    def send_messages(self, email_messages: Any) -> int:
        failure = type(self).failure
        if failure is not None:
            raise failure
        return int(super().send_messages(email_messages))


@pytest.fixture
def line(settings: Any) -> Iterator[type[Line]]:
    settings.EMAIL_BACKEND = f"{__name__}.Line"
    yield Line
    Line.unreachable, Line.failure = False, None


def test_a_message_goes_out_once_when_it_is_due() -> None:
    user = person()
    notification = plan(user, in_=5)

    counts = [send_due(at=timezone.now() + timedelta(seconds=wait)) for wait in (0, 6, 6)]

    [message] = mail.outbox
    assert counts == [0, 1, 0]
    assert (message.to, message.subject, message.body) == (
        ["ben@hub.example"],
        "Hello 1",
        "How are you?\n",
    )
    assert message.extra_headers["Message-ID"] == f"<{notification.pk}@localhost>"
    assert statuses() == [(1, "sent", "")]


def test_a_second_plan_for_the_same_version_changes_nothing() -> None:
    user = person()
    plan(user)
    plan(user)

    assert send_due(at=timezone.now()) == 1
    plan(user)

    assert send_due(at=timezone.now()) == 0


def test_whether_it_still_may_go_out_is_asked_at_the_moment_of_sending() -> None:
    user = person()
    plan(user)
    REASONS[str(user.pk)] = "paid at 10:02"

    assert send_due(at=timezone.now()) == 0
    assert statuses() == [(1, "not_sent", "paid at 10:02")]


def test_who_has_no_address_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    registry.register(Kind("greeting", _why_not, lambda _: "", _write))
    plan(person())

    send_due(at=timezone.now())

    assert statuses() == [(1, "not_sent", "no e-mail address")]


def test_what_is_withdrawn_is_never_sent_and_says_why() -> None:
    user = person()
    plan(user)

    withdrawn = planning.withdraw(user.pk, ["greeting"], reason="superseded")

    assert (withdrawn, send_due(at=timezone.now())) == (1, 0)
    assert planning.withdraw(user.pk, ["greeting"]) == 0
    assert statuses() == [(1, "not_sent", "superseded")]


def test_what_is_hastened_goes_out_now() -> None:
    user = person()
    plan(user, in_=900)

    assert planning.hasten(user.pk, ["greeting"], due_at=timezone.now()) == 1
    assert send_due(at=timezone.now()) == 1


def test_a_message_that_cannot_be_written_is_put_off_and_holds_up_no_other() -> None:
    user = person()
    plan(user, kind="broken", version=1)
    plan(user, kind="unheard of", version=2)
    plan(user, version=3)

    assert send_due(at=timezone.now()) == 1
    assert statuses() == [(1, "planned", ""), (2, "planned", ""), (3, "sent", "")]

    assert send_due(at=timezone.now() + timedelta(hours=25)) == 0
    assert statuses()[0] == (1, "not_sent", "it could not be written")


def test_while_the_mail_server_is_away_messages_stay_planned(line: type[Line]) -> None:
    user = person()
    plan(user, version=1), plan(user, version=2)
    line.unreachable = True

    assert send_due(at=timezone.now()) == 0
    assert {status for _, status, _ in statuses()} == {"planned"}

    line.unreachable = False
    assert send_due(at=timezone.now() + timedelta(minutes=2)) == 2


def test_a_mail_server_that_is_away_for_a_day_ends_the_attempts(line: type[Line]) -> None:
    plan(person())
    line.unreachable = True

    send_due(at=timezone.now() + timedelta(hours=25))

    assert statuses() == [(1, "not_sent", "the mail server cannot be reached")]


def test_a_refused_address_is_noted_and_not_tried_again(line: type[Line]) -> None:
    plan(person())
    line.failure = SMTPRecipientsRefused({"ben@hub.example": (550, b"no such user")})

    send_due(at=timezone.now())
    line.failure = None

    assert send_due(at=timezone.now() + timedelta(hours=1)) == 0
    assert statuses()[0][1] == "not_sent"
    assert "no such user" in statuses()[0][2]


def test_when_the_line_breaks_the_rest_waits_for_the_next_run(line: type[Line]) -> None:
    user = person()
    plan(user, version=1), plan(user, version=2)
    line.failure = SMTPServerDisconnected("gone")

    send_due(at=timezone.now())

    assert [status for _, status, _ in statuses()] == ["unknown", "planned"]


@pytest.mark.parametrize("failure", [SMTPServerDisconnected("gone"), TimeoutError("slow")])
def test_a_line_that_breaks_while_sending_leaves_it_unknown_and_never_sends_again(
    line: type[Line], failure: Exception
) -> None:
    plan(person())
    line.failure = failure

    send_due(at=timezone.now())
    line.failure = None

    assert send_due(at=timezone.now() + timedelta(hours=1)) == 0
    assert statuses()[0][1] == "unknown"


def test_a_sender_that_died_leaves_unknown_not_a_second_mail() -> None:
    notification = plan(person())
    now = timezone.now()
    Notification.objects.filter(pk=notification.pk).update(status="sending", decided_at=now)

    assert send_due(at=now + timedelta(minutes=9)) == 0
    assert statuses() == [(1, "sending", "")]
    assert send_due(at=now + timedelta(minutes=11)) == 0
    assert statuses() == [(1, "unknown", "interrupted while it was being sent")]


def test_times_are_compared_as_instants() -> None:
    plan(person())

    assert send_due(at=datetime.now(UTC) - timedelta(hours=1)) == 0
