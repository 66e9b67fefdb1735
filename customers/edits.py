"""What was changed about a customer, by whom and when, with the addresses and numbers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from customers.details import in_one_line
from customers.models import AddressKind, ContactKind, ContactPoint, Customer, PostalAddress
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
    ``reason`` is what it was a part of, such as a merge, which is undone as a whole.
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
    reason: str = ""


def edits_of(customer: Customer, *, zone: tzinfo) -> list[Edit]:
    """Return the acts that changed ``customer``, newest first, with times in ``zone``."""
    told = [_of_entry(entry) for entry in entries(customer, zone=zone)]
    for beside in (*_of_contacts(customer), *_of_addresses(customer)):
        _join(told, beside)
    told = [replace(edit, changes=tuple(filter(_tells, edit.changes))) for edit in told]
    acts = [edit for edit in told if edit.changes or edit.is_first or edit.reason]
    named = [replace(edit, title=_title(edit)) for edit in acts]
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
        reason=entry.reason,
    )


def _of_contacts(customer: Customer) -> Iterator[Edit]:
    rows = ContactPoint.history.filter(customer_id=customer.pk)
    return _of_rows(rows.order_by("kind", "id", "history_id"), _differences)


def _of_addresses(customer: Customer) -> Iterator[Edit]:
    rows = PostalAddress.history.filter(customer_id=customer.pk)
    return _of_rows(rows.order_by("id", "history_id"), _moves)


def _of_rows(
    rows: Iterable[Any], differences: Callable[[Any, Any], Iterator[FieldChange]]
) -> Iterator[Edit]:
    for before, row in pairwise([None, *rows]):
        changes = tuple(differences(before if before and before.id == row.id else None, row))
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


def _moves(before: Any, row: Any) -> Iterator[FieldChange]:
    """What one version of a further address has that the one before had not."""
    kind, line = AddressKind(row.kind).label, _line(row)
    if row.history_type == "-":
        yield FieldChange("addresses", kind, line, "")
        return
    is_there = before is not None and before.history_type != "-"
    old = _line(before) if is_there else ""
    if old != line:
        yield FieldChange("addresses", kind, old, line)
    if is_there and before.kind != row.kind:
        yield FieldChange("addresses", "Kind of address", AddressKind(before.kind).label, kind)


def _line(row: Any) -> str:
    return f"{row.label}: {in_one_line(row)}" if row.label else in_one_line(row)


def _shown(row: Any) -> str:
    if row.kind == ContactKind.PHONE and row.normalized:
        return display_phone(row.normalized, row.extension)
    return str(row.value)  # nothing, where a person was erased


def _tells(change: FieldChange) -> bool:
    """Nothing is left to say of what was erased on both sides."""
    return bool(change.before or change.after)


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
    if any(change.name == "erased_at" for change in edit.changes):
        return "Customer erased"
    if edit.reason:
        return edit.reason
    labels = list(dict.fromkeys(change.label for change in edit.changes))
    if len(labels) > NAMED:
        return f"{len(labels)} details changed"
    words = " and ".join(labels)
    return f"{words[:1].upper()}{words[1:].lower()} {_happened(edit.changes)}"


def _happened(changes: Iterable[FieldChange]) -> str:
    if not any(change.before for change in changes):
        return "added"
    return "changed" if any(change.after for change in changes) else "removed"
