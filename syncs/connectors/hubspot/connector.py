"""A company's HubSpot account: customers, appointments and the state of invoices."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import orjson

from syncs.canonical import Atoms
from syncs.connectors.base import (
    Account,
    Bell,
    Busy,
    Inbound,
    Kind,
    OnCancel,
    Page,
    Place,
    Preflight,
    Remote,
    Subscription,
    Write,
)
from syncs.connectors.hubspot import feed, mapping, probing, webhooks
from syncs.connectors.hubspot.client import BASE_URL, HubSpotClient, Row
from syncs.connectors.hubspot.mapping import STREAMS, TYPES, ObjectType, Stages
from syncs.deadlines import Deadline
from syncs.failures import Gone, Invalid, MissingRelation, PreconditionFailed
from syncs.http import Client
from syncs.merge import Direction, Owner, Rule

RULES: Mapping[str, tuple[Rule, ...]] = {
    Kind.CUSTOMER: tuple(
        Rule(atom, Owner.SHARED)
        for atom in ("person_name", "email", "phone", "company", "address")
    ),
    Kind.APPOINTMENT: (
        Rule("when", Owner.SHARED),
        Rule("status", Owner.SHARED),
        *(Rule(a, Owner.HUB, Direction.PUSH) for a in ("title", "location", "link", "staff")),
    ),
    Kind.INVOICE: (Rule("invoice_state", Owner.HUB, Direction.PUSH),),
}


class HubSpotConnector:
    vendor = "hubspot"
    relations: Mapping[str, tuple[str, ...]] = {
        Kind.CUSTOMER: (),
        Kind.APPOINTMENT: (Kind.CUSTOMER,),
        Kind.INVOICE: (Kind.CUSTOMER,),
    }
    streams: tuple[str, ...] = tuple(STREAMS)
    rules: Mapping[str, tuple[Rule, ...]] = RULES
    on_cancel = OnCancel.MARK

    def __init__(
        self,
        account: Account,
        *,
        client: Client | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        base_url = str(account.config.get("base_url") or BASE_URL)
        token = account.credentials.get("access_token", "")
        bearer = {"Authorization": f"Bearer {token}"}
        self._secret = account.credentials.get("client_secret", "")
        self._region = str(account.config["region"]) if account.config.get("region") else None
        self._stages = _stages(account.config)
        self._now = now
        self._api = HubSpotClient(base_url, client or Client(base_url, headers=bearer))

    def close(self) -> None:
        self._api.close()

    def preflight(self, *, deadline: Deadline) -> Preflight:
        return probing.preflight(self._api, self._stages, now=self._now, deadline=deadline)

    def fetch(self, kind: str, remote_id: str, *, deadline: Deadline) -> Remote:
        """Return the object; of a merged contact the survivor, under the survivor's id."""
        return self._read(_type(kind), remote_id, deadline=deadline)

    def find_by_marker(self, write: Write, *, deadline: Deadline) -> tuple[Remote, ...]:
        of = _type(write.kind)
        try:
            found = self._read(
                of, str(write.local_id), deadline=deadline, id_property=of.id_property
            )
        except Gone:
            return ()
        return (found,)

    def create(self, write: Write, *, deadline: Deadline) -> Remote:
        of = _type(write.kind)
        names = frozenset(write.atoms)
        values = mapping.write_properties(of.kind, write.atoms, names, stages=self._stages)
        filled = {name: value for name, value in values.items() if value}
        if of.to_contact is None:
            key = str(write.local_id)
            found = self._api.upsert(of.name, of.id_property, key, filled, deadline=deadline)
        else:
            filled[of.id_property] = str(write.local_id)
            links = [_association(of.to_contact, _contact_id(write))]
            found = self._api.create(of.name, filled, links, deadline=deadline)
        if found.get("new") is False:
            return self._read(of, str(found.get("id")), deadline=deadline)
        return self._remote(of, found, known=filled)

    def update(
        self, write: Write, place: Place, changed: frozenset[str], *, deadline: Deadline
    ) -> Remote:
        """Read, compare, write: HubSpot has no conditional requests.

        With ``customer`` among ``changed`` the object is linked to that contact as well.
        """
        of = _type(write.kind)
        current = self._read(of, place.remote_id, deadline=deadline)
        if place.etag is not None and current.etag != place.etag:
            raise PreconditionFailed("The object changed meanwhile.", code="etag")
        values = mapping.write_properties(of.kind, write.atoms, changed, stages=self._stages)
        if Kind.CUSTOMER in changed and of.to_contact is not None:
            contact = _contact_id(write)
            self._api.associate(of.name, current.remote_id, "contacts", contact, deadline=deadline)
        if not values:
            return current
        found = self._api.patch(of.name, current.remote_id, values, deadline=deadline)
        known = orjson.loads(current.raw or "{}")
        return self._remote(of, found, known=known)

    def delete(self, kind: str, place: Place, *, deadline: Deadline) -> None:
        del place, deadline
        raise Invalid(f"HubSpot keeps the history of a {kind}; cancel by status.", code="archive")

    def changes(self, stream: str, cursor: str | None, *, deadline: Deadline) -> Page:
        """Return changed objects, then deletions. Recent ones come again, as searches lag."""
        of = STREAMS.get(stream)
        if of is None:
            raise Invalid(f"There is no stream {stream}.", code="stream")
        place = feed.Cursor.loads(cursor)
        if place.phase == "archived":
            return feed.list_deletions(self._api, of, place, deadline=deadline)
        return feed.list_edits(self._api, of, place, region=self._region, deadline=deadline)

    def subscribe(
        self, stream: str, callback_url: str, *, deadline: Deadline
    ) -> Subscription | None:
        del stream, callback_url, deadline  # webhooks belong to the app, not to one account
        return None

    def verify(self, inbound: Inbound, *, at: datetime) -> tuple[Bell, ...]:
        return webhooks.verified(inbound, self._secret, at=at)

    def busy_times(self, remote: Remote, begin: datetime, end: datetime) -> tuple[Busy, ...]:
        del remote, begin, end  # a CRM is nobody's calendar
        return ()

    def as_seen(self, kind: str, atoms: Atoms) -> Atoms:
        return mapping.as_seen(_type(kind).kind, atoms)

    def _read(
        self, of: ObjectType, remote_id: str, *, deadline: Deadline, id_property: str = ""
    ) -> Remote:
        found = self._api.read(
            of.name,
            remote_id,
            properties=of.properties,
            deadline=deadline,
            id_property=id_property,
        )
        return mapping.read_object(of, found, region=self._region)

    def _remote(self, of: ObjectType, found: Row, *, known: Row) -> Remote:
        """Read the answer to a write: it names only what was written, ``known`` has the rest."""
        answered = found.get("properties")
        properties = {**known, **(answered if isinstance(answered, dict) else {})}
        return mapping.read_object(of, {**found, "properties": properties}, region=self._region)


def _type(kind: str) -> ObjectType:
    of = TYPES.get(kind)
    if of is None:
        raise Invalid(f"HubSpot holds no {kind}.", code="kind")
    return of


def _contact_id(write: Write) -> str:
    """:raises MissingRelation: the customer has no contact yet."""
    contact_id = write.related.get(Kind.CUSTOMER)
    if not contact_id:
        raise MissingRelation(Kind.CUSTOMER)
    return contact_id


def _association(type_id: int, contact_id: str) -> Row:
    link = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
    return {"to": {"id": contact_id}, "types": [link]}


def _stages(config: Mapping[str, object]) -> Stages:
    """Return where deals go; ``pipeline`` and ``dealstage_open|won|lost`` override."""
    default = Stages()
    return Stages(
        pipeline=str(config.get("pipeline") or default.pipeline),
        open=str(config.get("dealstage_open") or default.open),
        won=str(config.get("dealstage_won") or default.won),
        lost=str(config.get("dealstage_lost") or default.lost),
    )
