"""The door for calendar programs: they sign in nowhere, and their address is the secret."""

import time
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from hub.access import public
from hub.rest.authentication import digest_of
from hub.rest.throttling import Counter
from scheduling.feed_files import file_of
from scheduling.subscribing import FeedClosed, open_feed

READS = Counter()
READS_PER_MINUTE = 12  # of one address; programs ask every few minutes at most
UNLISTED = {"X-Robots-Tag": "noindex, nofollow"}
ABSENT = "There is nothing here.\n"


@public
@require_safe
def read_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the calendar of an address; 304 while nothing of it has changed.

    An address that was closed, for whatever reason, and one that never was look alike.
    """
    wait = _seconds_to_wait(request, token)
    if wait:
        return _text("Too many requests.\n", HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": wait})
    at = timezone.now()
    try:
        opened = open_feed(token, at=at)
    except FeedClosed:
        return _text(ABSENT, HTTPStatus.NOT_FOUND, {})
    file = file_of(opened, at=at)
    headers = {**UNLISTED, "ETag": file.etag, "Cache-Control": "private, no-cache"}
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if {"*", file.etag} & {tag.removeprefix("W/") for tag in known}:
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    content_type = "text/calendar; charset=utf-8"
    return HttpResponse(file.render(), content_type=content_type, headers=headers)


def _seconds_to_wait(request: HttpRequest, token: str) -> int:
    """Count as the API does: by where it comes from, and the reads of one address as well."""
    now = time.time()
    asker = f"address:{request.META.get('REMOTE_ADDR', '')}"
    return READS.seconds_to_wait(
        asker, limit=settings.API_REQUESTS_PER_MINUTE, at=now
    ) or READS.seconds_to_wait(f"feed:{digest_of(token)}", limit=READS_PER_MINUTE, at=now)


def _text(text: str, status: HTTPStatus, headers: dict[str, int]) -> HttpResponse:
    return HttpResponse(
        text,
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={**UNLISTED, **{name: str(value) for name, value in headers.items()}},
    )
