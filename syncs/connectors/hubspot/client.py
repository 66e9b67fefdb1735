"""The calls of HubSpot's dated CRM API, and what its errors mean."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import orjson

from syncs.deadlines import Deadline
from syncs.failures import (
    CallFailed,
    DuplicateRemote,
    Forbidden,
    Gone,
    Invalid,
    RateLimited,
    Transient,
)
from syncs.http import Answer, Client, Effect, redact, require_verdict, retry_after_seconds

#: The dated version all paths carry; each is supported for at least 18 months.
VERSION = "2026-09"
BASE_URL = "https://api.hubapi.com"
PAGE_SIZE = 100
SUCCESS = range(200, 300)
MULTI_STATUS = 207
NOT_FOUND = 404
MIGRATING = 477
TOO_MANY = 429
DAILY_WAIT_SECONDS = 3600.0
OWNER_OF_VALUE = (
    re.compile(r"Existing ID: ?(\d{1,20})"),
    re.compile(r"\b(\d{1,20}) already has that value"),
)
FIELD_IN_MESSAGE = re.compile(r'"name":"([\w-]{1,100})"')

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Search:
    """One page of a search, oldest change first. Every key is required by the vendor."""

    filters: tuple[Mapping[str, str], ...]
    properties: tuple[str, ...]
    sort: str
    after: str = ""

    def as_json(self) -> Row:
        return {
            "filterGroups": [{"filters": list(self.filters)}],
            "properties": list(self.properties),
            "sorts": [self.sort],
            "limit": PAGE_SIZE,
            "after": self.after,
        }


class HubSpotClient:
    """JSON in, JSON out; nothing is known here of customers or invoices."""

    def __init__(self, base_url: str, client: Client) -> None:
        self._base_url = base_url.rstrip("/")
        self._client = client

    def close(self) -> None:
        self._client.close()

    def read(
        self,
        object_type: str,
        object_id: str,
        *,
        properties: Iterable[str],
        deadline: Deadline,
        id_property: str = "",
    ) -> Row:
        """:raises Gone: there is no such object."""
        query = {"properties": ",".join(properties)}
        if id_property:
            query["idProperty"] = id_property
        path = f"{_objects(object_type)}/{quote(object_id, safe='')}?{urlencode(query)}"
        return self._call("GET", path, None, Effect.READ, deadline)

    def create(
        self,
        object_type: str,
        properties: Mapping[str, str],
        associations: list[Row],
        *,
        deadline: Deadline,
    ) -> Row:
        body = {"properties": dict(properties), "associations": associations}
        return self._call("POST", _objects(object_type), body, Effect.CREATE, deadline)

    def upsert(
        self,
        object_type: str,
        id_property: str,
        value: str,
        properties: Mapping[str, str],
        *,
        deadline: Deadline,
    ) -> Row:
        """Create or change the one object whose unique ``id_property`` is ``value``."""
        item = {"idProperty": id_property, "id": value, "properties": dict(properties)}
        path = f"{_objects(object_type)}/batch/upsert"
        found = self._call("POST", path, {"inputs": [item]}, Effect.CREATE, deadline)
        return _only_result(found)

    def patch(
        self,
        object_type: str,
        object_id: str,
        properties: Mapping[str, str],
        *,
        deadline: Deadline,
    ) -> Row:
        """:raises Gone: there is no such object."""
        path = f"{_objects(object_type)}/{quote(object_id, safe='')}"
        body = {"properties": dict(properties)}
        return self._call("PATCH", path, body, Effect.WRITE, deadline)

    def associate(
        self, from_type: str, from_id: str, to_type: str, to_id: str, *, deadline: Deadline
    ) -> None:
        """Link two objects; doing it twice is doing it once."""
        ends = (quote(from_id, safe=""), to_type, quote(to_id, safe=""))
        path = f"{_objects(from_type)}/{ends[0]}/associations/default/{ends[1]}/{ends[2]}"
        self._call("PUT", path, None, Effect.WRITE, deadline)

    def search(self, object_type: str, search: Search, *, deadline: Deadline) -> Row:
        path = f"{_objects(object_type)}/search"
        return self._call("POST", path, search.as_json(), Effect.READ, deadline)

    def list_archived(self, object_type: str, *, after: str, deadline: Deadline) -> Row:
        query = {"archived": "true", "limit": str(PAGE_SIZE)} | ({"after": after} if after else {})
        path = f"{_objects(object_type)}?{urlencode(query)}"
        return self._call("GET", path, None, Effect.READ, deadline)

    def list_properties(self, object_type: str, *, deadline: Deadline) -> tuple[Row, str]:
        """Return the properties of a type, and the Date header of the answer."""
        answer = self._send("GET", _properties(object_type), None, Effect.READ, deadline)
        return _row(answer.json()), answer.headers.get("date", "")

    def create_property(self, object_type: str, definition: Row, *, deadline: Deadline) -> Row:
        path = _properties(object_type)
        return self._call("POST", path, definition, Effect.WRITE, deadline)

    def create_group(self, object_type: str, definition: Row, *, deadline: Deadline) -> Row:
        path = f"{_properties(object_type)}/groups"
        return self._call("POST", path, definition, Effect.WRITE, deadline)

    def list_pipelines(self, object_type: str, *, deadline: Deadline) -> Row:
        path = f"/crm/pipelines/{VERSION}/{object_type}"
        return self._call("GET", path, None, Effect.READ, deadline)

    def _call(
        self, method: str, path: str, body: Row | None, effect: Effect, deadline: Deadline
    ) -> Row:
        return _row(self._send(method, path, body, effect, deadline).json())

    def _send(
        self, method: str, path: str, body: Row | None, effect: Effect, deadline: Deadline
    ) -> Answer:
        answer = self._client.call(
            method,
            self._base_url + path,
            deadline=deadline,
            effect=effect,
            headers={"Content-Type": "application/json"} if body is not None else {},
            content=orjson.dumps(body) if body is not None else None,
        )
        if answer.status not in SUCCESS:
            raise _failure(answer, effect)
        return answer


def rows(found: Row, key: str) -> list[Row]:
    """Return a list of objects out of an answer; anything else in it is dropped."""
    listed = found.get(key)
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def next_after(found: Row) -> str:
    """Return the token of the next page, "" on the last."""
    paging = found.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    return str(following.get("after") or "") if isinstance(following, dict) else ""


def _objects(object_type: str) -> str:
    return f"/crm/objects/{VERSION}/{object_type}"


def _properties(object_type: str) -> str:
    return f"/crm/properties/{VERSION}/{object_type}"


def _row(found: object) -> Row:
    if not isinstance(found, dict):
        raise Transient("The answer is not an object.", code="shape")
    return found


def _only_result(found: Row) -> Row:
    """Return the one result of a batch of one; its error may hide behind a 207."""
    results, errors = rows(found, "results"), rows(found, "errors")
    if results:
        return results[0]
    if errors:
        raise _read_error(errors[0], MULTI_STATUS)
    raise Transient("The answer names neither a result nor an error.", code="shape")


def _failure(answer: Answer, effect: Effect) -> CallFailed:
    """Return what a status that is no success means, vendor's own words first."""
    try:
        error = _row(answer.json())
    except Transient:
        error = {}
    if answer.status in {TOO_MANY, MIGRATING}:
        wait = retry_after_seconds(answer)
        is_daily = error.get("policyName") == "DAILY" and "retry-after" not in answer.headers
        return RateLimited(
            "HubSpot asks us to slow down.",
            retry_after_seconds=DAILY_WAIT_SECONDS if is_daily else wait,
            code=str(error.get("policyName") or error.get("category") or "RATE_LIMITS"),
            http_status=answer.status,
        )
    try:
        require_verdict(answer, effect=effect)
    except Forbidden:
        return Forbidden(_words(error), code=_code(error), http_status=answer.status)
    except CallFailed as failure:
        return failure
    return _read_error(error, answer.status)


