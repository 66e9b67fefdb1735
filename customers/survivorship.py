"""Which details the surviving customer has after a merge: verified, else not empty, else newer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from customers import details
from customers.models import ContactKind, ContactPoint, Customer
from hub.errors import InvalidInput

# What is chosen as one: half an address of each would be the address of nobody.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "name": ("given_name", "family_name"),
    "company": ("company",),
    "email": (),
    "phone": (),
    "tax_id": ("tax_id",),
    "address": details.PLACE,
    "birth_date": ("birth_date",),
    "language": ("language",),
    "time_zone": ("time_zone",),
    "notes": ("notes",),
}
LABELS: Mapping[str, str] = {
    "name": "Name",
    "company": "Company",
    "email": "E-mail",
    "phone": "Phone",
    "tax_id": "Tax id",
    "address": "Address",
    "birth_date": "Date of birth",
    "language": "Language",
    "time_zone": "Time zone",
    "notes": "Notes",
}
UNSAID = {"language": "en"}  # what a customer has about whom nobody said anything


@dataclass(frozen=True, slots=True)
class Difference:
    """A detail in which two customers differ, in words; empty text for nothing.

    ``is_taken`` is the suggestion: the absorbed customer's is the better one.
    """

    name: str
    label: str
    ours: str
    theirs: str
    is_taken: bool


def differences(survivor: Customer, absorbed: Customer) -> list[Difference]:
    """Compare what is chosen between; load both ``with_contacts``."""
    since, theirs_since = _written_at(survivor), _written_at(absorbed)
    found = []
    for name in GROUPS:
        ours, theirs = _shown(survivor, name), _shown(absorbed, name)
        if ours == theirs:
            continue
        if name in ContactKind.values:
            is_taken = _is_better_point(_main(survivor, name), _main(absorbed, name))
        elif _is_empty(survivor, name) or _is_empty(absorbed, name):
            is_taken = not _is_empty(absorbed, name)
        else:
            is_taken = theirs_since[name] > since[name]
        found.append(Difference(name, LABELS[name], ours, theirs, is_taken))
    return found


def suggested(survivor: Customer, absorbed: Customer) -> frozenset[str]:
    """Return what the survivor should take over when nobody chooses."""
    return frozenset(one.name for one in differences(survivor, absorbed) if one.is_taken)


def require_known(chosen: Collection[str]) -> None:
    """:raises InvalidInput: something else than a detail was chosen."""
    if unknown := set(chosen) - set(GROUPS):
        raise InvalidInput(f"“{min(unknown)[:40]}” cannot be chosen.", field="chosen")


def written(survivor: Customer, absorbed: Customer, chosen: Collection[str]) -> dict[str, Any]:
    """Take over what was chosen, and return what that changes as ``{field: [before, after]}``.

    :raises InvalidInput: nobody would be named any more.
    """
    changed = {}
    for name in sorted(chosen):
        for field in GROUPS[name]:
            before, after = getattr(survivor, field), getattr(absorbed, field)
            if before != after:
                setattr(survivor, field, after)
                changed[field] = [plain(before), plain(after)]
    details.require_name(survivor)
    survivor.search_name = details.describe(survivor)
    return changed


def restored(survivor: Customer, changed: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Put back what a merge changed, group by group, unless somebody has edited it since."""
    back: dict[str, Any] = {}
    for fields in GROUPS.values():
        own = [field for field in fields if field in changed]
        if any(plain(getattr(survivor, field)) != changed[field][1] for field in own):
            continue
        for field in own:
            back[field] = [changed[field][1], changed[field][0]]
            setattr(survivor, field, _parsed(field, changed[field][0]))
    survivor.search_name = details.describe(survivor)
    return back


def snapshot(customer: Customer) -> dict[str, str | None]:
    return {field: plain(getattr(customer, field)) for field in details.DETAILS}


def plain(value: object) -> str | None:
    return None if value is None else str(value)


def labels_of(fields: Collection[str]) -> list[str]:
    """Return the names of the details that ``fields`` belong to."""
    return [LABELS[name] for name, own in GROUPS.items() if set(own) & set(fields)]


def _parsed(field: str, text: str | None) -> object:
    if text is None:
        return None
    if field == "birth_date":
        return date.fromisoformat(text)
    return details.cleaned({field: text})[field]


def _shown(customer: Customer, name: str) -> str:
    if name in ContactKind.values:
        main = _main(customer, name)
        return main.shown if main else ""
    fields = ("address",) if name == "address" else GROUPS[name]
    return " ".join(filter(None, (details.shown(customer, field) for field in fields)))


def _is_empty(customer: Customer, name: str) -> bool:
    return all(getattr(customer, field) in ("", None, UNSAID.get(name)) for field in GROUPS[name])


def _main(customer: Customer, kind: str) -> ContactPoint | None:
    points = (point for point in customer.contact_points.all() if point.kind == kind)
    return next((point for point in points if point.is_primary), None)


def _is_better_point(ours: ContactPoint | None, theirs: ContactPoint | None) -> bool:
    if ours is None or theirs is None:
        return theirs is not None
    return (theirs.verified, theirs.created_at) > (ours.verified, ours.created_at)


def _written_at(customer: Customer) -> dict[str, datetime]:
    """Say since when each detail is as it is now."""
    since, known = {}, None
    for row in customer.history.order_by("history_id"):
        for name, fields in GROUPS.items():
            if known is None or any(getattr(row, f) != getattr(known, f) for f in fields):
                since[name] = row.history_date
        known = row
    return since
