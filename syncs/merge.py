"""What wins when both sides changed: a pure three-way decision, one atom at a time.

No clock is compared and no value is lost: whatever does not become the agreed value is named
in ``reverted`` or ``conflicts``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import cast

from syncs.canonical import Atoms, Json, is_blank

ABSENT = object()


class Owner(StrEnum):
    HUB = "hub"
    REMOTE = "remote"
    SHARED = "shared"


class Direction(StrEnum):
    PUSH = "push"
    PULL = "pull"
    BOTH = "both"
    NONE = "none"


class OnConflict(StrEnum):
    """Who is believed when a shared atom changed on both sides; ``ask`` keeps the hub's value."""

    HUB = "hub"
    REMOTE = "remote"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Rule:
    atom: str
    owner: Owner
    direction: Direction = Direction.BOTH
    on_conflict: OnConflict = OnConflict.ASK


@dataclass(frozen=True, slots=True)
class Base:
    """The last agreement, as each side wrote it down.

    Two halves, because a tool may store our value in its own words (UTC for our zone, cut
    text): each side is compared with what that same side said last, so this never loops.
    """

    hub: Atoms = field(default_factory=dict)
    remote: Atoms = field(default_factory=dict)

    def as_json(self) -> dict[str, Json]:
        return {"hub": dict(self.hub), "remote": dict(self.remote)}

    @classmethod
    def from_json(cls, stored: Mapping[str, object] | None) -> "Base":
        halves = stored or {}
        return cls(
            hub=cast("Atoms", halves.get("hub") or {}),
            remote=cast("Atoms", halves.get("remote") or {}),
        )


