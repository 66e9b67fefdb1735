"""Keep a file once, under the SHA-256 of its bytes, and give back exactly those bytes."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.db import models

from hub.errors import DomainError
from hub.models import StoredFile

PIECE = 1 << 20


class DocumentDamaged(DomainError):
    """The stored bytes no longer have the hash they are filed under."""

    code = "document_damaged"


def store(content: bytes, *, media_type: str) -> StoredFile:
    """File ``content`` under its hash and return its record; storing it again changes nothing.

    The bytes are on disk before the row that names them is committed, so a crash can leave a
    file that nobody names but never a name without its file.
    """
    return _store(ContentFile(content), media_type=media_type)


def store_file(file: IO[bytes], *, media_type: str) -> StoredFile:
    """Do what ``store`` does with all that ``file`` holds, a piece at a time."""
    return _store(File(file), media_type=media_type)


def opened(sha256: str) -> IO[bytes]:
    """Return the file under ``sha256``, open for reading a piece at a time; the caller closes it.

    :raises DocumentDamaged: the file is missing or was altered.
    """
    try:
        file: IO[bytes] = _storage().open(_path(sha256))
    except FileNotFoundError:
        raise DocumentDamaged("The stored document is missing.") from None
    if _hash_of(file) != sha256:
        file.close()
        raise DocumentDamaged("The stored document was altered.")
    return file


def read(sha256: str) -> bytes:
    """Return the bytes filed under ``sha256``.

    :raises DocumentDamaged: the file is missing or was altered.
    """
    with closing(opened(sha256)) as file:
        return file.read()


def forget(sha256: str) -> None:
    """Delete the bytes filed under ``sha256``; its record stays, and storing it again works."""
    _storage().delete(_path(sha256))


def is_named(sha256: str, *, but: type[models.Model]) -> bool:
    """Say whether a row of another model than ``but`` needs the file; histories do not."""
    relations = StoredFile._meta.get_fields(include_hidden=True)  # noqa: SLF001
    return any(
        one.related_model._default_manager.filter(**{one.field.name: sha256}).exists()  # noqa: SLF001
        for one in relations
        if isinstance(one, models.ForeignObjectRel)
        and one.on_delete is models.PROTECT
        and one.related_model is not but
    )


def _store(file: File[bytes], *, media_type: str) -> StoredFile:
    sha256 = _hash_of(file)
    if not _is_intact(sha256):
        _write(sha256, file)
    record, _ = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"media_type": media_type, "size": file.size}
    )
    return record


def _hash_of(file: IO[bytes] | File[bytes]) -> str:
    """Return the SHA-256 of the whole file, and stand at its beginning again."""
    file.seek(0)
    sha256 = hashlib.sha256()
    while piece := file.read(PIECE):
        sha256.update(piece)
    file.seek(0)
    return sha256.hexdigest()


def _is_intact(sha256: str) -> bool:
    try:
        opened(sha256).close()
    except DocumentDamaged:
        return False
    return True


def _write(sha256: str, content: File[bytes]) -> None:
    storage = _storage()
    storage.delete(_path(sha256))  # what a crash left half written
    name = storage.save(_path(sha256), content)
    if name != _path(sha256):  # a twin was faster with the same bytes
        storage.delete(name)
        return
    _flush(storage, name)


def _storage() -> Storage:
    return storages["documents"]


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _flush(storage: Storage, name: str) -> None:
    """Force a file of a local file system, and its folder entry, to the disk."""
    try:
        path = Path(storage.path(name))
    except NotImplementedError:
        return  # an object store answers only once it has the bytes
    for target in (path, path.parent):
        descriptor = os.open(target, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
