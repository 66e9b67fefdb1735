"""The one base class of failures that a person can act on."""


class DomainError(Exception):
    """A rule of the business was not met; ``str(error)`` may be shown to the user.

    Subclasses live beside the function that raises them, and set ``code``, a stable
    machine-readable name that the API returns. ``field`` names the input at fault, when
    there is one; ``details`` carries what an API client may want to read.
    """

    code = "domain_error"

    def __init__(
        self, message: str, *, field: str = "", details: dict[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.field = field
        self.details = details or {}


class InvalidInput(DomainError):
    """A value cannot be right whatever the state; ``field`` names it."""

    code = "invalid"


class StaleVersion(DomainError):
    """Somebody else changed the record since it was read."""

    code = "stale_version"


def require_version(current: int, expected: int | None) -> None:
    """Refuse a write that was made on an older version of the record.

    :raises StaleVersion: ``expected`` is given and is not ``current``.
    """
    if expected is not None and expected != current:
        raise StaleVersion(
            "Somebody else changed this meanwhile. Look at the newest version and try again.",
            details={"expected": expected, "current": current},
        )
