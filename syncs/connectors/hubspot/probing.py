"""What a HubSpot account needs before it can follow the hub: own properties and deal stages."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from syncs.connectors.base import Check, Kind, Preflight
from syncs.connectors.hubspot.client import VERSION, HubSpotClient, Row, rows
from syncs.connectors.hubspot.mapping import DEAL, GROUP, GROUPED, TYPES, ObjectType, Stages
from syncs.deadlines import Deadline
from syncs.failures import CallFailed, DuplicateRemote, Forbidden, Gone, Invalid

#: 18 months after the release of :data:`VERSION`, the least the vendor promises.
END_OF_LIFE_DATE = date(2028, 3, 1)
WARN_DAYS = 180
CLOCK_WARN_SECONDS = 60
CLOCK_BREAKS_WEBHOOKS_SECONDS = 240
NUMBERS = frozenset({"hub_invoice_total", "hub_invoice_tax", "hub_invoice_balance"})
LABELS = {
    "hub_customer_id": "Hub customer id",
    "hub_appointment_id": "Hub appointment id",
    "hub_appointment_staff": "Staff",
    "hub_invoice_id": "Hub invoice id",
    "hub_invoice_number": "Invoice number",
    "hub_invoice_status": "Invoice status",
    "hub_invoice_total": "Invoice total",
    "hub_invoice_tax": "Invoice tax",
    "hub_invoice_balance": "Invoice balance",
    "hub_invoice_currency": "Invoice currency",
    "hub_invoice_issue_date": "Invoice date",
    "hub_invoice_due_date": "Invoice due date",
    "hub_invoice_url": "Invoice link",
}


def preflight(
    api: HubSpotClient, stages: Stages, *, now: Callable[[], datetime], deadline: Deadline
) -> Preflight:
    """Create the missing properties, and say what only a person can put right."""
    checks: list[Check] = []
    date_header = ""
    for of in TYPES.values():
        try:
            found, date_header = api.list_properties(of.name, deadline=deadline)
        except (Forbidden, Gone) as failure:
            checks.append(_block("scope", f"We may not read {of.name}.", failure.message))
            continue
        checks += _require_properties(api, of, rows(found, "results"), deadline)
    checks.append(_clock(date_header, now()))
    checks.append(_lifetime(now().date()))
    checks += _stages(api, stages, deadline)
    return Preflight(tuple(checks), {"api_version": VERSION})


def own_properties(of: ObjectType) -> tuple[str, ...]:
    """Return our own properties on a type, the unique one first."""
    extra = {Kind.APPOINTMENT: ("hub_appointment_staff",)}.get(of.kind, ())
    grouped = (name for parts in GROUPED[of.kind].values() for name in parts.values())
    return (of.id_property, *extra, *(name for name in grouped if name.startswith("hub_")))


def _require_properties(
    api: HubSpotClient, of: ObjectType, found: list[Row], deadline: Deadline
) -> list[Check]:
    present = {str(row.get("name")): row for row in found}
    missing = [name for name in own_properties(of) if name not in present]
    try:
        if missing:
            _require_group(api, of, deadline)
        for name in missing:
            definition = _definition(name, is_unique=name == of.id_property)
            present[name] = api.create_property(of.name, definition, deadline=deadline)
    except (Forbidden, Invalid) as failure:
        text = f"The properties of {of.name} could not be made."
        return [_block("properties", text, failure.message)]
    if present[of.id_property].get("hasUniqueValue") is not True:
        text = f"{of.id_property} on {of.name} does not have to be unique."
        return [_block("unique", text, "Remove that property; the next check makes it anew.")]
    made = f", {len(missing)} made just now" if missing else ""
    return [Check("ok", "properties", f"The properties of {of.name} are there{made}.")]


def _require_group(api: HubSpotClient, of: ObjectType, deadline: Deadline) -> None:
    try:
        api.create_group(of.name, {"name": GROUP, "label": "Hub"}, deadline=deadline)
    except (DuplicateRemote, Invalid):
        return  # it exists; the properties will tell if it does not


def _definition(name: str, *, is_unique: bool) -> Mapping[str, object]:
    is_number = name in NUMBERS
    return {
        "name": name,
        "label": LABELS[name],
        "description": "Kept by the hub; changes made here are reverted.",
        "groupName": GROUP,
        "type": "number" if is_number else "string",
        "fieldType": "number" if is_number else "text",
        "hasUniqueValue": is_unique,
        "formField": False,
    }


def _stages(api: HubSpotClient, stages: Stages, deadline: Deadline) -> list[Check]:
    try:
        found = api.list_pipelines(DEAL.name, deadline=deadline)
    except CallFailed as failure:
        return [Check("warn", "stages", "The deal stages could not be read.", failure.message)]
    pipelines = {str(row.get("id")): row for row in rows(found, "results")}
    if stages.pipeline not in pipelines:
        return [_block("pipeline", f"There is no deal pipeline {stages.pipeline}.")]
    present = {str(row.get("id")) for row in rows(pipelines[stages.pipeline], "stages")}
    missing = sorted({stages.open, stages.won, stages.lost} - present)
    if missing:
        return [_block("stages", f"There are no deal stages {', '.join(missing)}.")]
    return [Check("ok", "stages", "The deal stages are there.")]


def _clock(date_header: str, now: datetime) -> Check:
    try:
        offset_seconds = (parsedate_to_datetime(date_header).astimezone(UTC) - now).total_seconds()
    except (TypeError, ValueError):
        return Check("warn", "clock", "HubSpot did not tell its time.")
    if abs(offset_seconds) <= CLOCK_WARN_SECONDS:
        return Check("ok", "clock", "Both clocks agree.")
    text = f"Our clock and HubSpot's differ by {offset_seconds:+.0f} seconds."
    if abs(offset_seconds) > CLOCK_BREAKS_WEBHOOKS_SECONDS:
        text += " Its webhooks would be refused as stale."
    return Check("warn", "clock", text, "Set this machine's clock by NTP.")


def _lifetime(today: date) -> Check:
    days = (END_OF_LIFE_DATE - today).days
    text = f"Version {VERSION} of the API is supported for {days} more days."
    return Check("warn" if days < WARN_DAYS else "ok", "api_version", text)


def _block(code: str, text: str, fix: str = "") -> Check:
    return Check("block", code, text, fix or "Choose another one in the connection's settings.")
