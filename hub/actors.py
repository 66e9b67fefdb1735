"""Who makes a change, and through which door."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import structlog
from django.http import HttpRequest

from hub.identifiers import uuid7

NAME_LIMIT = 200  # in characters, as the columns have it


class ActorKind(StrEnum):
    USER = "user"
    KEY = "key"  # an API key: a principal of its own
    CONNECTION = "connection"
    CUSTOMER = "customer"  # without an account: whoever holds the link in a mail
    VISITOR = "visitor"  # anybody, on a page that is open to everybody
    SYSTEM = "system"


class Source(StrEnum):
    BROWSER = "browser"
    API = "api"
    CONNECTOR = "connector"
    JOB = "job"
    IMPORT = "import"
    LINK = "link"  # in a mail to a customer
    BOOKING_PAGE = "booking page"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person, API key, connection, customer or job behind a change.

    ``name`` is what people read in the history; it is kept as it was at the time.
    ``request_id`` ties the change to the log lines of the request or job that made it.
    """

    kind: ActorKind
    id: str
    name: str
    source: Source
    request_id: str

    @classmethod
    def signed_in(cls, request: HttpRequest, *, source: Source = Source.BROWSER) -> "Actor":
        """Return the signed-in user behind ``request``.

        :raises RuntimeError: nobody is signed in; the view forgot to require it.
        """
        user = request.user
        if user.pk is None:
            raise RuntimeError("This view must require a signed-in user.")
        return cls(ActorKind.USER, str(user.pk), str(user), source, current_request_id())

    @classmethod
    def key(cls, key_id: UUID, name: str) -> "Actor":
        return cls(ActorKind.KEY, str(key_id), name, Source.API, current_request_id())

    @classmethod
    def connection(cls, connection_id: UUID, name: str) -> "Actor":
        return cls(
            ActorKind.CONNECTION, str(connection_id), name, Source.CONNECTOR, current_request_id()
        )

    @classmethod
    def customer_by_link(cls, customer_id: UUID) -> "Actor":
        """The customer of an appointment, as far as a link tells; their name stays out of it."""
        name, door = "Customer by link", Source.LINK
        return cls(ActorKind.CUSTOMER, str(customer_id), name, door, current_request_id())

    @classmethod
    def visitor(cls) -> "Actor":
        """Somebody on the public booking page, who may be whoever they say."""
        kind, door = ActorKind.VISITOR, Source.BOOKING_PAGE
        return cls(kind, "booking page", "Visitor of the booking page", door, current_request_id())

    @classmethod
    def job(cls, name: str) -> "Actor":
        """A scheduled or background job that names itself, such as ``"release expired slots"``."""
        return cls(ActorKind.SYSTEM, name, f"Hub: {name}", Source.JOB, current_request_id())

    @classmethod
    def importing(cls, user_id: UUID, name: str, *, import_id: UUID) -> "Actor":
        """The person behind an import, whose rows are written long after the request."""
        return cls(ActorKind.USER, str(user_id), name, Source.IMPORT, import_id.hex)

    @classmethod
    def imported(cls, name: str) -> "Actor":
        """A bulk load, such as the demo data or a move from an older system."""
        return cls(ActorKind.SYSTEM, name, name, Source.IMPORT, current_request_id())

    def columns(self) -> dict[str, str]:
        """Return the actor as rows keep it that say who made a change."""
        return {
            "actor_kind": self.kind.value,
            "actor_id": self.id,
            "actor_name": self.name[:NAME_LIMIT],
            "source": self.source.value,
            "request_id": self.request_id,
        }


def current_request_id() -> str:
    """Return the request id bound to this thread's log context, or a fresh one.

    A client may have chosen it: only as much of it is taken as the history can keep.
    """
    bound = structlog.contextvars.get_contextvars().get("request_id")
    return str(bound)[:64] if bound else uuid7().hex
