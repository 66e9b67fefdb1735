"""What the sync pages show: each open question, stopped job and linked record, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billing.models import Invoice
from customers.models import Customer
from scheduling.models import Appointment
from syncs.deciding import ANSWERS
from syncs.models import Conflict, Job, Link
from syncs.states import ConflictState, ConflictType, JobState

ATOM_WORDS = {
    "when": "Time",
    "person_name": "Name",
    "email": "E-mail",
    "phone": "Phone",
    "status": "Status",
    "invoice_state": "Invoice",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One row under “Needs attention”. ``answers`` is empty where only a retry helps."""

    id: str
    is_conflict: bool
    record: str
    url: str
    connection: str
    headline: str
    detail: str
    state: str
    tone: str
    tries: str
    since: datetime | None
    next_try: datetime | None
    answers: tuple[tuple[str, str], ...] = ()


def needs_attention(*, limit: int = 100) -> list[Item]:
    """Open questions first, then work that stopped, then work that keeps failing."""
    conflicts = list(
        Conflict.objects.filter(state=ConflictState.OPEN)
        .select_related("connection")
        .order_by("-opened_at", "pk")[:limit]
    )
    stopped = Job.objects.filter(state__in=[JobState.PARKED, JobState.DEAD])
    failing = Job.objects.filter(state=JobState.READY, attempts__gt=0)
    jobs = list((stopped | failing).select_related("connection").order_by("state", "-pk")[:limit])
    names = names_of([conflict.subject for conflict in conflicts] + [job.key[4:] for job in jobs])
    return [_of_conflict(conflict, names) for conflict in conflicts] + [
        _of_job(job, names) for job in jobs
    ]


def names_of(subjects: Iterable[str]) -> dict[str, tuple[str, str]]:
    """``{"appointment:<uuid>": (what people call it, its page)}`` in three queries."""
    ids: dict[str, set[UUID]] = {"customer": set(), "appointment": set(), "invoice": set()}
    for subject in subjects:
        kind, _, text = subject.partition(":")
        if kind in ids:
            ids[kind].add(UUID(text))
    found: dict[str, tuple[str, str]] = {}
    for customer in Customer.objects.filter(pk__in=ids["customer"]):
        found[f"customer:{customer.pk}"] = (customer.name, customer.get_absolute_url())
    for visit in Appointment.objects.filter(pk__in=ids["appointment"]).select_related("customer"):
        name = f"{visit.code} {visit.customer.name}"
        found[f"appointment:{visit.pk}"] = (name, visit.get_absolute_url())
    for invoice in Invoice.objects.filter(pk__in=ids["invoice"]):
        found[f"invoice:{invoice.pk}"] = (
            f"Invoice {invoice.label}",
            invoice.get_absolute_url(),
        )
    return found


def links_of(kind: str, local_id: UUID) -> list[Link]:
    """Where a record lives in other tools."""
    links = Link.objects.filter(kind=kind, local_id=local_id).select_related("connection")
    return list(links.order_by("connection__label", "pk"))


def state_of(link: Link) -> tuple[str, str]:
    """(words, tone) for one linked record, from evidence: its job and its open questions."""
    if link.conflicts.filter(state=ConflictState.OPEN).exists():
        return "Decision needed", "warn"
    job = Job.objects.filter(
        connection_id=link.connection_id, key=f"obj:{link.kind}:{link.local_id}"
    ).first()
    if job is not None and job.state in {JobState.PARKED, JobState.DEAD}:
        return JobState(job.state).label, "bad"
    if job is not None and job.state != JobState.IDLE:
        return ("Failing, will be retried", "warn") if job.attempts else ("On its way", "info")
    if link.remote_id is None or link.status != "linked":
        return link.get_status_display(), ""
    return "In step", "ok"


def _of_conflict(conflict: Conflict, names: dict[str, tuple[str, str]]) -> Item:
    name, url = names.get(conflict.subject, (conflict.subject, ""))
    type_ = ConflictType(conflict.type)
    return Item(
        id=str(conflict.pk),
        is_conflict=True,
        record=name,
        url=url,
        connection=conflict.connection.label,
        headline=type_.label,
        detail=f"{conflict.message} {_values(conflict)}".strip(),
        state="Decision needed",
        tone="warn",
        tries="",
        since=conflict.opened_at,
        next_try=None,
        answers=tuple(ANSWERS[type_].items()),
    )


def _of_job(job: Job, names: dict[str, tuple[str, str]]) -> Item:
    name, url = names.get(job.key.partition(":")[2], (job.key, ""))
    waits = job.state == JobState.READY
    return Item(
        id=str(job.pk),
        is_conflict=False,
        record=name,
        url=url,
        connection=job.connection.label,
        headline=job.last_message or "It failed without a message.",
        detail=f"Code {job.last_code}" if job.last_code else "",
        state="Retrying" if waits else JobState(job.state).label,
        tone="warn" if waits else "bad",
        tries=str(job.attempts),
        since=job.first_wanted_at,
        next_try=job.available_at if waits else None,
    )


def _values(conflict: Conflict) -> str:
    return " · ".join(
        f"{ATOM_WORDS.get(atom, atom)}: hub {in_words(clash['hub'])}, "
        f"theirs {in_words(clash['remote'])}"
        for atom, clash in conflict.detail.items()
    )


def in_words(value: object) -> str:
    """An atom as people read it; times stay in UTC and say so."""
    if isinstance(value, dict):
        if "start" in value:
            start, end = str(value["start"]), str(value["end"])
            return f"{start[:10]} {start[11:16]}–{end[11:16]} UTC"
        return " ".join(str(part) for part in value.values() if part)
    return str(value) if value not in (None, "") else "nothing"