@dataclass(frozen=True, slots=True)
class Clash:
    """The three values of one atom; None also stands for a side that says nothing."""

    base: Json
    hub: Json
    remote: Json


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. ``base_next`` holds once all of it is done and taken word for word."""

    apply_to_hub: Atoms
    push: Atoms
    reverted: Mapping[str, Clash]
    conflicts: Mapping[str, Clash]
    base_next: Base

    @property
    def is_empty(self) -> bool:
        return not (self.apply_to_hub or self.push or self.reverted or self.conflicts)


class _Move(StrEnum):
    KEEP = "keep"
    AGREE = "agree"
    PUSH = "push"
    APPLY = "apply"
    REVERT = "revert"
    CONFLICT = "conflict"


def merge3(base: Base, hub: Atoms, remote: Atoms | None, rules: Collection[Rule]) -> Plan:
    """Decide every atom that has a rule.

    ``hub`` is the record as the tool would show it (``Connector.as_seen``), ``remote`` None
    where nothing new was seen. An atom absent on one side did not change there.
    """
    apply: dict[str, Json] = {}
    push: dict[str, Json] = {}
    logs: dict[_Move, dict[str, Clash]] = {_Move.REVERT: {}, _Move.CONFLICT: {}}
    next_hub, next_remote = dict(base.hub), dict(base.remote)
    for rule in rules:
        sides = _Sides.of(rule.atom, base, hub, base.remote if remote is None else remote)
        move = _decide(rule, sides)
        if move is _Move.KEEP:
            continue
        if move in logs:
            logs[move][rule.atom] = sides.clash()
        if move is _Move.APPLY:
            apply[rule.atom] = cast("Json", sides.remote)
        elif move is not _Move.AGREE:
            push[rule.atom] = cast("Json", sides.hub)
        _settle_atom(rule.atom, move, sides, next_hub, next_remote)
    base_next = Base(hub=next_hub, remote=next_remote)
    return Plan(apply, push, logs[_Move.REVERT], logs[_Move.CONFLICT], base_next)


def refuse(plan: Plan, base: Base, hub: Atoms, atoms: Collection[str]) -> Plan:
    """Return the plan after a verb refused ``atoms``: our values go back, theirs are kept."""
    refused = {name: plan.apply_to_hub[name] for name in atoms if name in plan.apply_to_hub}
    ours = {name: hub[name] for name in refused if name in hub}
    clashes = {name: Clash(base.hub.get(name), hub.get(name), refused[name]) for name in refused}
    kept = {name: value for name, value in plan.apply_to_hub.items() if name not in refused}
    settled = Base(
        hub={**plan.base_next.hub, **ours}, remote={**plan.base_next.remote, **refused, **ours}
    )
    return replace(
        plan,
        apply_to_hub=kept,
        push={**plan.push, **ours},
        conflicts={**plan.conflicts, **clashes},
        base_next=settled,
    )


def settle(plan: Plan, *, returned: Atoms | None = None, applied: Atoms | None = None) -> Base:
    """Return the base once the plan was carried out.

    ``returned`` is what the tool answered to the push, ``applied`` the record (as seen) after
    the verbs ran. Only the atoms that were written take the other side's words: an edit that
    slipped in between stays visible as a change (see :func:`unseen`).
    """
    remote = dict(plan.base_next.remote)
    remote.update({name: returned[name] for name in plan.push if returned and name in returned})
    hub = dict(plan.base_next.hub)
    hub.update({name: applied[name] for name in plan.apply_to_hub if applied and name in applied})
    return Base(hub=hub, remote=remote)


def agree(hub: Atoms, remote: Atoms, rules: Collection[Rule]) -> Base:
    """Return the base after our own create: what we sent, and what the tool made of it."""
    names = [rule.atom for rule in rules if rule.direction is not Direction.NONE]
    return Base(
        hub={name: hub[name] for name in names if name in hub},
        remote={name: remote[name] for name in names if name in remote},
    )


def unseen(base: Base, remote: Atoms, rules: Collection[Rule]) -> frozenset[str]:
    """Name the atoms in which ``remote`` says something the base does not know."""
    return frozenset(
        rule.atom
        for rule in rules
        if rule.direction is not Direction.NONE
        and rule.atom in remote
        and remote[rule.atom] != base.remote.get(rule.atom, ABSENT)
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """One atom on both sides; ABSENT where a side, or the base, says nothing."""

    hub: object
    remote: object
    base_hub: object
    base_remote: object

    @classmethod
    def of(cls, atom: str, base: Base, hub: Atoms, remote: Atoms) -> "_Sides":
        return cls(
            hub.get(atom, ABSENT),
            remote.get(atom, ABSENT),
            base.hub.get(atom, ABSENT),
            base.remote.get(atom, ABSENT),
        )

    def hub_changed(self) -> bool:
        return self.hub is not ABSENT and self.hub != self.base_hub and not self._nothing(self.hub)

    def remote_changed(self) -> bool:
        return (
            self.remote is not ABSENT
            and self.remote != self.base_remote
            and not self._nothing(self.remote)
        )

    def _nothing(self, value: object) -> bool:
        """Before a first agreement, a blank side did not change: it only has no value yet."""
        never_agreed = self.base_hub is ABSENT and self.base_remote is ABSENT
        return never_agreed and is_blank(cast("Json", value))

    def clash(self) -> Clash:
        base = self.base_remote if self.base_hub is ABSENT else self.base_hub
        return Clash(_shown(base), _shown(self.hub), _shown(self.remote))


def _shown(value: object) -> Json:
    return None if value is ABSENT else cast("Json", value)


def _decide(rule: Rule, sides: _Sides) -> _Move:
    if rule.direction is Direction.NONE:
        return _Move.KEEP
    ours, theirs = sides.hub_changed(), sides.remote_changed()
    if not ours and not theirs:
        return _Move.KEEP
    if sides.hub == sides.remote:
        return _Move.AGREE
    if not theirs:
        return _Move.AGREE if rule.direction is Direction.PULL else _Move.PUSH
    return _answer_theirs(rule, sides, contested=ours)


def _answer_theirs(rule: Rule, sides: _Sides, *, contested: bool) -> _Move:
    """The remote value is new; ``contested`` where the hub's is new as well."""
    if rule.owner is Owner.HUB or rule.direction is Direction.PUSH:
        pushable = rule.direction is not Direction.PULL and sides.hub is not ABSENT
        return _Move.REVERT if pushable else _Move.AGREE
    if rule.owner is Owner.REMOTE or rule.direction is Direction.PULL or not contested:
        return _Move.APPLY
    verdicts = {
        OnConflict.HUB: _Move.REVERT,
        OnConflict.REMOTE: _Move.APPLY,
        OnConflict.ASK: _Move.CONFLICT,
    }
    return verdicts[rule.on_conflict]


def _settle_atom(
    atom: str, move: _Move, sides: _Sides, hub: dict[str, Json], remote: dict[str, Json]
) -> None:
    """Write down what each side holds after ``move``."""
    ours, theirs = sides.hub, sides.remote
    if move is _Move.APPLY:
        ours = theirs
    elif move is not _Move.AGREE:
        theirs = ours
    if ours is not ABSENT:
        hub[atom] = cast("Json", ours)
    if theirs is not ABSENT:
        remote[atom] = cast("Json", theirs)
