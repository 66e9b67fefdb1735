"""What customers tell on their own timeline: edits, and how somebody was recognized."""

from collections.abc import Iterable, Iterator

from customers.claims import Tier
from customers.edits import Edit, edits_of
from customers.models import Recognition
from customers.timeline import Asked, Category, Moment, register_source
from customers.wording import MATCHED_BY, evidence_in_line
from hub.access import Capability

ICONS = {"connection": "plug-connected", "key": "key"}


def register() -> None:
    register_source(Category.EDITS, edits)
    register_source(Category.EDITS, recognitions)


def edits(asked: Asked) -> Iterator[Moment]:
    if not asked.access.can(Capability.VIEW_HISTORY):
        return
    told = (edit for edit in edits_of(asked.customer, zone=asked.zone) if _is_asked(edit, asked))
    for _, edit in zip(range(asked.limit), told, strict=False):
        yield Moment(
            at=edit.at,
            zone=asked.zone,
            category=Category.EDITS,
            icon=_icon(edit),
            tone="brand" if edit.is_first else "",
            title=edit.title,
            detail=f"{edit.actor_name} · {edit.source}",
            changes=() if edit.is_first else edit.changes,
            undo=None if edit.is_first or edit.reason else edit.key,
        )


def recognitions(asked: Asked) -> Iterable[Moment]:
    """Arrivals that ended at this customer because it was known already, and why."""
    if not asked.access.can(Capability.VIEW_HISTORY):
        return
    found = Recognition.objects.filter(customer=asked.customer).exclude(tier="none")
    if asked.before:
        found = found.filter(at__lt=asked.before)
    for one in found.order_by("-at", "-pk")[: asked.limit]:
        yield Moment(
            at=one.at,
            zone=asked.zone,
            category=Category.EDITS,
            icon="user-check",
            title=f"Recognized by {MATCHED_BY[Tier(one.tier)]}",
            detail=f"{evidence_in_line(one.evidence)} · {one.actor_name} · {one.source}",
        )


def _icon(edit: Edit) -> str:
    if edit.is_first:
        return "user-plus"
    return "git-merge" if edit.reason else ICONS.get(edit.actor_kind, "pencil")


def _is_asked(edit: Edit, asked: Asked) -> bool:
    return asked.before is None or edit.at < asked.before
