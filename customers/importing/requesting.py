"""What a person asks of an import: take this file, read it so, check it, go, stop."""

import io
import os
from collections.abc import Mapping
from datetime import datetime
from typing import IO, cast
from uuid import UUID

from django.db import transaction

from customers.claims import SYSTEM_LIMIT
from customers.details import home_region
from customers.importing.forgetting import FILES
from customers.importing.mapping import guessed, require_usable
from customers.importing.moving import call_workers, forget_plan
from customers.importing.reading import UPLOAD_BYTES, XLSX, media_type_of, table_of
from customers.importing.states import TRANSITIONS
from customers.importing.tables import HEADING_CHARACTERS, Table, UnreadableFile
from customers.importing.workbooks import require_harmless
from customers.models import ColumnChoice, CustomerImport, ImportState
from customers.normalizing import clean_line, fold, without_unseen
from hub import access, documents, history, locks
from hub.access import AccessDenied, Capability
from hub.actors import Actor
from hub.lifecycle import require_transition

FILE_NAME_CHARACTERS = 200


def upload_import(
    file: IO[bytes], *, file_name: str, at: datetime, by: Actor
) -> tuple[CustomerImport, str]:
    """Keep ``file`` and guess its columns; return the import and how the file was read.

    :raises AccessDenied: ``by`` may not import customers.
    :raises UnreadableFile: it is empty, too large, or nothing that can be read.
    """
    media_type, table = _understood(file)
    with transaction.atomic():
        access.require(by, Capability.IMPORT_CUSTOMER)
        locks.shared(FILES)
        stored = documents.store_file(file, media_type=media_type)
        found = CustomerImport(
            file=stored,
            file_name=without_unseen(file_name).strip()[-FILE_NAME_CHARACTERS:] or "customers",
            owner_id=UUID(by.id),
            region=home_region(),
            headings=list(table.headings),
            mapping=guessed(table.headings),
            total=table.last(),
            created_at=at,
            moved_at=at,
        )
        return history.create(found, by=by), table.told


@transaction.atomic
def choose_columns(
    import_id: UUID, mapping: Mapping[str, str], *, system: str, by: Actor
) -> CustomerImport:
    """Say which heading is which field, and whose ids stand in the file; both are remembered.

    :raises AccessDenied: ``by`` may not import customers.
    :raises InvalidInput: nobody is named, or two columns are the same field.
    :raises IllegalTransition: it runs already, or is over.
    """
    found = _locked(import_id, by=by)
    _require_next(found, ImportState.CHECKING)
    chosen = {heading: mapping[heading] for heading in found.headings if mapping.get(heading)}
    require_usable(chosen)
    found.mapping = chosen
    found.system = clean_line(system, field="system", limit=SYSTEM_LIMIT)
    history.save(found, fields=["mapping", "system"], by=by)
    _remember(found)
    return found


@transaction.atomic
def start_check(import_id: UUID, *, at: datetime, by: Actor) -> CustomerImport:
    """Have every row looked at without writing a customer.

    :raises AccessDenied: ``by`` may not import customers.
    :raises InvalidInput: the columns are not chosen yet.
    :raises IllegalTransition: it runs already, or is over.
    """
    found = _locked(import_id, by=by)
    require_usable(found.mapping)
    return _begin(found, ImportState.CHECKING, at=at, by=by)


@transaction.atomic
def start_import(import_id: UUID, *, at: datetime, by: Actor) -> CustomerImport:
    """Have the rows written that a check has looked at.

    :raises AccessDenied: ``by`` may not import, or not add or see customers.
    :raises IllegalTransition: it was not checked, or was imported already.
    """
    found = _locked(import_id, by=by)
    return _begin(found, ImportState.RUNNING, at=at, by=by)


@transaction.atomic
def cancel_import(import_id: UUID, *, at: datetime, by: Actor) -> CustomerImport:
    """Stop at once: chunks under way are taken back, what is imported stays.

    :raises AccessDenied: ``by`` may not import customers.
    :raises IllegalTransition: it is over.
    """
    found = _locked(import_id, by=by)
    _require_next(found, ImportState.CANCELED)
    forget_plan(found)
    found.state, found.moved_at = ImportState.CANCELED, at
    history.save(found, fields=["state", "moved_at"], by=by)
    return found


class _Kept(io.BufferedIOBase):
    """A view of an upload that can be closed and opened again."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        file.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        return self._file.read(-1 if size is None else size)

    read1 = read

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._file.seek(offset, whence)
        return self._file.tell()

    def tell(self) -> int:
        return self._file.tell()


def _understood(file: IO[bytes]) -> tuple[str, Table]:
    file.seek(0, os.SEEK_END)
    size = file.tell()
    if size > UPLOAD_BYTES:
        raise UnreadableFile(too_large(size))

    def opened() -> IO[bytes]:
        return cast("IO[bytes]", _Kept(file))

    media_type = media_type_of(opened)
    if media_type == XLSX:
        require_harmless(opened)
    return media_type, table_of(opened, media_type=media_type)


def too_large(size: int) -> str:
    """``size`` in bytes."""
    return (
        f"This file has {size / (1 << 20):,.0f} MB; at most {UPLOAD_BYTES >> 20} MB can be taken."
        " Cut it into parts, or leave columns out."
    )


def _locked(import_id: UUID, *, by: Actor) -> CustomerImport:
    allowed = access.require(by, Capability.IMPORT_CUSTOMER)
    if not (allowed.can(Capability.EDIT_CUSTOMER) and allowed.can(Capability.VIEW_CUSTOMER)):
        raise AccessDenied("Importing adds and finds customers, which your role does not allow.")
    return CustomerImport.objects.select_for_update().get(pk=import_id)


def _require_next(found: CustomerImport, target: ImportState) -> None:
    require_transition(TRANSITIONS, current=ImportState(found.state), target=target)


def _begin(
    found: CustomerImport, target: ImportState, *, at: datetime, by: Actor
) -> CustomerImport:
    _require_next(found, target)
    found.rows.all().delete()
    found.state, found.position, found.counts, found.moved_at = target, 0, {}, at
    # Whoever starts it answers for its rows.
    found.owner_id = UUID(by.id)
    history.save(found, fields=["state", "position", "counts", "moved_at", "owner"], by=by)
    call_workers(found)
    return found


def _remember(found: CustomerImport) -> None:
    """The same heading twice, such as “Phone” and “Phone (2)”, is remembered once for each."""
    choices = {
        fold(heading)[:HEADING_CHARACTERS]: found.mapping.get(heading, "")
        for heading in found.headings
    }
    ColumnChoice.objects.bulk_create(
        (
            ColumnChoice(heading=heading, field=field)
            for heading, field in choices.items()
            if heading
        ),
        update_conflicts=True,
        unique_fields=["heading"],
        update_fields=["field"],
    )