def _read_error(error: Row, status: int) -> CallFailed:
    """Return the meaning of one error object, of a whole answer or of one item of a batch."""
    message = str(error.get("message") or "")
    owner = next((m[1] for p in OWNER_OF_VALUE if (m := p.search(message))), None)
    code = _code(error)
    if owner or code == "CONFLICT":
        return DuplicateRemote(_words(error), remote_id=owner, code=code, http_status=status)
    if status == NOT_FOUND or code == "OBJECT_NOT_FOUND":
        return Gone(_words(error), code=code, http_status=status)
    return Invalid(_words(error), fields=_fields(error), code=code, http_status=status)


def _code(error: Row) -> str:
    return redact(str(error.get("category") or error.get("errorType") or "UNKNOWN"))[:64]


def _words(error: Row) -> str:
    return redact(str(error.get("message") or "HubSpot gave no reason."))


def _fields(error: Row) -> dict[str, str]:
    """Return the vendor's words by property name, wherever it put the names."""
    fields: dict[str, str] = {}
    for detail in rows(error, "errors"):
        context = detail.get("context")
        named = context.get("propertyName") if isinstance(context, dict) else None
        for name in named if isinstance(named, list) else [detail.get("in")]:
            if name:
                fields[str(name)] = _words(detail)
    for name in FIELD_IN_MESSAGE.findall(str(error.get("message") or "")):
        fields.setdefault(name, _words(error))
    return fields
