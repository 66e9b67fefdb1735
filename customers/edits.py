"""What was changed about a customer, by whom and when, with the addresses and numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from customers.models import ContactKind, ContactPoint, Customer
from customers.normalizing import display_phone
from hub.history_reading import Entry, FieldChange, entries

# Rows of one act are written within one transaction, a moment apart.
ONE_ACT = timedelta(seconds=5)
UNTOLD = frozenset({"number"})
NAMED = 2
FLAGS = {
    "is_primary": "{} that is used",
    "verified": "{} is verified",
    "shared": "{} is shared with others",
    "doubtful": "{} is not in use anywhere",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One act, in words; ``is_first`` is the one that added the customer.

    ``key`` names it for ``customers.undoing``: the history row of the customer it was saved with.
    """

    key: int | None
    at: datetime
    title: str
    actor_kind: str
    actor_name: str
    source: str
    request_id: str
    changes: tuple[FieldChange, ...]
    is_first: bool


def edits_of(customer: Customer, *, zone: tzinfo) -> list[Edit]:
    """Return the acts that changed ``customer``, newest first, with times in ``zone``."""
    told = [_of_entry(entry) for entry in entries(customer, zone=zone)]
    for contact in _of_contacts(customer):
        _join(told, contact)
    named = [replace(edit, title=_title(edit)) for edit in told if edit.changes or edit.is_first]
    return sorted(named, key=lambda edit: edit.at, reverse=True)


def _of_entry(entry: Entry) -> Edit:
    return Edit(
        key=entry.key,
        at=entry.at,
        title="",
        actor_kind=entry.actor_kind,
        actor_name=entry.actor_name,
        source=entry.source,
        request_id=entry.request_id,
        changes=tuple(change for change in entry.changes if change.name not in UNTOLD),
        is_first=entry.is_first,
    )


def _of_contacts(customer: Customer) -> Iterator[Edit]:
    rows = ContactPoint.history.filter(customer_id=customer.pk).order_by(
        "kind", "id", "history_id"
    )
    for before, row in pairwise([None, *rows]):
        changes = tuple(_differences(before if before and before.id == row.id else None, row))
        if changes:
            yield Edit(
                key=None,
                at=row.history_date,
                title="",
                actor_kind=row.actor_kind,
                actor_name=row.actor_name,
                source=row.source,
                request_id=row.request_id,
                changes=changes,
                is_first=False,
            )


def _differences(before: Any, row: Any) -> Iterator[FieldChange]:
    """What one version of an address or number has that the one before had not."""
    word = "E-mail" if row.kind == ContactKind.EMAIL else "Phone"
    if row.history_type == "-":
        yield FieldChange(row.kind, word, _shown(row), "")
        return
    old = _shown(before) if before else ""
    if old != _shown(row):
        yield FieldChange(row.kind, word, old, _shown(row))
    for flag, label in FLAGS.items():
        known, now = bool(before and getattr(before, flag)), getattr(row, flag)
        if known != now and not (before is None and flag == "is_primary"):
            text = label.format(word)
            yield FieldChange(f"{row.kind}_{flag}", text, _answer(known), _answer(now))


def _shown(row: Any) -> str:
    if row.kind == ContactKind.PHONE and row.normalized:
        return display_phone(row.normalized, row.extension)
    return str(row.value)  # nothing, where a person was erased


def _answer(flag: bool) -> str:  # noqa: FBT001
    return "Yes" if flag else "No"


def _join(told: list[Edit], contact: Edit) -> None:
    """Add what happened to an address to the act it was part of, or as an act of its own."""
    apart = {
        abs(edit.at - contact.at): place
        for place, edit in enumerate(told)
        if edit.request_id == contact.request_id
    }
    nearest = min(apart, default=ONE_ACT)
    if nearest < ONE_ACT:
        edit = told[apart[nearest]]
        told[apart[nearest]] = replace(edit, changes=(*edit.changes, *contact.changes))
    else:
        told.append(contact)


def _title(edit: Edit) -> str:
    if edit.is_first:
        return "Customer added"
    labels = list(dict.fromkeys(change.label for change in edit.changes))
    if len(labels) > NAMED:
        return f"{len(labels)} details changed"
    words = " and ".join(labels)
    return f"{words[:1].upper()}{words[1:].lower()} {_happened(edit.changes)}"


def _happened(changes: Iterable[FieldChange]) -> str:
    if not any(change.before for change in changes):
        return "added"
    return "changed" if any(change.after for change in changes) else "removed"
