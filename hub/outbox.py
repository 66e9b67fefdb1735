"""Announce a fact to whoever listens, without knowing who does.

The row is written in the caller's transaction: it is there if and only if the change is.
After the commit a bell is rung; ``syncs.dispatch`` reads the rows, bell or no bell.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import structlog
from celery import current_app
from django.db import connection, models, transaction
from kombu.exceptions import OperationalError

from hub.actors import Actor
from hub.copying import copy_rows
from hub.events import EventName
from hub.models import Change

Reaction = Callable[[Change, Actor], None]
DISPATCH_TASK = "syncs.dispatch"
SILENCE_AFTER_FAILURE_SECONDS = 10.0

log = structlog.get_logger(__name__)
_reactions: dict[EventName, tuple[str, ...]] = {}
_silent_until = 0.0


def react_with(table: Mapping[EventName, Sequence[str]]) -> None:
    """Set which verbs, as dotted names, follow an event in its own transaction; at start-up."""
    _reactions.clear()
    _reactions.update({name: tuple(verbs) for name, verbs in table.items()})


def record(
    name: EventName,
    *,
    subject: models.Model,
    by: Actor,
    fields: Mapping[str, Sequence[Any]] | None = None,
) -> Change:
    """Write ``name`` about ``subject`` to the outbox and run the reactions to it, in order.

    ``fields`` is ``{name: [before, after]}`` with values that JSON can hold. A reaction that
    raises vetoes the whole change.

    :raises RuntimeError: called outside a transaction, where the fact and its announcement
        could part ways.
    """
    _require_transaction()
    change = Change.objects.create(
        name=str(name),
        kind=_kind_of(subject),
        local_id=subject.pk,
        version=_version_of(subject),
        fields={key: list(values) for key, values in (fields or {}).items()},
        **by.columns(),
    )
    for verb in _reactions.get(name, ()):
        _resolve(verb)(change, by)
    ring_after_commit(DISPATCH_TASK)
    return change


def record_all(
    name: EventName,
    subjects: Sequence[tuple[models.Model, Mapping[str, Sequence[Any]]]],
    *,
    by: Actor,
) -> None:
    """Do what ``record`` does for many subjects of one model, each with its fields.

    :raises RuntimeError: called outside a transaction.
    """
    _require_transaction()
    if _reactions.get(name):
        for subject, fields in subjects:
            record(name, subject=subject, by=by, fields=fields)
        return
    if subjects:
        alike = {"name": str(name), "kind": _kind_of(subjects[0][0]), **by.columns()}
        rows = [(subject.pk, _version_of(subject), fields) for subject, fields in subjects]
        copy_rows(Change, ["local_id", "version", "fields"], rows, alike=alike)
    ring_after_commit(DISPATCH_TASK)


def ring_after_commit(task: str, **arguments: str) -> None:
    """Wake ``task`` once the transaction is committed; at most once for each transaction.

    A bell, not a queue: when the broker is away the work waits for the sweeper.
    """
    bell = (task, tuple(sorted(arguments.items())))
    waiting = {getattr(entry[1], "bell", None) for entry in connection.run_on_commit}
    if bell in waiting:
        return

    def on_commit() -> None:
        ring(task, **arguments)

    on_commit.bell = bell  # type: ignore[attr-defined]
    transaction.on_commit(on_commit, robust=True)


def ring(task: str, in_seconds: float | None = None, /, **arguments: str) -> None:
    """Send ``task``; a broker that does not answer is left alone for ten seconds."""
    global _silent_until  # noqa: PLW0603
    if time.monotonic() < _silent_until:
        return
    try:
        current_app.send_task(task, kwargs=arguments, countdown=in_seconds, retry=False)
    except (OperationalError, OSError) as error:
        _silent_until = time.monotonic() + SILENCE_AFTER_FAILURE_SECONDS
        log.warning("bell_not_rung", task=task, error=type(error).__name__)


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("record() needs the transaction that makes the change.")


def _kind_of(subject: models.Model) -> str:
    return subject._meta.model_name or ""  # noqa: SLF001


def _version_of(subject: models.Model) -> int:
    return getattr(subject, "version", 0)


@cache
def _resolve(dotted: str) -> Reaction:
    module, _, function = dotted.rpartition(".")
    reaction: Reaction = getattr(import_module(module), function)
    return reaction
