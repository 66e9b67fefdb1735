"""The edit history that people read: who changed what, when, through which door.

Every tracked model carries ``history = tracked()``. Rows are written here and only here, in the
transaction of the change, and no one can change them afterwards (``append_only`` below).
"""

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, migrations, models
from simple_history.models import HistoricalRecords

from hub.actors import Actor
from hub.copying import columns_of, copy_lines, hex_of, line_end, line_maker

Tracked = TypeVar("Tracked", bound=models.Model)
SALT_BYTES = 16
SEAL = ("salt", "row_sha")


class Provenance(models.Model):
    """What each history row says about its origin, and the seal over its content."""

    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    source = models.CharField(max_length=16)
    request_id = models.CharField(max_length=64)
    salt = models.BinaryField(null=True)
    row_sha = models.BinaryField()

    class Meta:
        abstract = True


class _Records(HistoricalRecords):  # type: ignore[misc]
    """Leaves out the index over ``history_user``: it stays empty, ``Provenance`` has the actor."""

    def _get_history_user_fields(self) -> dict[str, Any]:  # a hook of simple_history
        fields: dict[str, Any] = super()._get_history_user_fields()
        fields["history_user"].db_index = False
        return fields


def tracked(**options: Any) -> HistoricalRecords:
    """Give a model its history table."""
    return _Records(bases=[Provenance], get_user=_nobody, user_db_constraint=False, **options)


def create(instance: Tracked, *, by: Actor, reason: str = "") -> Tracked:
    """Insert ``instance`` together with the first row of its history."""
    _attribute(instance, by, reason)
    instance.save(force_insert=True)
    return instance


def create_all(instances: Sequence[Tracked], *, at: datetime, by: Actor) -> None:
    """Insert many of one model and the first rows of their histories, with two statements."""
    if not instances:
        return
    content = _Content(instances)
    copy_lines(content.model, *content.whole(instances))
    for instance in instances:
        instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001
    content.note("+", at=at, by=by)


def save(instance: models.Model, *, fields: Sequence[str], by: Actor, reason: str = "") -> None:
    """Write only ``fields``, raise ``version`` by one, and note ``by`` in the history.

    ``reason`` is what somebody gave for an exception; 100 characters of it are kept.
    """
    _attribute(instance, by, reason)
    names = list(fields)
    if hasattr(instance, "version"):
        instance.version += 1
        names.append("version")
    instance.save(update_fields=names)


def save_all(
    instances: Sequence[models.Model],
    *,
    fields: Sequence[str],
    at: datetime,
    by: Actor,
    reason: str = "",
) -> None:
    """Do what ``save`` does for many of one model, with two statements."""
    if not instances:
        return
    model, names = type(instances[0]), list(fields)
    if hasattr(instances[0], "version"):
        names.append("version")
        for instance in instances:
            instance.version += 1  # type: ignore[attr-defined]
    model._default_manager.bulk_update(instances, names)  # noqa: SLF001
    _Content(instances).note("~", at=at, by=by, reason=reason)


def attach(instance: models.Model, *, fields: Sequence[str], by: Actor) -> None:
    """Write ``fields`` that add to a record without being an edit of it, such as its PDF.

    The version stays, so nobody's open form becomes stale.
    """
    _attribute(instance, by)
    instance.save(update_fields=list(fields))


def delete(instance: models.Model, *, by: Actor) -> None:
    """Remove a row that never left the hub, such as a line of a draft; its history stays."""
    _attribute(instance, by)
    instance.delete()


def seal(**received: Any) -> None:
    """Fill origin and seal of a history row just before it is written.

    :raises RuntimeError: the row was saved around ``hub.history``, so nobody answers for it.
    """
    instance, row = received["instance"], received["history_instance"]
    by: Actor | None = getattr(instance, "_changed_by", None)
    if by is None:
        raise RuntimeError(f"{type(instance).__name__} must be saved through hub.history.")
    for name, value in by.columns().items():
        setattr(row, name, value)
    row.salt = os.urandom(SALT_BYTES)
    content = attrgetter(*_sealed(row._meta.model))(row)  # noqa: SLF001
    row.row_sha = _digest(row.salt, content)


