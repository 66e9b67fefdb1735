"""Send stored bytes as they are: whole, in part, or not at all when the reader has them."""

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes ``first`` to ``last``, both included."""

    first: int
    last: int


class Unsatisfiable(ValueError):
    """The range begins behind the end."""


def stream(
    request: HttpRequest, content: bytes, *, sha256: str, media_type: str, name: str = ""
) -> HttpResponse:
    """Answer with ``content``, named by its hash; with ``name`` as a download.

    Understands If-None-Match, and one range with or without If-Range (RFC 9110 §13, §14).
    """
    tag = f'"{sha256}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, must-revalidate",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
    }
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{safe_name(name)}"'
    if _is_known(request.headers.get("If-None-Match", ""), tag):
        return HttpResponse(status=304, headers=headers)
    try:
        part = _part(request, tag, len(content))
    except Unsatisfiable:
        headers["Content-Range"] = f"bytes */{len(content)}"
        return HttpResponse(status=416, headers=headers, content_type=media_type)
    if part is None:
        return HttpResponse(content, headers=headers, content_type=media_type)
    headers["Content-Range"] = f"bytes {part.first}-{part.last}/{len(content)}"
    piece = content[part.first : part.last + 1]
    return HttpResponse(piece, status=206, headers=headers, content_type=media_type)


def safe_name(name: str) -> str:
    """A file name that no header and no file system takes for anything else."""
    return _UNSAFE.sub("_", name).strip("._") or "document"


def _is_known(sent: str, tag: str) -> bool:
    known = {item.strip().removeprefix("W/") for item in sent.split(",")}
    return "*" in known or tag in known


def _part(request: HttpRequest, tag: str, size: int) -> Part | None:
    """Return the one range asked for; none where all is to be sent.

    :raises Unsatisfiable: nothing of it exists.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        if not int(last):
            raise Unsatisfiable
        return Part(max(size - int(last), 0), size - 1)
    if int(first) >= size:
        raise Unsatisfiable
    if last and int(last) < int(first):
        return None
    return Part(int(first), min(int(last), size - 1) if last else size - 1)
