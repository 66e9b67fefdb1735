"""Take no more of an upload than any page can use, whatever the sender announces."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

LIMIT_BYTES = 50 << 20


class LimitedUpload(FileUploadHandler):
    """Drops a file that grows beyond the limit before it fills the disk.

    The view finds no file, and its size as announced in ``request.refused_upload_bytes``.
    """

    _taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        self._taken += len(raw_data)
        if self._taken > LIMIT_BYTES:
            request = self.request
            announced = int(request.META.get("CONTENT_LENGTH") or self._taken) if request else 0
            request.refused_upload_bytes = announced  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":  # noqa: ARG002
        return None  # the handlers after this one keep it
