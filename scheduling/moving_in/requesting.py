"""What a person asks: take this file, read it so, check it, go, stop."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import transaction

from customers.claims import SYSTEM_LIMIT
from customers.importing.states import TRANSITIONS
from customers.importing.tables import HEADING_CHARACTERS
from customers.models import ImportState
from customers.normalizing import clean_line, fold, without_unseen
from hub import documents, history, locks
from hub.actors import Actor
from hub.errors import InvalidInput
from hub.lifecycle import require_transition
from scheduling.models import FileKind, MovingIn, MovingInChoice
from scheduling.moving_in.columns import COLUMN, guessed, require_usable
from scheduling.moving_in.entering import require_mover
from scheduling.moving_in.forgetting import FILES
from scheduling.moving_in.moving import call_worker, forget_forecast
from scheduling.moving_in.naming import KINDS, Names, Ours, names_in
from scheduling.moving_in.reading import ReadFile, read_file

FILE_NAME_CHARACTERS = 200
# Somebody waits for the page, and reading takes a second for each thousand.
EVENTS_LOOKED_AT = 3000


@dataclass(frozen=True, slots=True)
class Asked:
    """The names of one kind in a file: as they are written, and what each may mean."""

    kind: str
    written: Mapping[str, str]
    suggested: Mapping[str, str]
    choices: list[tuple[str, str]]


def upload(content: bytes, *, file_name: str, at: datetime, by: Actor) -> MovingIn:
    """Keep a file and guess its columns.

    :raises AccessDenied: ``by`` may not move appointments in.
    :raises UnreadableFile: it is empty, too large, or nothing that can be read.
    """
    file = read_file(content)
    with transaction.atomic():
        require_mover(by)
        locks.shared(FILES)
        stored = documents.store_file(io.BytesIO(content), media_type=file.media_type)
        last = MovingIn.objects.exclude(system="").order_by("-created_at", "-pk").first()
        found = MovingIn(
            file=stored,
            sha256=stored.pk,
            file_name=without_unseen(file_name).strip()[-FILE_NAME_CHARACTERS:] or "appointments",
            kind=file.kind,
            owner_id=UUID(by.id),
            system=last.system if last else "",
            headings=list(file.headings),
            mapping=guessed(file.headings),
            total=file.total,
            created_at=at,
            moved_at=at,
        )
        return history.create(found, by=by)


@transaction.atomic
def choose_columns(moving_in_id: UUID, mapping: Mapping[str, str], *, by: Actor) -> MovingIn:
    """Say which heading is which field; it is remembered for the next file.

    :raises AccessDenied: ``by`` may not move appointments in.
    :raises InvalidInput: start or customer is missing, or two columns are the same field.
    :raises IllegalTransition: it runs already, or is over.
    """
    found = _locked(moving_in_id, by=by)
    _require_next(found, ImportState.CHECKING)
    chosen = {heading: mapping[heading] for heading in found.headings if mapping.get(heading)}
    require_usable(chosen)
    found.mapping = chosen
    history.save(found, fields=["mapping"], by=by)
    _remember(
        COLUMN,
        {
            fold(heading)[:HEADING_CHARACTERS]: chosen.get(heading, "")
            for heading in found.headings
        },
    )
    return found


def names_of(found: MovingIn) -> list[Asked]:
    """Return the names that stand in a file, with what they mean as far as one can guess.

    :raises UnreadableFile: the file changed into something that cannot be read.
    """
    with opened(found).entries(found.mapping)(0) as entries:
        looked_at = EVENTS_LOOKED_AT if found.kind == FileKind.CALENDAR else None
        written = names_in(islice(entries, looked_at))
    ours = Ours.read()
    asked = []
    for kind in KINDS:
        suggested = ours.suggested(kind, [*written[kind], ""]) | dict(found.names.get(kind, {}))
        asked.append(Asked(kind, written[kind], suggested, ours.choices(kind)))
    return asked


@transaction.atomic
def choose_names(
    moving_in_id: UUID, names: Names, *, system: str, with_reminders: bool, by: Actor
) -> MovingIn:
    """Say what the names in the file mean, and where it comes from; remembered for the next one.

    :raises AccessDenied: ``by`` may not move appointments in.
    :raises InvalidInput: the system has no name, or a choice is none of ours.
    :raises IllegalTransition: it runs already, or is over.
    """
    found = _locked(moving_in_id, by=by)
    _require_next(found, ImportState.CHECKING)
    found.system = clean_line(system, field="system", limit=SYSTEM_LIMIT)
    if not found.system:
        raise InvalidInput("Name the system that the file comes from.", field="system")
    ours = Ours.read()
    for kind in KINDS:
        known = {pk for pk, _ in ours.choices(kind)} | {""}
        if not set(names.get(kind, {}).values()) <= known:
            raise InvalidInput("This cannot be chosen.", field=kind)
    found.names = {kind: dict(names.get(kind, {})) for kind in KINDS}
    found.with_reminders = with_reminders
    history.save(found, fields=["system", "names", "with_reminders"], by=by)
    for kind, chosen in found.names.items():
        _remember(kind, chosen)
    return found


@transaction.atomic
def start_check(moving_in_id: UUID, *, at: datetime, by: Actor) -> MovingIn:
    """Have every row looked at without writing an appointment.

    :raises AccessDenied: ``by`` may not move appointments in.
    :raises InvalidInput: columns or names are not chosen yet.
    :raises IllegalTransition: it runs already, or is over.
    """
    found = _locked(moving_in_id, by=by)
    if found.kind == FileKind.TABLE:
        require_usable(found.mapping)
    if not found.names:
        raise InvalidInput("Say first what the names in the file mean.", field="names")
    return _begin(found, ImportState.CHECKING, at=at, by=by)


@transaction.atomic
def start(moving_in_id: UUID, *, at: datetime, by: Actor) -> MovingIn:
    """Have the rows written that a check has looked at.

    :raises AccessDenied: ``by`` may not move appointments in.
    :raises IllegalTransition: it was not checked, or was imported already.
    """
    return _begin(_locked(moving_in_id, by=by), ImportState.RUNNING, at=at, by=by)


@transaction.atomic
def cancel(moving_in_id: UUID, *, at: datetime, by: Actor) -> MovingIn:
    """Stop at once; what is moved in stays.

    :raises AccessDenied: ``by`` may not move appointments in.
    :raises IllegalTransition: it is over.
    """
    found = _locked(moving_in_id, by=by)
    _require_next(found, ImportState.CANCELED)
    forget_forecast(found)
    found.state, found.moved_at = ImportState.CANCELED, at
    history.save(found, fields=["state", "moved_at"], by=by)
    return found


def opened(found: MovingIn) -> ReadFile:
    """:raises UnreadableFile: the file changed into something that cannot be read."""
    return read_file(documents.read(found.sha256))


def _locked(moving_in_id: UUID, *, by: Actor) -> MovingIn:
    require_mover(by)
    return MovingIn.objects.select_for_update().get(pk=moving_in_id)


def _require_next(found: MovingIn, target: ImportState) -> None:
    require_transition(TRANSITIONS, current=ImportState(found.state), target=target)


def _begin(found: MovingIn, target: ImportState, *, at: datetime, by: Actor) -> MovingIn:
    _require_next(found, target)
    found.rows.all().delete()
    found.state, found.position, found.counts, found.moved_at = target, 0, {}, at
    # Whoever starts it answers for its rows.
    found.owner_id = UUID(by.id)
    history.save(found, fields=["state", "position", "counts", "moved_at", "owner"], by=by)
    call_worker(found)
    return found


def _remember(kind: str, choices: Mapping[str, str]) -> None:
    MovingInChoice.objects.bulk_create(
        (
            MovingInChoice(kind=kind, text=text, choice=choice)
            for text, choice in choices.items()
            if text or kind != COLUMN
        ),
        update_conflicts=True,
        unique_fields=["kind", "text"],
        update_fields=["choice"],
    )
