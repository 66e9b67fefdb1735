"""One object on two sides, edited at random, with crashes and lost answers in between.

The run below follows the engine's order: the attempt and the notes are committed before the
call, the agreement after it. Planted mistakes in that order have to be found (see the end).
"""

from dataclasses import dataclass, field
from typing import ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from syncs.canonical import Json
from syncs.failures import CallFailed, DuplicateRemote, Gone, PreconditionFailed, UnknownOutcome
from syncs.merge import Base, Direction, Owner, Rule, agree, merge3, settle, unseen

RULES = (
    Rule("when", Owner.SHARED),
    Rule("title", Owner.HUB, Direction.PUSH),
    Rule("notes", Owner.REMOTE, Direction.PULL),
)
FAULTS = st.sampled_from([None, None, "drop_before", "drop_after", "crash_before", "crash_after"])


class Killed(Exception):
    """The worker died: nothing that was not committed survives."""


@dataclass
class Tool:
    """A calendar that keeps versions and refuses stale writes."""

    objects: dict[str, tuple[int, dict[str, Json]]] = field(default_factory=dict)
    version: int = 0
    writes: int = 0
    fault: str | None = None

    def read(self, key: str) -> tuple[int, dict[str, Json]]:
        if key not in self.objects:
            raise Gone("gone")
        return self.objects[key]

    def create(self, key: str, atoms: dict[str, Json]) -> tuple[int, dict[str, Json]]:
        if key in self.objects:
            raise DuplicateRemote("taken", remote_id=key)
        return self._store(key, atoms)

    def update(
        self, key: str, etag: int | None, atoms: dict[str, Json]
    ) -> tuple[int, dict[str, Json]]:
        version, known = self.read(key)
        if etag is not None and version != etag:
            raise PreconditionFailed("stale")
        return self._store(key, {**known, **atoms})

    def _store(self, key: str, atoms: dict[str, Json]) -> tuple[int, dict[str, Json]]:
        fault, self.fault = self.fault, None
        if fault == "drop_before":
            raise UnknownOutcome("no verdict")
        if fault == "crash_before":
            raise Killed
        self.version += 1
        self.writes += 1
        self.objects[key] = (self.version, dict(atoms))
        if fault == "drop_after":
            raise UnknownOutcome("no verdict")
        if fault == "crash_after":
            raise Killed
        return self.objects[key]


@dataclass
class Link:
    """What is committed in the hub about the object."""

    generation: int = 0
    is_linked: bool = False
    attempted: bool = False
    base: Base = field(default_factory=Base)
    etag: int | None = None
    pending: tuple[int, dict[str, Json]] | None = None

    @property
    def key(self) -> str:
        return f"hub-{self.generation}"