def append_only(*tables: str) -> list[migrations.RunSQL]:
    """Migration operations after which rows of ``tables`` can be added and read, nothing else."""
    return [migrations.RunSQL(sql, reverse) for sql, reverse in map(_deny_sql, tables)]


class _Content:
    """What is sealed of many of one model: written once, for their table and for its history."""

    def __init__(self, instances: Sequence[models.Model]) -> None:
        self.model = type(instances[0])
        self._row_model = self.model.history.model  # type: ignore[attr-defined]
        self.names = _sealed(self._row_model)
        line_of, content_of = line_maker(self.model, self.names), itemgetter(*self.names)
        self.lines: list[str] = []
        self._seals: list[tuple[bytes, bytes]] = []
        salts = os.urandom(SALT_BYTES * len(instances))
        for place, instance in enumerate(instances):
            content = content_of(vars(instance))
            texts = list(map(str, content))
            salt = salts[place * SALT_BYTES : (place + 1) * SALT_BYTES]
            self._seals.append((salt, _digest(salt, texts)))
            self.lines.append(line_of(content, texts))

    def whole(self, instances: Sequence[models.Model]) -> tuple[list[str], Iterable[str]]:
        """Return names and lines of all columns, those too that the history leaves out."""
        others = [name for name in columns_of(self.model) if name not in self.names]
        if not others:
            return [*self.names], self.lines
        line_of = line_maker(self.model, others)
        rests = ([vars(instance)[name] for name in others] for instance in instances)
        ends = (line_of(values, list(map(str, values))) for values in rests)
        joined = (f"{line}\t{end}" for line, end in zip(self.lines, ends, strict=True))
        return [*self.names, *others], joined

    def note(self, kind: str, *, at: datetime, by: Actor, reason: str = "") -> None:
        """Write the history rows, sealed one by one, with one statement."""
        noted = {
            "history_date": at,
            "history_type": kind,
            "history_change_reason": reason[:100] or None,
            **by.columns(),
        }
        end = line_end(self._row_model, noted)
        lines = (
            f"{line}\t{hex_of(salt)}\t{hex_of(sha)}{end}"
            for line, (salt, sha) in zip(self.lines, self._seals, strict=True)
        )
        copy_lines(self._row_model, [*self.names, *SEAL, *noted], lines)


def _attribute(instance: models.Model, by: Actor, reason: str = "") -> None:
    instance._changed_by = by  # type: ignore[attr-defined]  # noqa: SLF001
    instance._change_reason = reason[:100] or None  # type: ignore[attr-defined]  # noqa: SLF001


def _nobody(**_: object) -> None:
    """simple_history asks for a user object; ``Provenance`` holds the actor instead."""


def _digest(salt: bytes, content: Sequence[Any]) -> bytes:
    """Return the SHA-256 over the salt and the values, which stand in the order of their names.

    They are parted by what no text in PostgreSQL can hold.
    """
    return hashlib.sha256(salt + "\0".join(map(str, content)).encode()).digest()


@cache
def _sealed(row_model: type[models.Model]) -> tuple[str, ...]:
    own = {field.name for field in Provenance._meta.get_fields()}  # noqa: SLF001
    return tuple(
        sorted(
            field.attname
            for field in row_model._meta.concrete_fields  # noqa: SLF001
            if field.name not in own and not field.name.startswith("history_")
        )
    )


def _deny_sql(table: str) -> tuple[str, str]:
    """``table`` is a literal of a migration."""
    create = f"""
        CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION hub_deny_change();
        CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION hub_deny_change();
        DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'hub_app')
               AND current_user <> 'hub_app' THEN
                REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM hub_app;
            END IF;
        END $$;
    """  # noqa: S608
    remove = f"""
        DROP TRIGGER append_only_rows ON {table};
        DROP TRIGGER append_only_truncate ON {table};
    """
    return create, remove
