"""The mail that offers a time to somebody on the waiting list, and the link in it.

It is decided on when it is sent: an offer that is over by then is not told of.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from customers.models import Customer
from customers.normalizing import normalize_email
from hub.errors import InvalidInput
from hub.notifications.models import Notification
from hub.notifications.registry import Kind, Letter
from scheduling.composing import BUILT_IN, ENGLISH, business_name, language_of, moment_words
from scheduling.letters import address_of
from scheduling.linking import LinkUnknown, is_sealed, parts_of, token_for
from scheduling.local_times import offset_name
from scheduling.models import WaitingEntry, WaitingStatus
from scheduling.waiting.entries import OFFER

SALT = "scheduling.waiting"


def open_offer_link(token: str) -> WaitingEntry:
    """Return the entry of a token, whatever became of it.

    :raises LinkUnknown: it was never given out, or is none of its customer any more.
    """
    entry_id, seal = parts_of(token)
    known = WaitingEntry.objects.select_related(
        "customer", "service", "location", "offered_staff", "appointment"
    ).filter(customer__erased_at=None)
    entry = known.filter(pk=entry_id).first()
    if entry is None or not is_sealed(entry.pk, seal, _reached(entry.customer), salt=SALT):
        raise LinkUnknown("There is no such link.")
    return entry


def offer_token(entry_id: UUID, *, email: str) -> str:
    """:raises InvalidInput: this is no e-mail address."""
    return token_for(entry_id, email=normalize_email(email), salt=SALT)


def _reached(customer: Customer) -> UUID:
    """Return who is written to by now: of a merged customer, the one that it became."""
    return customer.canonical_id or customer.pk


def _why_not(notification: Notification, at: datetime) -> str:
    entry = _entry(notification)
    is_open = entry.status == WaitingStatus.OFFERED
    if not is_open or entry.offered_until is None or entry.offered_until <= at:
        return "the offer is over"
    return ""


def _address(notification: Notification) -> str:
    return address_of(_reached(_entry(notification).customer))


def _write(notification: Notification) -> Letter:
    entry = _entry(notification)
    customer, zone = entry.customer, entry.location.time_zone
    start, until = entry.offered_start_at, entry.offered_until
    if start is None or until is None:
        raise RuntimeError("This offer is over, which is asked before it is written.")
    wanted = language_of(customer)
    language = wanted if wanted in BUILT_IN else ENGLISH
    context = {
        "customer": customer,
        "service": entry.service,
        "staff": entry.offered_staff,
        "place": entry.location,
        "time": moment_words(start, zone, language),
        "zone": f"{zone}, {offset_name(start.astimezone(zone))}",
        "until": moment_words(until, zone, language),
        "link": _link(entry, _address(notification)),
        "business": business_name(),
    }
    folder = "" if language == ENGLISH else f"{language}/"
    text = render_to_string(f"scheduling/messages/{folder}waiting_offer.txt", context)
    subject, _, body = text.strip().partition("\n")
    return Letter(subject, body.strip() + "\n")


def _link(entry: WaitingEntry, email: str) -> str:
    try:
        token = offer_token(entry.pk, email=email)
    except InvalidInput:
        return ""
    return f"{settings.PUBLIC_URL}{reverse('scheduling:offer', args=[token])}"


def _entry(notification: Notification) -> WaitingEntry:
    parts = WaitingEntry.objects.select_related("customer", "service", "location", "offered_staff")
    return parts.get(pk=notification.object_id)


KIND = Kind(OFFER, _why_not, _address, _write)
