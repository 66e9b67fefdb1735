"""Whether a person agreed to be written to, by which channel, when and where they said so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from customers.changing import changeable, note_change
from customers.models import Channel, Consent, Customer
from customers.normalizing import clean_line
from hub import access, history
from hub.access import Capability
from hub.actors import Actor
from hub.errors import InvalidInput

SOURCE_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What holds for a channel today; ``consent`` is None where nobody asked yet."""

    channel: Channel
    consent: Consent | None


@transaction.atomic
def record_consent(
    customer_id: UUID, channel: str, *, granted: bool, source: str, at: datetime, by: Actor
) -> Consent:
    """Keep what a person said about a channel; earlier answers stay in the history.

    The same answer from the same source again changes nothing.

    :raises AccessDenied: ``by`` may not change customers.
    :raises Customer.DoesNotExist: there is none, it was erased, or ``by`` may not see it.
    :raises MergedAway: it was merged into another.
    :raises InvalidInput: an unknown channel, or no word on where they said so.
    """
    allowed = access.require(by, Capability.EDIT_CUSTOMER)
    if channel not in Channel.values:
        raise InvalidInput("Choose one of the channels.", field="channel")
    source = clean_line(source, field="source", limit=SOURCE_LIMIT)
    if not source:
        raise InvalidInput("Say where they told you, such as “form of Nov 22”.", field="source")
    customer = changeable(customer_id, allowed=allowed)
    known = _latest(customer).get(channel)
    if known and (known.granted, known.source) == (granted, source):
        return known
    answer = Consent(
        customer=customer, channel=channel, granted=granted, source=source, given_at=at
    )
    history.create(answer, by=by)
    note_change(customer, f"consent_{channel}", by=by)
    return answer


def consents_of(customer: Customer) -> list[Answer]:
    """Return the answer that holds for every channel, in the order of the channels."""
    latest = _latest(customer)
    return [Answer(channel, latest.get(channel)) for channel in Channel]


def _latest(customer: Customer) -> dict[str, Consent]:
    told = Consent.objects.filter(customer=customer).order_by("given_at", "pk")
    return {consent.channel: consent for consent in told}
