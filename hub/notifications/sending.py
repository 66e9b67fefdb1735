"""Send what is due, each message at most once, however many senders run.

A row is locked, decided on from the state of that moment and marked as being sent; only after
that commit the mail goes out, outside any transaction. A sender that dies in between leaves a
message of which nobody knows whether it left: it becomes *unknown* and is never sent blindly.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from hub.notifications.models import Notification, NotificationStatus
from hub.notifications.registry import Hold, Letter, held, kind_of

BATCH = 100
MAIL_TIMEOUT_SECONDS = 10
RETRY_AFTER = timedelta(minutes=1)
SHORTEST_HOLD = timedelta(minutes=1)
GIVE_UP_AFTER = timedelta(hours=24)
INTERRUPTED_AFTER = timedelta(minutes=10)
REFUSALS = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPResponseException, ValueError)

log = structlog.get_logger(__name__)
S = NotificationStatus


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that this sender, and no other, may send now. No letter: it was decided not to."""

    notification: Notification
    address: str = ""
    letter: Letter | None = None


def send_due(*, at: datetime) -> int:
    """Decide on every message that is due and send those that may go out; return how many went.

    Ends early when the mail server is not there or the line breaks: the rest stays planned.
    """
    _note_interrupted(at)
    sent = 0
    mailer = get_connection(timeout=MAIL_TIMEOUT_SECONDS)
    try:
        for _ in range(BATCH):
            parcel = _claim(at)
            if parcel is None or (parcel.letter and not _reach(mailer, parcel, at)):
                break
            if parcel.letter is None:
                continue
            outcome = _send(mailer, parcel, parcel.letter, at)
            sent += outcome is S.SENT
            if outcome is S.UNKNOWN:
                break
    finally:
        mailer.close()
    return sent


@transaction.atomic
def _claim(at: datetime) -> Parcel | None:
    """Lock the next due message that no other sender holds, and decide on it."""
    due = Notification.objects.select_for_update(skip_locked=True).filter(
        status=S.PLANNED, due_at__lte=at
    )
    notification = due.order_by("due_at", "pk").first()
    if notification is None:
        return None
    try:
        with transaction.atomic():
            return _decided(notification, at)
    except Exception:
        # One message that cannot be written must not keep the others from going out.
        log.exception("message_not_written", notification=str(notification.pk))
        _put_off(notification, "it could not be written", at)
        return Parcel(notification)


def _decided(notification: Notification, at: datetime) -> Parcel:
    kind = kind_of(notification)
    reason = kind.why_not(notification, at)
    hold = None if reason else held(kind, notification, at)
    if hold:
        return _wait(notification, hold, at)
    address = "" if reason else kind.address(notification)
    if not address:
        _mark(notification, S.NOT_SENT, at, reason or "no e-mail address")
        return Parcel(notification)
    letter = kind.write(notification)
    _mark(notification, S.SENDING, at)
    return Parcel(notification, address, letter)


def _wait(notification: Notification, hold: Hold, at: datetime) -> Parcel:
    notification.due_at = max(hold.until, at + SHORTEST_HOLD)
    notification.reason = f"held: {hold.reason}"[:200]
    notification.save(update_fields=["due_at", "reason"])
    return Parcel(notification)


def _reach(mailer: BaseEmailBackend, parcel: Parcel, at: datetime) -> bool:
    """Open the connection to the mail server; a message that could not leave is planned again."""
    try:
        mailer.open()
    except OSError as error:
        log.warning("mail_server_not_reached", error=type(error).__name__)
        _put_off(parcel.notification, "the mail server cannot be reached", at)
        return False
    return True


def _send(
    mailer: BaseEmailBackend, parcel: Parcel, letter: Letter, at: datetime
) -> NotificationStatus:
    try:
        mailer.send_messages([_mail(parcel, letter)])
    except REFUSALS as error:
        return _mark(parcel.notification, S.NOT_SENT, at, f"refused: {_words(error)}")
    except OSError as error:
        # It may have left before the line broke: sending again could tell somebody twice.
        return _mark(parcel.notification, S.UNKNOWN, at, f"interrupted: {_words(error)}")
    return _mark(parcel.notification, S.SENT, at)


def _mail(parcel: Parcel, letter: Letter) -> EmailMessage:
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    headers = {
        # The same for every attempt, so that mail servers can tell a repeat.
        "Message-ID": f"<{parcel.notification.pk}@{sender.rpartition('@')[2] or 'localhost'}>",
        "Auto-Submitted": "auto-generated",
    }
    subject = " ".join(letter.subject.split())
    mail = EmailMessage(subject, letter.body, to=[parcel.address], headers=headers)
    if letter.event:
        kind = f"text/calendar; method={letter.method}; charset=utf-8"
        mail.attach("appointment.ics", letter.event, kind)
    return mail


def _note_interrupted(at: datetime) -> None:
    Notification.objects.filter(status=S.SENDING, decided_at__lt=at - INTERRUPTED_AFTER).update(
        status=S.UNKNOWN, reason="interrupted while it was being sent"
    )


def _put_off(notification: Notification, reason: str, at: datetime) -> None:
    if at - notification.planned_at > GIVE_UP_AFTER:
        _mark(notification, S.NOT_SENT, at, reason)
        return
    notification.status, notification.due_at = S.PLANNED, at + RETRY_AFTER
    notification.decided_at = None
    notification.save(update_fields=["status", "due_at", "decided_at"])


def _mark(
    notification: Notification, status: NotificationStatus, at: datetime, reason: str = ""
) -> NotificationStatus:
    notification.status, notification.decided_at = status, at
    notification.reason = reason[:200]
    notification.save(update_fields=["status", "decided_at", "reason"])
    return status


def _words(error: Exception) -> str:
    return f"{type(error).__name__} {error}"[:150]
