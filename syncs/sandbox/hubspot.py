"""A stand-in for HubSpot's dated CRM API: contacts, meetings, deals, their properties."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from syncs.sandbox import hubspot_rules as rules
from syncs.sandbox.faults import FaultPlan
from syncs.sandbox.hubspot_rules import Refusal
from syncs.sandbox.serving import Reply, Request
from syncs.sandbox.store import Store, Stored, ValueTaken

MAX_BATCH = 100
SEARCH_REACH = 10_000
V = r"/2026-09"
T = r"/(?P<type>[\w-]+)"

Json = Mapping[str, object]


class HubSpot:
    """Answers requests from the store, as the vendor documents it."""

    def __init__(
        self, store: Store, plan: FaultPlan, *, token: str, now: Callable[[], float]
    ) -> None:
        self.store, self.plan = store, plan
        self._token, self._now = token, now
        objects, props = rf"/crm/objects{V}{T}", rf"/crm/properties{V}{T}"
        item = rf"{objects}/(?P<key>[^/]+)"
        self._routes: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
            ("GET", objects, self.list_page),
            ("POST", objects, self.create),
            ("POST", rf"{objects}/search", self.search),
            ("POST", rf"{objects}/merge", self.merge),
            ("POST", rf"{objects}/batch/(?P<action>\w+)", self.batch),
            ("GET", item, self.read),
            ("PATCH", item, self.patch),
            ("DELETE", item, self.archive),
            ("PUT", rf"{item}/associations/default/(?P<to>[\w-]+)/(?P<to_id>\d+)", self.associate),
            ("GET", props, self.list_properties),
            ("POST", props, self.define_property),
            ("POST", rf"{props}/groups", self.define_group),
            ("DELETE", rf"{props}/(?P<name>\w+)", self.forget_property),
            ("GET", rf"/crm/pipelines{V}/deals", self.pipelines),
        )

    def answer(self, request: Request) -> Reply:
        try:
            self._require_token(request)
            action, parts = self._route(request)
            if "type" in parts:
                parts["of"] = rules.type_of(parts.pop("type"))
            with self.store.transaction():
                return action(request, **parts)
        except Refusal as refusal:
            return Reply(refusal.status, refusal.as_json())

    def _route(self, request: Request) -> tuple[Callable[..., Reply], dict[str, str]]:
        for method, pattern, action in self._routes:
            found = re.fullmatch(pattern, request.path)
            if method == request.method and found:
                return action, found.groupdict()
        raise Refusal(404, "OBJECT_NOT_FOUND", "There is nothing at this address.")

    def list_page(self, request: Request, of: str) -> Reply:
        limit = min(int(request.query.get("limit", "10")), self.plan.conditions.page_size)
        archived = request.query.get("archived") == "true"
        after = int(request.query.get("after", "0"))
        found = self.store.page(of, archived=archived, after=after, limit=limit + 1)
        page = [self._shown(record, request.query.get("properties")) for record in found[:limit]]
        following = str(found[limit - 1].id) if len(found) > limit else ""
        return Reply(200, {"results": page, **_paging(following)})

    def create(self, request: Request, of: str) -> Reply:
        body = request.json()
        if not isinstance(body.get("associations"), list):
            raise Refusal(400, "VALIDATION_ERROR", "associations is required")
        record = self._insert(of, rules.properties_of(body))
        for link in rules.associations(body, of):
            self._require(link.type, link.id)
            self.store.link(of, record.id, link.type, int(link.id))
        return Reply(201, self._shown(record, ",".join(rules.properties_of(body))))

    def read(self, request: Request, of: str, key: str) -> Reply:
        record = self._require(of, key, request.query.get("idProperty", ""))
        shown = self._shown(record, request.query.get("properties"))
        wanted = [
            rules.type_of(name)
            for name in request.query.get("associations", "").split(",")
            if name
        ]
        links = {
            to: {
                "results": [
                    {"id": str(number), "type": f"{of[:-1]}_to_{to[:-1]}"}
                    for number in self.store.linked(of, record.id, to)
                ]
            }
            for to in wanted
        }
        return Reply(200, {**shown, "associations": links} if links else shown)

    def patch(self, request: Request, of: str, key: str) -> Reply:
        record = self._require(of, key, request.query.get("idProperty", ""))
        properties = rules.properties_of(request.json())
        return Reply(200, self._shown(self._change(record, properties), ",".join(properties)))

    def archive(self, request: Request, of: str, key: str) -> Reply:
        del request
        self.store.archive(self._require(of, key), at_ms=self._ms())
        return Reply(204, None)

    def associate(self, request: Request, of: str, key: str, to: str, to_id: str) -> Reply:
        del request
        record, other = self._require(of, key), self._require(rules.type_of(to), to_id)
        self.store.link(of, record.id, other.type, other.id)
        at = _iso(self._ms())
        spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}
        ends = {"from": {"id": str(record.id)}, "to": {"id": str(other.id)}}
        times = {"startedAt": at, "completedAt": at}
        result = {**ends, "associationSpec": spec}
        return Reply(200, {"status": "COMPLETE", "results": [result], **times})

    def search(self, request: Request, of: str) -> Reply:
        body = request.json()
        newest = self._ms() - int(self.plan.conditions.search_lag_s * 1000)
        shown = (r for r in self.store.page(of, archived=False) if r.updated_ms <= newest)
        found = rules.searched([(r, self._values(r)) for r in shown], body)
        limit = min(int(str(body["limit"])), self.plan.conditions.page_size)
        first = int(str(body["after"] or "0"))
        if first + limit > SEARCH_REACH:
            raise Refusal(400, "VALIDATION_ERROR", "Paging ends at 10000 results.")
        names = ",".join(str(name) for name in rules.items_of(body, "properties"))
        page = [self._shown(record, names) for record in found[first : first + limit]]
        following = str(first + limit) if first + limit < len(found) else ""
        return Reply(200, {"total": len(found), "results": page, **_paging(following)})

    def merge(self, request: Request, of: str) -> Reply:
        body = request.json()
        stays = self._require(of, str(body.get("primaryObjectId")))
        goes = self._require(of, str(body.get("objectIdToMerge")))
        if stays.id == goes.id:
            raise Refusal(400, "VALIDATION_ERROR", "An object cannot be merged with itself.")
        at_ms = self._ms()
        self.store.archive(goes, at_ms=at_ms, merged_into=stays.id)
        self.store.move_links(of, goes.id, stays.id)
        merged = [*stays.properties.get("hs_merged_object_ids", "").split(";"), str(goes.id)]
        filled = {k: v for k, v in goes.properties.items() if k not in stays.properties}
        filled["hs_merged_object_ids"] = ";".join(part for part in merged if part)
        return Reply(200, self._shown(self._change(stays, filled), None))

    def batch(self, request: Request, of: str, action: str) -> Reply:
        one = {"upsert": self._upsert_one, "read": self._read_one}.get(action)
        inputs = rules.items_of(request.json(), "inputs")
        if one is None or not 0 < len(inputs) <= MAX_BATCH:
            raise Refusal(400, "VALIDATION_ERROR", f"Batch {action} of {len(inputs)} is refused.")
        at, results, errors = _iso(self._ms()), [], []
        for item in inputs:
            try:
                results.append(one(of, item if isinstance(item, dict) else {}, request.json()))
            except Refusal as refusal:
                errors.append(refusal.as_item())
        times = {"startedAt": at, "completedAt": _iso(self._ms())}
        failed = {"errors": errors, "numErrors": len(errors)} if errors else {}
        body = {"status": "COMPLETE", "results": results, **times, **failed}
        return Reply(207 if errors else 200, body)

    def list_properties(self, request: Request, of: str) -> Reply:
        del request
        return Reply(200, {"results": list(self._definitions(of).values())})

    def define_property(self, request: Request, of: str) -> Reply:
        definition = rules.definition(request.json())
        name = str(definition["name"])
        if name in self._definitions(of):
            raise Refusal(409, "OBJECT_ALREADY_EXISTS", f"Property {name} already exists.")
        self.store.define(of, name, definition)
        return Reply(201, definition)

    def define_group(self, request: Request, of: str) -> Reply:
        body = request.json()
        group = f"group:{body.get('name')}"
        if group in self.store.definitions(f"{of}/groups"):
            raise Refusal(409, "OBJECT_ALREADY_EXISTS", "Property group already exists.")
        shown = {"name": body.get("name"), "label": body.get("label"), "archived": False}
        self.store.define(f"{of}/groups", group, shown)
        return Reply(201, shown)

    def forget_property(self, request: Request, of: str, name: str) -> Reply:
        del request
        self.store.forget(of, name)
        return Reply(204, None)

    def pipelines(self, request: Request) -> Reply:
        del request
        return Reply(200, rules.pipelines(_iso(0)))

    def _upsert_one(self, of: str, item: Json, body: Json) -> Json:
        del body
        name, value = str(item.get("idProperty") or ""), str(item.get("id") or "")
        if self._definitions(of).get(name, {}).get("hasUniqueValue") is not True:
            raise Refusal(400, "VALIDATION_ERROR", f"{name} is not a unique property.")
        properties = rules.properties_of(item)
        found = self.store.find(of, name, value)
        record = (
            self._insert(of, {name: value, **properties})
            if found is None
            else self._change(found, properties)
        )
        return {**self._shown(record, ",".join([name, *properties])), "new": found is None}

    def _read_one(self, of: str, item: Json, body: Json) -> Json:
        record = self._require(of, str(item.get("id")), str(body.get("idProperty") or ""))
        return self._shown(record, ",".join(str(n) for n in rules.items_of(body, "properties")))

    def _insert(self, of: str, properties: Mapping[str, str]) -> Stored:
        values = rules.accepted(self._definitions(of), properties)
        rules.require_complete(of, values)
        unique = rules.unique_values(of, self._definitions(of), values)
        try:
            return self.store.insert(of, values, unique, at_ms=self._ms())
        except ValueTaken as taken:
            raise rules.taken(of, taken) from taken

    def _change(self, record: Stored, properties: Mapping[str, str]) -> Stored:
        values = rules.accepted(self._definitions(record.type), properties)
        unique = rules.unique_values(record.type, self._definitions(record.type), values)
        at_ms = max(self._ms(), record.updated_ms + 1)
        try:
            return self.store.change(record, values, unique, at_ms=at_ms)
        except ValueTaken as taken:
            raise rules.taken(record.type, taken) from taken

    def _require(self, of: str, record_id: str, id_property: str = "") -> Stored:
        """Return the object; a merged one leads to the one that stays."""
        if id_property:
            found = self.store.find(of, id_property, record_id)
        else:
            found = self.store.get(of, int(record_id)) if record_id.isdecimal() else None
            while found and found.merged_into:
                found = self.store.get(of, found.merged_into)
        if found is None or found.archived_ms is not None:
            raise Refusal(404, "OBJECT_NOT_FOUND", f"{of[:-1]} {record_id} not found.")
        return found

    def _values(self, record: Stored) -> dict[str, str]:
        modified = "lastmodifieddate" if record.type == "contacts" else "hs_lastmodifieddate"
        system = {
            "hs_object_id": str(record.id),
            "createdate": _iso(record.created_ms),
            modified: _iso(record.updated_ms),
        }
        return {**record.properties, **system}

    def _shown(self, record: Stored, names: str | None) -> dict[str, object]:
        values = self._values(record)
        asked = [name for name in (names or "").split(",") if name]
        wanted = {*asked, *(self._values(record).keys() - record.properties.keys())}
        known = self._definitions(record.type)
        shown = {n: values.get(n) for n in sorted(wanted) if n in values or n in known}
        times = {"createdAt": _iso(record.created_ms), "updatedAt": _iso(record.updated_ms)}
        state: dict[str, object] = {"archived": record.archived_ms is not None}
        if record.archived_ms is not None:
            state["archivedAt"] = _iso(record.archived_ms)
        return {"id": str(record.id), "properties": shown, **times, **state}

    def _definitions(self, of: str) -> dict[str, dict[str, object]]:
        return {**rules.STANDARD[of], **self.store.definitions(of)}

    def _require_token(self, request: Request) -> None:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            raise Refusal(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")

    def _ms(self) -> int:
        return int((self._now() + self.plan.conditions.clock_offset_s) * 1000)


def _paging(following: str) -> Json:
    return {"paging": {"next": {"after": following}}} if following else {}


def _iso(ms: int) -> str:
    moment = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")
