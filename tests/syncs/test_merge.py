"""What wins when both sides changed, on examples and as laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncs.canonical import Atoms, Json, canonical
from syncs.merge import (
    Base,
    Clash,
    Direction,
    OnConflict,
    Owner,
    Plan,
    Rule,
    agree,
    merge3,
    refuse,
    settle,
    unseen,
)

ASK = (Rule("status", Owner.SHARED),)
OLD, OURS, THEIRS = "old", "ours", "theirs"


def merged(rule: Rule, hub: Json = OLD, remote: Json = OLD, base: Base | None = None) -> Plan:
    agreed = Base({rule.atom: OLD}, {rule.atom: OLD}) if base is None else base
    return merge3(agreed, {rule.atom: hub}, {rule.atom: remote}, (rule,))


def test_nothing_happens_when_nothing_changed() -> None:
    assert merged(ASK[0]).is_empty


def test_a_change_in_the_hub_is_pushed() -> None:
    plan = merged(ASK[0], hub=OURS)

    assert plan.push == {"status": OURS}
    assert plan.base_next == Base({"status": OURS}, {"status": OURS})


def test_a_change_in_the_tool_is_applied_to_a_shared_atom() -> None:
    plan = merged(ASK[0], remote=THEIRS)

    assert (plan.apply_to_hub, plan.push) == ({"status": THEIRS}, {})
    assert plan.base_next == Base({"status": THEIRS}, {"status": THEIRS})


def test_the_same_change_on_both_sides_is_agreed_without_a_write() -> None:
    plan = merged(ASK[0], hub="new", remote="new")

    assert plan.is_empty
    assert plan.base_next == Base({"status": "new"}, {"status": "new"})


def test_different_changes_keep_the_hub_value_and_theirs_in_a_conflict() -> None:
    plan = merged(ASK[0], hub=OURS, remote=THEIRS)

    assert plan.push == {"status": OURS}
    assert plan.conflicts == {"status": Clash(OLD, OURS, THEIRS)}


@pytest.mark.parametrize(
    ("on_conflict", "pushed", "applied", "reverted"),
    [
        (OnConflict.HUB, {"status": OURS}, {}, {"status": Clash(OLD, OURS, THEIRS)}),
        (OnConflict.REMOTE, {}, {"status": THEIRS}, {}),
    ],
)
def test_a_rule_may_settle_conflicts_of_a_shared_atom(
    on_conflict: OnConflict,
    pushed: dict[str, str],
    applied: dict[str, str],
    reverted: dict[str, Clash],
) -> None:
    rule = Rule("status", Owner.SHARED, on_conflict=on_conflict)

    plan = merged(rule, hub=OURS, remote=THEIRS)

    assert (plan.push, plan.apply_to_hub, plan.reverted) == (pushed, applied, reverted)


@pytest.mark.parametrize("hub", [OLD, OURS])
def test_a_remote_edit_of_a_hub_owned_atom_is_reverted_and_noted(hub: str) -> None:
    plan = merged(Rule("title", Owner.HUB, Direction.PUSH), hub=hub, remote=THEIRS)

    assert plan.push == {"title": hub}
    assert plan.reverted == {"title": Clash(OLD, hub, THEIRS)}


@pytest.mark.parametrize("hub", [OLD, OURS])
def test_a_remote_owned_atom_is_never_pushed(hub: str) -> None:
    rule = Rule("notes", Owner.REMOTE, Direction.PULL)

    assert merged(rule, hub=hub, remote=THEIRS).apply_to_hub == {"notes": THEIRS}
    assert merged(rule, hub=hub).push == {}


def test_an_atom_without_direction_is_left_alone() -> None:
    rule = Rule("notes", Owner.SHARED, Direction.NONE)

    assert merged(rule, hub=OURS, remote=THEIRS).is_empty


def test_an_atom_the_tool_says_nothing_about_did_not_change_there() -> None:
    base = Base({"status": OLD}, {"status": OLD})

    assert merge3(base, {"status": OLD}, {}, ASK).is_empty
    assert merge3(base, {"status": OURS}, {}, ASK).push == {"status": OURS}
    assert merge3(base, {"status": OURS}, None, ASK).push == {"status": OURS}


def test_at_a_first_meeting_a_blank_side_takes_the_value_of_the_other() -> None:
    assert merged(ASK[0], hub="", remote=THEIRS, base=Base()).apply_to_hub == {"status": THEIRS}
    assert merged(ASK[0], hub=OURS, remote="", base=Base()).push == {"status": OURS}


def test_at_a_first_meeting_equal_values_agree_and_different_ones_conflict() -> None:
    assert merged(ASK[0], base=Base()).is_empty
    assert merged(ASK[0], hub=OURS, remote=THEIRS, base=Base()).conflicts == {
        "status": Clash(None, OURS, THEIRS)
    }


def test_a_value_cleared_after_an_agreement_is_a_change() -> None:
    assert merged(ASK[0], remote="").apply_to_hub == {"status": ""}
    assert merged(ASK[0], hub="").push == {"status": ""}


def test_start_and_length_changed_at_once_is_one_conflict_never_a_mixture() -> None:
    old: dict[str, Json] = {"start": "09", "end": "10", "tz": "UTC"}
    moved: dict[str, Json] = {**old, "start": "11", "end": "12"}
    longer: dict[str, Json] = {**old, "end": "11"}
    rule = Rule("when", Owner.SHARED)

    plan = merge3(Base({"when": old}, {"when": old}), {"when": moved}, {"when": longer}, (rule,))

    assert plan.push == {"when": moved}
    assert plan.conflicts == {"when": Clash(old, moved, longer)}


def test_what_a_verb_refuses_goes_back_at_once_and_theirs_is_kept() -> None:
    base, hub = Base({"status": OLD}, {"status": OLD}), {"status": OLD}
    plan = merge3(base, hub, {"status": THEIRS}, ASK)

    refused = refuse(plan, base, hub, {"status", "never planned"})

    assert (refused.apply_to_hub, refused.push) == ({}, {"status": OLD})
    assert refused.conflicts == {"status": Clash(OLD, OLD, THEIRS)}
    assert settle(refused, returned={"status": OLD}) == base


def test_a_server_that_stores_our_value_in_its_own_words_is_not_written_again() -> None:
    plan = merged(ASK[0], hub="  Padded  ")
    base = settle(plan, returned={"status": "Padded"})

    assert merge3(base, {"status": "  Padded  "}, {"status": "Padded"}, ASK).is_empty


def test_an_edit_that_slips_in_with_the_answer_stays_visible() -> None:
    rules = (*ASK, Rule("notes", Owner.REMOTE, Direction.PULL))
    base = Base({"status": OLD, "notes": ""}, {"status": OLD, "notes": ""})
    plan = merge3(base, {"status": OURS, "notes": ""}, None, rules)

    returned: Atoms = {"status": OURS, "notes": "bring the keys"}
    settled = settle(plan, returned=returned)

    assert unseen(settled, returned, rules) == {"notes"}
    assert merge3(settled, {"status": OURS, "notes": ""}, returned, rules).apply_to_hub == {
        "notes": "bring the keys"
    }


def test_a_base_survives_being_stored() -> None:
    base = agree({"status": OURS, "other": 1}, {"status": THEIRS}, ASK)

    assert base == Base({"status": OURS}, {"status": THEIRS})
    assert Base.from_json(base.as_json()) == base
    assert Base.from_json(None) == Base()


ATOMS = ("when", "status", "title", "notes")
TIMES = st.builds(
    lambda start, length: {"start": start, "end": start + length, "tz": "UTC"},
    st.integers(0, 5),
    st.integers(1, 3),
)
TEXTS = st.sampled_from(["", "a", "b", "c"])
RECORDS = st.fixed_dictionaries(
    {}, optional={"when": TIMES, "status": TEXTS, "title": TEXTS, "notes": TEXTS}
)
RULES = st.tuples(
    *(
        st.builds(
            Rule,
            st.just(atom),
            st.sampled_from(Owner),
            st.sampled_from(Direction),
            st.sampled_from(OnConflict),
        )
        for atom in ATOMS
    )
)
SIDES = (st.builds(Base, RECORDS, RECORDS), RECORDS, RECORDS, RULES)


def carried_out(plan: Plan, hub: Atoms, remote: Atoms) -> tuple[Atoms, Atoms]:
    return {**hub, **plan.apply_to_hub}, {**remote, **plan.push}


@given(*SIDES)
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(
    base: Base, hub: Atoms, remote: Atoms, rules: tuple[Rule, ...]
) -> None:
    plan = merge3(base, hub, remote, rules)
    hub_after, remote_after = carried_out(plan, hub, remote)

    settled = settle(plan, returned=remote_after, applied=hub_after)

    assert settled == plan.base_next
    assert merge3(settled, hub_after, remote_after, rules).is_empty


@given(*SIDES)
def test_every_value_that_does_not_win_is_kept_in_a_note(
    base: Base, hub: Atoms, remote: Atoms, rules: tuple[Rule, ...]
) -> None:
    plan = merge3(base, hub, remote, rules)
    noted = {**plan.reverted, **plan.conflicts}

    for atom in plan.push:
        replaced = remote.get(atom)
        known = (base.remote.get(atom), plan.push[atom], "", None)
        assert replaced in known or noted[atom].remote == replaced


@given(*SIDES)
def test_atoms_are_moved_whole_and_only_where_the_rule_allows(
    base: Base, hub: Atoms, remote: Atoms, rules: tuple[Rule, ...]
) -> None:
    plan = merge3(base, hub, remote, rules)
    by_atom = {rule.atom: rule for rule in rules}

    assert not plan.push.keys() & plan.apply_to_hub.keys()
    assert plan.conflicts.keys() | plan.reverted.keys() <= plan.push.keys()
    for atom, value in plan.push.items():
        assert value == hub[atom]
        assert by_atom[atom].direction in {Direction.PUSH, Direction.BOTH}
    for atom, value in plan.apply_to_hub.items():
        assert value == remote[atom]
        assert by_atom[atom].direction in {Direction.PULL, Direction.BOTH}
        assert by_atom[atom].owner is not Owner.HUB


@given(RECORDS, RECORDS, RULES)
def test_our_own_echo_is_no_change(hub: Atoms, stored: Atoms, rules: tuple[Rule, ...]) -> None:
    base = agree(canonical(hub), canonical(stored), rules)

    assert merge3(base, canonical(hub), canonical(stored), rules).is_empty
