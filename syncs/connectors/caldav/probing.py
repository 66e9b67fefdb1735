"""What a calendar can do, proved rather than assumed: the preflight of CalDAV."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import uuid4

from syncs.canonical import Atoms, when
from syncs.connectors.base import Check, Preflight
from syncs.connectors.caldav import mapping
from syncs.connectors.caldav.client import CalendarClient
from syncs.connectors.caldav.multistatus import CALDAV, DAV, OK
from syncs.deadlines import Deadline
from syncs.failures import (
    CallFailed,
    ContainerGone,
    CursorInvalid,
    DuplicateRemote,
    Forbidden,
    Invalid,
    PreconditionFailed,
)

CLOCK_WARN_SECONDS = 60
PROPERTIES = (
    (DAV, "resourcetype"),
    (DAV, "supported-report-set"),
    (DAV, "current-user-privilege-set"),
    (CALDAV, "supported-calendar-component-set"),
)
STALE_ETAG = '"hub-stale"'


def preflight(
    calendar: CalendarClient, *, now: Callable[[], datetime], deadline: Deadline
) -> Preflight:
    """Look at the calendar, then write, overwrite and remove one probe event."""
    checks = _look(calendar, now, deadline)
    capabilities: dict[str, object] = {"sync_collection": False, "put_etag": False}
    if not any(check.code == "calendar" for check in checks):
        return Preflight(tuple(checks), {})
    if not any(check.level == "block" for check in checks):
        checks += _probe(calendar, capabilities, now(), deadline)
    return Preflight(tuple(checks), capabilities)


def preflight_to_read(
    calendar: CalendarClient, *, now: Callable[[], datetime], deadline: Deadline
) -> Preflight:
    """Look at a calendar that nothing is written to.

    That its list of changes is whole cannot be proved without writing.
    """
    checks = _look(calendar, now, deadline)
    if not any(check.code == "calendar" for check in checks):
        return Preflight(tuple(checks), {})
    works, _ = _sync_works(calendar, deadline)
    checks.append(Check("ok", "only_read", "It is only read: nothing is written there."))
    return Preflight(tuple(checks), {"sync_collection": works, "put_etag": False})


def _look(
    calendar: CalendarClient, now: Callable[[], datetime], deadline: Deadline
) -> list[Check]:
    """Say whether it is a calendar that takes events; the check ``calendar`` that it is one."""
    try:
        answer, found = calendar.describe(PROPERTIES, deadline=deadline)
    except ContainerGone:
        return [_block("calendar_missing", "There is no calendar at this address.")]
    checks = [_clock(answer.headers.get("date", ""), now())]
    described = next((r for r in found.responses if r.status == OK), None)
    if described is None or "calendar" not in described.resource_types:
        return [*checks, _block("no_calendar", "The address is no calendar.")]
    checks.append(Check("ok", "calendar", "The calendar is there."))
    components = {p for p in described.properties if p.startswith("supported-calendar-component")}
    if components and "supported-calendar-component-set/VEVENT" not in components:
        checks.append(_block("no_events", "This calendar takes no events."))
    return checks


def _probe(
    calendar: CalendarClient, capabilities: dict[str, object], at: datetime, deadline: Deadline
) -> list[Check]:
    name, ics = _probe_event(at)
    capabilities["sync_collection"], token = _sync_works(calendar, deadline)
    try:
        etag = calendar.put_new(name, ics, deadline=deadline)
    except (Forbidden, Invalid, DuplicateRemote) as failure:
        return [_block("read_only", "We cannot write to this calendar.", failure.message)]
    capabilities["put_etag"] = etag is not None
    try:
        checks = [Check("ok", "writable", "Events can be written.")]
        checks.append(_stale_write(calendar, name, ics, deadline))
        if token is not None:
            capabilities["sync_collection"] = _sync_shows(calendar, token, name, deadline)
    finally:
        calendar.delete(name, None, deadline=deadline)
    if not capabilities["sync_collection"]:
        text = "The server keeps no list of changes; every poll compares all events."
        checks.append(Check("warn", "no_sync_collection", text))
    return checks


def _probe_event(at: datetime) -> tuple[str, str]:
    """Return a canceled event in the past, so that nobody is reminded of it."""
    key = uuid4().hex
    start = at - timedelta(days=1)
    atoms: Atoms = {
        "when": when(start, start + timedelta(minutes=5), "UTC"),
        "title": "Connection check",
        "status": "canceled",
    }
    ics = mapping.write_event(atoms, uid=f"{key}@probe.hub.internal", marker="probe", at=at)
    return f"hub-probe-{key}.ics", ics


def _stale_write(calendar: CalendarClient, name: str, ics: str, deadline: Deadline) -> Check:
    """A write based on an old version has to be refused, or edits would be lost."""
    try:
        calendar.put_over(name, ics, STALE_ETAG, deadline=deadline)
    except PreconditionFailed:
        return Check("ok", "if_match", "The server refuses writes over a newer version.")
    return _block("if_match", "The server overwrites newer versions: edits could be lost.")


def _sync_works(calendar: CalendarClient, deadline: Deadline) -> tuple[bool, str | None]:
    try:
        return True, calendar.list_changes(None, deadline=deadline).token
    except (Invalid, Forbidden, CursorInvalid, PreconditionFailed):
        return False, None


def _sync_shows(calendar: CalendarClient, token: str, name: str, deadline: Deadline) -> bool:
    """Whether the list of changes really has the event that was just written."""
    try:
        return name in calendar.list_changes(token, deadline=deadline).etags
    except CallFailed:
        return False


def _clock(date_header: str, now: datetime) -> Check:
    try:
        offset_seconds = (parsedate_to_datetime(date_header).astimezone(UTC) - now).total_seconds()
    except (TypeError, ValueError):
        return Check("warn", "clock", "The server does not tell its time.")
    if abs(offset_seconds) <= CLOCK_WARN_SECONDS:
        return Check("ok", "clock", "Both clocks agree.")
    text = f"The server's clock differs by {offset_seconds:+.0f} seconds."
    return Check("warn", "clock", text, "Set the clocks of both machines by NTP.")


def _block(code: str, text: str, fix: str = "") -> Check:
    return Check("block", code, text, fix or "Choose another calendar or ask its administrator.")
