"""How every record of the set-up is written: checked whole, with history and announcement."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from psycopg.errors import UniqueViolation

from hub import access, history, outbox
from hub.access import Access, AccessDenied, Capability
from hub.actors import Actor
from hub.errors import InvalidInput, require_version
from hub.events import EventName

Record = TypeVar("Record", bound=models.Model)
Told = dict[str, list[Any]]


def require_planner(by: Actor, location_id: UUID | None = None) -> Access:
    """Let ``by`` go on when it may set up what stands at a location, or everywhere.

    :raises AccessDenied: it may not, or its role does not reach there.
    """
    held = access.require(by, Capability.SET_UP_SCHEDULE)
    if held.locations is not None and location_id not in held.locations:
        raise AccessDenied("Your role does not reach this location.")
    return held


def locked(model: type[Record], pk: UUID, *, expected_version: int | None = None) -> Record:
    """Return the record with its row locked.

    :raises DoesNotExist: there is none.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    """
    record = model._default_manager.select_for_update().get(pk=pk)  # noqa: SLF001
    require_version(record.version, expected_version)  # type: ignore[attr-defined]
    return record


def require_known(values: Mapping[str, Any], allowed: Iterable[str]) -> None:
    """:raises InvalidInput: ``values`` names what cannot be set here."""
    for name in values.keys() - set(allowed):
        raise InvalidInput("This cannot be set here.", field=name)


def apply(record: models.Model, values: Mapping[str, Any]) -> Told:
    """Set ``values`` on ``record`` without saving; return what became of each that changed.

    :raises InvalidInput: a value is of the wrong kind.
    """
    told: Told = {}
    for name, given in values.items():
        value, before = _of_its_kind(record, name, given), getattr(record, name, None)
        if before != value:
            told[name] = [said(before), said(value)]
            setattr(record, name, value)
    return told


def add(record: Record, event: EventName, *, by: Actor) -> Record:
    """Insert ``record`` once it was checked, with its history, and announce it.

    :raises InvalidInput: a value cannot be right, or is taken.
    """
    require_right(record)
    with _unique():
        history.create(record, by=by)
    outbox.record(event, subject=record, by=by)
    return record


def change(record: Record, values: Mapping[str, Any], event: EventName, *, by: Actor) -> Record:
    """Write ``values`` to a locked ``record``; equal ones change nothing at all.

    :raises InvalidInput: a value cannot be right, or is taken.
    """
    return write(record, apply(record, values), event, by=by)


def write(record: Record, told: Told, event: EventName, *, by: Actor) -> Record:
    """Save what ``apply`` did to a locked ``record``; nothing at all where it did nothing.

    :raises InvalidInput: a value cannot be right, or is taken.
    """
    if told:
        require_right(record)
        with _unique():
            history.save(record, fields=list(told), by=by)
        outbox.record(event, subject=record, by=by, fields=told)
    return record


def note(record: models.Model, event: EventName, told: Told, reason: str, *, by: Actor) -> None:
    """Tell of a change of what belongs to a locked ``record``, such as its hours.

    Its version rises: who read it before must read it again.
    """
    history.save(record, fields=[], by=by, reason=reason)
    outbox.record(event, subject=record, by=by, fields=told)


@contextmanager
def _unique() -> Iterator[None]:
    """:raises InvalidInput: somebody else took the name in this moment."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise InvalidInput("Somebody else has just taken this.", field="name") from None


def require_right(record: models.Model) -> None:
    """:raises InvalidInput: a value cannot be right; names the first field that is not."""
    try:
        record.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(messages[0], field="" if name == NON_FIELD_ERRORS else name) from None


def _of_its_kind(record: models.Model, name: str, given: Any) -> Any:
    field = record._meta.get_field(name)  # noqa: SLF001
    if field.is_relation or not isinstance(field, models.Field):
        return given
    try:
        return field.to_python(given)
    except ValidationError as error:
        raise InvalidInput(error.messages[0], field=name) from None


def said(value: Any) -> Any:
    """Return ``value`` as JSON can hold it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value.pk) if isinstance(value, models.Model) else str(value)