class TwoSides(RuleBasedStateMachine):
    #: Mistakes a test may plant.
    sends_etag: ClassVar[bool] = True
    looks_before_create: ClassVar[bool] = True
    notes_before_call: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.tool, self.link = Tool(), Link()
        self.hub: dict[str, Json] = {"when": 0, "title": 0, "notes": 0}
        self.clock = self.local_edits = self.deleted = 0
        self.remote_edits: list[tuple[str, int]] = []
        self.noted: set[Json] = set()
        self.history: set[Json] = set()
        self.notes = 0

    @rule(atom=st.sampled_from(["when", "title"]))
    def edit_in_the_hub(self, atom: str) -> None:
        self.clock += 1
        self.local_edits += 1
        self.hub[atom] = self.clock

    @rule(atom=st.sampled_from(["when", "title", "notes"]))
    def edit_in_the_tool(self, atom: str) -> None:
        for key, (_, atoms) in list(self.tool.objects.items())[:1]:
            self.clock += 1
            self.tool.version += 1
            self.tool.objects[key] = (self.tool.version, {**atoms, atom: self.clock})
            self.remote_edits.append((atom, self.clock))

    @rule()
    def delete_in_the_tool(self) -> None:
        for key in list(self.tool.objects)[:1]:
            del self.tool.objects[key]
            self.deleted += 1
            self.remote_edits.clear()

    @rule()
    def pull(self) -> None:
        """Record what the tool shows; an unknown object of ours is left to the next run."""
        link = self.link
        if not link.is_linked:
            return
        try:
            etag, atoms = self.tool.read(link.key)
        except Gone:
            self._start_anew()
            return
        if etag != link.etag and unseen(link.base, atoms, RULES):
            link.pending = (etag, atoms)
        else:
            link.etag = etag

    @rule(fault=FAULTS)
    def run(self, fault: str | None) -> None:
        self.tool.fault = fault
        try:
            self._run()
        except (Killed, CallFailed):
            pass
        finally:
            self.tool.fault = None

    def _run(self) -> None:
        if not self.link.is_linked and not self._link():
            return
        for _ in range(3):
            try:
                self._merge()
            except PreconditionFailed:
                self.link.pending = self.tool.read(self.link.key)
            except Gone:
                self._start_anew()
                return
            else:
                return

    def _link(self) -> bool:
        """Create the object or adopt our own; True when a merge is due."""
        link = self.link
        if link.attempted and self.looks_before_create and link.key in self.tool.objects:
            link.is_linked, link.pending = True, self.tool.read(link.key)
            return True
        link.attempted = True
        etag, returned = self.tool.create(link.key, dict(self.hub))
        link.base, link.etag = agree(self.hub, returned, RULES), etag
        link.is_linked = True
        return False

    def _merge(self) -> None:
        link = self.link
        etag, remote = link.pending or (link.etag, None)
        plan = merge3(link.base, self.hub, remote, RULES)
        notes = {**plan.conflicts, **plan.reverted}
        values = {clash.remote for clash in notes.values()}
        if self.notes_before_call:
            self._note(values)
        returned: dict[str, Json] | None = None
        if plan.push:
            sent = etag if self.sends_etag else None
            etag, returned = self.tool.update(link.key, sent, dict(plan.push))
        if not self.notes_before_call:
            self._note(values)
        self.hub.update(plan.apply_to_hub)
        self.history |= set(plan.apply_to_hub.values())
        link.base = settle(plan, returned=returned, applied=self.hub)
        link.etag, link.pending = etag, None
        if returned is not None and unseen(link.base, returned, RULES) and etag is not None:
            link.pending = (etag, returned)

    def _note(self, values: set[Json]) -> None:
        self.notes += len(values - self.noted)
        self.noted |= values

    def _start_anew(self) -> None:
        self.link = Link(generation=self.link.generation + 1)

    @invariant()
    def there_is_never_a_second_object(self) -> None:
        assert len(self.tool.objects) <= 1

    @invariant()
    def writes_have_a_reason(self) -> None:
        """Creates, one for each deletion as well, plus one write for each edit or note."""
        assert self.tool.writes <= 1 + self.deleted + self.local_edits + self.notes

    def teardown(self) -> None:
        for _ in range(6):
            self.pull()
            self.run(fault=None)
        writes = self.tool.writes
        self.pull()
        self.run(fault=None)
        assert self.tool.writes == writes
        [(_, atoms)] = self.tool.objects.values()
        assert atoms == self.hub
        self._no_edit_has_vanished()

    def _no_edit_has_vanished(self) -> None:
        """A person's last edit of an atom once stood in the hub, or is kept in a note."""
        for value in dict(self.remote_edits).values():
            assert value in self.history | self.noted


class StaleWrites(TwoSides):
    sends_etag = False


class BlindCreates(TwoSides):
    looks_before_create = False


class LateNotes(TwoSides):
    notes_before_call = False


FEW = settings(max_examples=200, stateful_step_count=25, deadline=None, database=None)


def test_two_sides_converge_whatever_crashes_in_between() -> None:
    run_state_machine_as_test(TwoSides, settings=FEW)


@pytest.mark.parametrize("planted", [StaleWrites, BlindCreates, LateNotes])
def test_a_mistake_in_the_order_of_steps_is_found(planted: type[TwoSides]) -> None:
    many = settings(FEW, max_examples=3000, phases=[Phase.generate], derandomize=True)

    with pytest.raises((AssertionError, ValueError, ExceptionGroup)):
        run_state_machine_as_test(planted, settings=many)
