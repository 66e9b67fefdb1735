"""Write a message about an appointment: in the language of its customer, with the own words.

The words are those of the first of: the template of the service in that language, the template
of every service in it, the built-in text in it, the built-in English one. When and where it is,
and the link, are added to each.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from babel.dates import format_date
from django.conf import settings
from django.template.loader import render_to_string

from customers.details import LANGUAGES
from customers.models import Customer
from hub.models import Business
from hub.money import format_amount
from scheduling.local_times import offset_name
from scheduling.models import Appointment, Location, MessageTemplate, Service, Staff
from scheduling.models.messages import Placement
from scheduling.offering import drafted
from scheduling.placeholders import fill, fill_subject
from scheduling.rules import rules_of

ENGLISH = "en"
BUILT_IN = frozenset({ENGLISH, "de", "fr"})
LATER_FEE = {
    "en": "You can cancel free of charge until {until}; later it costs {fee}.",
    "de": "Bis {until} können Sie kostenlos absagen; danach kostet es {fee}.",
    "fr": "Vous pouvez annuler sans frais jusqu’au {until} ; ensuite, cela coûte {fee}.",
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a message is about; ``before`` is when it was, where the customer knew another time."""

    kind: str
    appointment: Appointment
    link: str
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A message without its attachment."""

    subject: str
    body: str
    language: str = field(default=ENGLISH)


def language_of(customer: Customer) -> str:
    """Return the code of the customer's language as templates name it: “pt” for “pt-BR”."""
    code = customer.language.replace("_", "-").partition("-")[0].lower()
    return code if code in LANGUAGES else ENGLISH


def template_for(kind: str, appointment: Appointment) -> MessageTemplate | None:
    """Return the own words for a message, if there are any in the customer's language."""
    language = language_of(appointment.customer)
    fitting = MessageTemplate.objects.most_fitting(kind, language, appointment.service_id)
    return fitting.first()


def compose(occasion: Occasion, own: MessageTemplate | None) -> Words:
    """Return the message with the words of ``own``, or with the built-in ones."""
    wanted = own.language if own else language_of(occasion.appointment.customer)
    language = wanted if wanted in BUILT_IN else ENGLISH
    own_text = fill(own.text, _values(occasion, wanted)) if own else ""
    context = _context(occasion, language) | {
        "own_text": own_text,
        "is_instead": own_text and own and own.placement == Placement.INSTEAD,
    }
    folder = "" if language == ENGLISH else f"{language}/"
    text = render_to_string(f"scheduling/messages/{folder}{occasion.kind}.txt", context)
    subject, _, body = text.strip().partition("\n")
    if own and own.subject:
        subject = fill_subject(own.subject, _values(occasion, wanted)) or subject
    return Words(subject, body.strip() + "\n", language)


def sample_of(kind: str, language: str, service: Service | None, *, at: datetime) -> Occasion:
    """Return an invented occasion, of nobody, to look at words before they are saved."""
    place = Location.objects.filter(is_active=True).order_by("name", "pk").first()
    place = place or Location(name="Harbor Street 1", time_zone="UTC", currency="EUR")
    offered = service or Service.objects.filter(is_active=True).order_by("name", "pk").first()
    offered = offered or Service(name="Haircut", duration_minutes=60, price=0)
    start = (at + timedelta(days=7)).replace(hour=9, minute=0, second=0, microsecond=0)
    staff = Staff(name="Sam Example", location=place)
    appointment = drafted(offered, staff, place, rules_of(offered, place), start)
    appointment.customer = Customer(given_name="Alex", family_name="Example", language=language)
    appointment.number = 1042
    link = f"{settings.PUBLIC_URL}/visits/example/"
    return Occasion(kind, appointment, link, before=start - timedelta(days=1))


def _values(occasion: Occasion, language: str) -> dict[str, str]:
    appointment = occasion.appointment
    zone = appointment.time_zone
    return {
        "customer": str(appointment.customer),
        "service": appointment.service_name,
        "when": _span(appointment, zone, language),
        "staff": str(appointment.staff),
        "location": appointment.location.name,
        "number": appointment.code,
        "business": business_name(),
        "before": moment_words(occasion.before, zone, language) if occasion.before else "",
        "link": occasion.link,
    }


def _context(occasion: Occasion, language: str) -> dict[str, Any]:
    appointment = occasion.appointment
    zone, own = appointment.time_zone, appointment.customer.time_zone
    start = appointment.start_at.astimezone(zone)
    elsewhere = own is not None and own.utcoffset(start.replace(tzinfo=None)) != start.utcoffset()
    before = occasion.before
    moved = before is not None and before != appointment.start_at
    return {
        "appointment": appointment,
        "customer_notes": appointment.customer_notes,
        "instructions": appointment.service.instructions,
        "fee": _fee(appointment, zone, language),
        "customer": appointment.customer,
        "place": appointment.location,
        "business": business_name(),
        "link": occasion.link,
        "old": moment_words(before, zone, language) if moved and before else "",
        "time": _span(appointment, zone, language),
        "zone": f"{zone}, {offset_name(start)}",
        "own_time": moment_words(start, own, language) if elsewhere else "",
        "own_zone": f"{own}, {offset_name(start.astimezone(own))}" if elsewhere else "",
    }


def _fee(appointment: Appointment, zone: tzinfo, language: str) -> str:
    """Say until when canceling is free, where it costs something later."""
    if not appointment.late_fee:
        return ""
    locale = "en_US" if language == ENGLISH else language
    fee = format_amount(appointment.late_fee, appointment.currency, locale)
    until = moment_words(appointment.free_until, zone, language)
    return LATER_FEE[language].format(until=until, fee=fee)


def _span(appointment: Appointment, zone: tzinfo, language: str) -> str:
    end = appointment.end_at.astimezone(zone)
    return f"{moment_words(appointment.start_at, zone, language)} – {end:%H:%M}"


def moment_words(moment: datetime, zone: tzinfo, language: str) -> str:
    """Return day and time on the clock of ``zone``, in a language that has built-in texts."""
    local = moment.astimezone(zone)
    return f"{format_date(local.date(), 'full', locale=language)}, {local:%H:%M}"


def business_name() -> str:
    """Return the name that messages are signed with, ``""`` before there is one."""
    return Business.objects.values_list("name", flat=True).first() or ""
