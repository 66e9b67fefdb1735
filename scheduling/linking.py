"""The link to one appointment that stands in mails: who holds it acts for its customer.

Nothing is stored. A token names the appointment, or another record of a customer, and is signed
together with the e-mail address it was sent to, so it ends when that address is taken off the
customer: by a correction, or by an erasure. After a merge the survivor has appointment and
address, and it goes on working.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from hmac import compare_digest
from re import compile as pattern
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import salted_hmac

from customers.models import ContactKind, ContactPoint
from customers.normalizing import normalize_email
from hub.errors import DomainError, InvalidInput
from scheduling.models import Appointment

OUTLASTS = timedelta(days=14)  # the end of the visit
TOKEN = pattern(r"[A-Za-z0-9_-]{43}")
ID_BYTES, SEAL_BYTES = 16, 16
SALT = "scheduling.linking"


class LinkUnknown(DomainError):
    """Whatever the reason: who asks learns nothing."""

    code = "link_unknown"


class LinkOver(DomainError):
    """It was right once; ``appointment`` is the one it was about."""

    code = "link_over"

    def __init__(self, appointment: Appointment) -> None:
        super().__init__("This link is no longer valid.")
        self.appointment = appointment


def address_for(appointment: Appointment, *, email: str) -> str:
    """Return the whole address for a mail to ``email``, ``""`` where there is none.

    It works as long as ``email`` is an address of the customer.
    """
    try:
        token = token_for(appointment.pk, email=normalize_email(email))
    except InvalidInput:
        return ""
    return f"{settings.PUBLIC_URL}{reverse('scheduling:visit', args=[token])}"


def token_for(record_id: UUID, *, email: str, salt: str = SALT) -> str:
    """Return the token of a record for a normalized address; always the same one.

    ``salt`` keeps the links to one kind of record from opening another.
    """
    seal = _seal(record_id, email, settings.SECRET_KEY, salt)
    return urlsafe_b64encode(record_id.bytes + seal).decode().rstrip("=")


def open_link(token: str, *, at: datetime) -> Appointment:
    """Return the appointment of a token.

    :raises LinkUnknown: it was never given out, or is none of its customer any more.
    :raises LinkOver: the visit is over for long.
    """
    appointment_id, seal = parts_of(token)
    known = Appointment.objects.select_related(
        "customer", "service", "staff", "location", "series"
    ).filter(customer__erased_at=None)
    appointment = known.filter(pk=appointment_id).first()
    if appointment is None or not is_sealed(appointment.pk, seal, appointment.customer_id):
        raise LinkUnknown("There is no such link.")
    if appointment.end_at + OUTLASTS < at:
        raise LinkOver(appointment)
    return appointment


def parts_of(token: str) -> tuple[UUID, bytes]:
    """Return the record that a token names, and its seal.

    :raises LinkUnknown: it is no token.
    """
    if not TOKEN.fullmatch(token):
        raise LinkUnknown("There is no such link.")
    raw = urlsafe_b64decode(f"{token}=")
    if urlsafe_b64encode(raw).decode().rstrip("=") != token:  # a second spelling of the same bytes
        raise LinkUnknown("There is no such link.")
    return UUID(bytes=raw[:ID_BYTES]), raw[ID_BYTES:]


def is_sealed(record_id: UUID, seal: bytes, customer_id: UUID, *, salt: str = SALT) -> bool:
    """Say whether the seal is for one of the addresses that the customer has now."""
    emails = ContactPoint.objects.filter(
        Q(customer=customer_id) | Q(customer__canonical=customer_id), kind=ContactKind.EMAIL
    ).values_list("normalized", flat=True)
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    expected = [_seal(record_id, email, key, salt) for email in emails for key in keys]
    return any(_same(seal, expected))


def _same(seal: bytes, expected: Iterable[bytes]) -> list[bool]:
    """Compare with all of them, so that the time tells nothing."""
    return [compare_digest(seal, one) for one in expected]


def _seal(record_id: UUID, email: str, key: str, salt: str) -> bytes:
    signed = salted_hmac(salt, f"{record_id}:{email}", secret=key, algorithm="sha256")
    return signed.digest()[:SEAL_BYTES]
