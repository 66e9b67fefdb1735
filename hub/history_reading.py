"""The edit history as people read it: who changed what, when, from what to what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.formats import date_format

from hub.models import Change

# Bookkeeping of the hub itself: it changes with every save and tells a reader nothing.
UNTOLD = frozenset(
    {"id", "version", "schedule_version", "reschedule_count", "previous_start_at"}
    | {"search_name", "created_at"}
)
LONGEST = 300

Row = models.Model  # a historical record; its class is made at run time


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field in words, both sides ready to show; empty text for nothing."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One saved change; ``events`` were announced with it, such as ``customer.updated``.

    ``reason`` is what somebody gave for an exception, or for taking something back; ``key`` is
    the id of the history row.
    """

    key: int
    at: datetime
    title: str
    subject: str
    actor_kind: str
    actor_name: str
    source: str
    request_id: str
    reason: str
    events: tuple[str, ...]
    changes: tuple[FieldChange, ...]
    is_first: bool


def entries(*instances: models.Model, zone: tzinfo = UTC) -> list[Entry]:
    """Tell the history of ``instances`` together, newest first, with times in ``zone``.

    Costs one query for each instance, one for what was announced, and one for each kind of
    record that the values point to, however long the history is.
    """
    pairs = [pair for instance in instances for pair in _steps(instance)]
    announced = _announced(instances)
    tell = _Teller([row for pair in pairs for row in pair if row], zone)
    told = [_entry(row, before, announced, tell) for row, before in pairs]
    return sorted(told, key=lambda entry: entry.at, reverse=True)


def _steps(instance: models.Model) -> Iterator[tuple[Row, Row | None]]:
    """Each row with the one before it, newest first: an act may have begun before and waited."""
    manager = instance.history  # type: ignore[attr-defined]
    rows = list(manager.order_by("-history_id"))
    return zip(rows, [*rows[1:], None], strict=True)


def _announced(instances: Iterable[models.Model]) -> dict[tuple[UUID, int], list[str]]:
    names: dict[tuple[UUID, int], list[str]] = defaultdict(list)
    changes = Change.objects.filter(local_id__in=[instance.pk for instance in instances])
    for local_id, version, name in changes.order_by("pk").values_list(
        "local_id", "version", "name"
    ):
        names[local_id, version].append(name)
    return names


def _entry(
    row: Any,
    before: Row | None,
    announced: dict[tuple[UUID, int], list[str]],
    tell: _Teller,
) -> Entry:
    events = tuple(announced.get((row.id, getattr(row, "version", 0)), ()))
    return Entry(
        key=row.history_id,
        at=row.history_date,
        title=_title(events, row.history_type),
        subject=str(row.instance_type._meta.verbose_name),  # noqa: SLF001
        actor_kind=row.actor_kind,
        actor_name=row.actor_name,
        source=row.source,
        request_id=row.request_id,
        reason=row.history_change_reason or "",
        events=events,
        changes=tuple(tell.differences(before, row)),
        is_first=before is None,
    )


def _title(events: Sequence[str], history_type: str) -> str:
    """“Rescheduled” for appointment.rescheduled; a plain word where nothing was announced."""
    if events:
        words = ", ".join(name.partition(".")[2].replace("_", " ") for name in events)
        return words[:1].upper() + words[1:]
    return {"+": "Created", "-": "Removed"}.get(history_type, "Changed")


class _Teller:
    """Turns values into words; the records they point to are fetched once for all rows."""

    def __init__(self, rows: Sequence[Row], zone: tzinfo) -> None:
        self._zone = zone
        self._names = _names_of_targets(rows)

    def differences(self, before: Row | None, after: Row) -> Iterator[FieldChange]:
        """What changed; of a first row, every field that was given something."""
        for field in _told_fields(after):
            old, new = before and getattr(before, field.attname), getattr(after, field.attname)
            if old == new or (before is None and (new in (None, False) or str(new) == "")):
                continue
            yield FieldChange(
                field.name, _label(field), self._worded(field, old), self._worded(field, new)
            )

    def _worded(self, field: models.Field[Any, Any], value: object) -> str:
        if value is None or value == "":
            return ""
        if isinstance(field, models.ForeignKey):
            return self._names.get((_target(field), value), str(value))
        if isinstance(value, list):
            return self._plain(", ".join(map(self._plain, value)))
        if isinstance(value, dict):
            pairs = (f"{key}: {self._plain(one)}" for key, one in value.items())
            return self._plain("; ".join(pairs))
        return self._plain(dict(field.flatchoices).get(value, value))

    def _plain(self, value: object) -> str:
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, datetime):
            return date_format(value.astimezone(self._zone), "N j, Y, H:i")
        if isinstance(value, date):
            return date_format(value, "N j, Y")
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        text = str(value)
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _told_fields(row: Row) -> list[models.Field[Any, Any]]:
    tracked: list[models.Field[Any, Any]] = row.tracked_fields  # type: ignore[attr-defined]
    return [field for field in tracked if field.name not in UNTOLD]


def _label(field: models.Field[Any, Any]) -> str:
    words = str(field.verbose_name).removesuffix(" at")
    return words[:1].upper() + words[1:]


def _target(field: models.ForeignKey[Any, Any]) -> type[models.Model]:
    model: type[models.Model] = field.remote_field.model
    return model


def _names_of_targets(rows: Sequence[Row]) -> dict[tuple[type[models.Model], object], str]:
    wanted: dict[type[models.Model], set[object]] = defaultdict(set)
    for row in rows:
        for field in _told_fields(row):
            if isinstance(field, models.ForeignKey):
                wanted[_target(field)].add(getattr(row, field.attname))
    return {
        (model, found.pk): str(found)
        for model, keys in wanted.items()
        for found in model._default_manager.filter(pk__in=keys - {None})  # noqa: SLF001
    }
