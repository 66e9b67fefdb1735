"""Times that are held over the API."""

from typing import Any

from hub.identifiers import public_id
from tests.factories.clients import ApiClient
from tests.factories.scheduling import service, staff


def wish(**changes: Any) -> dict[str, Any]:
    """What to send: a time far ahead of the clock of this machine, at 10:00 in Berlin."""
    return {
        "service": public_id("svc", service().pk),
        "staff": public_id("stf", staff().pk),
        "start_at": "2099-03-02T10:00:00+01:00",
    } | changes


def held(tool: ApiClient) -> str:
    """Return the id of a time that ``tool`` holds."""
    answer = tool.post("/api/v1/holds", wish())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
