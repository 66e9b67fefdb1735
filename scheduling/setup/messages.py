"""The own words of messages to customers: add, change, go back to the usual ones."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from customers.details import LANGUAGES
from hub import history, outbox
from hub.actors import Actor
from hub.errors import InvalidInput
from hub.events import EventName
from scheduling.models import MessageTemplate, Service
from scheduling.models.messages import MessageKind
from scheduling.placeholders import require_wording
from scheduling.setup import writing

WRITTEN = ("subject", "text", "placement")


@transaction.atomic
def add_template(
    kind: str, language: str, service_id: UUID | None, values: Mapping[str, str], *, by: Actor
) -> MessageTemplate:
    """Let messages of ``kind`` in ``language`` have these words: ``values`` are of ``WRITTEN``.

    Without ``service_id`` they are for every service that has none of its own.

    :raises AccessDenied: ``by`` may not set up services, or only at some locations.
    :raises InvalidInput: there are words already, or a value cannot be right.
    """
    writing.require_planner(by)
    template = drafted_template(kind, language, service_id, values)
    same = MessageTemplate.objects.filter(kind=kind, language=language, service=service_id)
    if same.exists():
        text = "There is a text of this kind, language and service already; change that one."
        raise InvalidInput(text, field="service")
    return writing.add(template, EventName.MESSAGE_TEMPLATE_ADDED, by=by)


@transaction.atomic
def change_template(
    template_id: UUID,
    values: Mapping[str, str],
    *,
    by: Actor,
    expected_version: int | None = None,
) -> MessageTemplate:
    """Write ``values``, of ``WRITTEN``; messages that are sent from now on have them.

    :raises DoesNotExist: there is none.
    :raises AccessDenied: ``by`` may not set up services, or only at some locations.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises InvalidInput: a value cannot be right.
    """
    writing.require_planner(by)
    template = writing.locked(MessageTemplate, template_id, expected_version=expected_version)
    told = writing.apply(template, read_values(values, kind=template.kind))
    _require_words(template)
    return writing.write(template, told, EventName.MESSAGE_TEMPLATE_UPDATED, by=by)


@transaction.atomic
def remove_template(template_id: UUID, *, by: Actor) -> None:
    """Go back to the usual words.

    :raises DoesNotExist: there is none.
    :raises AccessDenied: ``by`` may not set up services, or only at some locations.
    """
    writing.require_planner(by)
    template = writing.locked(MessageTemplate, template_id)
    outbox.record(EventName.MESSAGE_TEMPLATE_REMOVED, subject=template, by=by)
    history.delete(template, by=by)


def drafted_template(
    kind: str, language: str, service_id: UUID | None, values: Mapping[str, str]
) -> MessageTemplate:
    """Return an unsaved template that could be saved, were there none like it.

    :raises InvalidInput: a value cannot be right.
    """
    if kind not in MessageKind.values:
        raise InvalidInput("There is no such kind of message.", field="kind")
    if language not in LANGUAGES:
        raise InvalidInput("There is no such language.", field="language")
    service = Service.objects.filter(pk=service_id).first() if service_id else None
    if service_id and service is None:
        raise InvalidInput("There is no such service.", field="service")
    template = MessageTemplate(kind=kind, language=language, service=service)
    writing.apply(template, read_values(values, kind=kind))
    _require_words(template)
    return template


def read_values(values: Mapping[str, str], *, kind: str) -> dict[str, str]:
    """:raises InvalidInput: a value cannot be right; a placeholder is named that there is not."""
    writing.require_known(values, WRITTEN)
    return {
        name: require_wording(value, field=name, kind=kind) if name != "placement" else value
        for name, value in values.items()
    }


def _require_words(template: MessageTemplate) -> None:
    if not template.subject and not template.text:
        raise InvalidInput("Write a subject, a text, or both.", field="text")
