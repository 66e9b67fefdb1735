"""Keep a file once, under the SHA-256 of its bytes, and give back exactly those bytes."""

import hashlib
import os
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from hub.errors import DomainError
from hub.models import StoredFile


class DocumentDamaged(DomainError):
    """The stored bytes no longer have the hash they are filed under."""

    code = "document_damaged"


def store(content: bytes, *, media_type: str) -> StoredFile:
    """File ``content`` under its hash and return its record; storing it again changes nothing.

    The bytes are on disk before the row that names them is committed, so a crash can leave a
    file that nobody names but never a name without its file.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    if not _is_intact(sha256):
        _write(sha256, content)
    record, _ = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"media_type": media_type, "size": len(content)}
    )
    return record


def read(sha256: str) -> bytes:
    """Return the bytes filed under ``sha256``.

    :raises DocumentDamaged: the file is missing or was altered.
    """
    try:
        with _storage().open(_path(sha256)) as file:
            content: bytes = file.read()
    except FileNotFoundError:
        raise DocumentDamaged("The stored document is missing.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DocumentDamaged("The stored document was altered.")
    return content


def _is_intact(sha256: str) -> bool:
    try:
        read(sha256)
    except DocumentDamaged:
        return False
    return True


def _write(sha256: str, content: bytes) -> None:
    storage = _storage()
    storage.delete(_path(sha256))  # what a crash left half written
    name = storage.save(_path(sha256), ContentFile(content))
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
