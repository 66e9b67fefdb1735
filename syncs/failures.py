"""How a call to a connected tool can end badly: one class per way to react to it."""

from collections.abc import Mapping


class CallFailed(Exception):
    """A call to a tool did not do what was asked.

    ``message`` is redacted: it may be stored and shown. ``code`` is the tool's own word or ours,
    ``http_status`` is None where no answer was read.
    """

    def __init__(self, message: str, *, code: str = "", http_status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).__name__
        self.http_status = http_status


class RateLimited(CallFailed):
    """Ask again after ``retry_after_seconds``; does not count as an attempt."""

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: float = 10.0,
        code: str = "",
        http_status: int | None = 429,
    ) -> None:
        super().__init__(message, code=code, http_status=http_status)
        self.retry_after_seconds = retry_after_seconds


class Transient(CallFailed):
    """Nothing was changed, or repeating is harmless: try again with backoff."""


class UnknownOutcome(CallFailed):
    """A write was sent and no verdict came back: look for our marker before creating again."""


class PreconditionFailed(CallFailed):
    """The remote object is not the version the write was based on: fetch, merge, push again."""


class CursorInvalid(CallFailed):
    """The tool forgot our place in its list of changes: a full run is due."""


class Gone(CallFailed):
    """The one object that was asked for does not exist (any more)."""


class ContainerGone(CallFailed):
    """The calendar or account itself is missing: never read this as deleted objects."""


class DuplicateRemote(CallFailed):
    """The tool holds an object under the identity we wanted; ``remote_id`` when it named it."""

    def __init__(
        self,
        message: str,
        *,
        remote_id: str | None = None,
        code: str = "",
        http_status: int | None = 409,
    ) -> None:
        super().__init__(message, code=code, http_status=http_status)
        self.remote_id = remote_id


class AuthFailed(CallFailed):
    """The credentials are not accepted: a person has to connect again."""


class Forbidden(CallFailed):
    """The credentials are fine and may not do this: read-only calendar, missing scope."""


class Invalid(CallFailed):
    """The tool refuses the content; ``fields`` maps its field names to its words."""

    def __init__(
        self,
        message: str,
        *,
        fields: Mapping[str, str] | None = None,
        code: str = "",
        http_status: int | None = 400,
    ) -> None:
        super().__init__(message, code=code, http_status=http_status)
        self.fields: Mapping[str, str] = dict(fields or {})


class MissingRelation(CallFailed):
    """The object this one belongs to is not linked in the tool yet: sync ``kind`` first."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"The {kind} is not linked in this tool yet.", code="missing_relation")
        self.kind = kind


class Refused(CallFailed):
    """The address may not be called at all: not https, not public, not on the allow-list."""


class Forged(CallFailed):
    """An incoming webhook does not carry a valid, fresh signature."""
