"""How sure two records are one person, and the evidence that people read."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.claims import Fact
from customers.scoring import LIKELY, Profile, assess, weigh
from customers.wording import evidence_in_words

CLAIRE = Profile(
    given="claire",
    family="marchetti",
    tax_id="fr83404833048",
    birth_date=date(1986, 4, 12),
    address="69002 8 quai saint antoine",
    emails=frozenset({"claire@marchetti.example"}),
    phones=frozenset({("+33612345678", "")}),
)
PROFILES = st.builds(
    Profile,
    given=st.sampled_from(["", "c", "claire", "clare", "luc", "marchetti"]),
    family=st.sampled_from(["", "marchetti", "marcheti", "roux", "claire"]),
    company=st.sampled_from(["", "salon lumen"]),
    tax_id=st.sampled_from(["", "fr83404833048", "fr11111111111"]),
    birth_date=st.sampled_from([None, date(1986, 4, 12), date(1990, 1, 1)]),
    address=st.sampled_from(["", "69002 8 quai saint antoine"]),
    emails=st.frozensets(
        st.sampled_from(["claire@marchetti.example", "claire@a.example", "info@a.example"])
    ),
    verified=st.frozensets(st.sampled_from(["claire@marchetti.example", "claire@a.example"])),
    phones=st.frozensets(
        st.sampled_from([("+33612345678", ""), ("+33612345679", ""), ("+33612345678", "12")])
    ),
    shared=st.frozensets(st.sampled_from(["+33612345678", "info@a.example"])),
)


@given(PROFILES, PROFILES)
def test_it_does_not_matter_whom_one_looks_at_first(one: Profile, other: Profile) -> None:
    assert assess(one, other) == assess(other, one)


@given(PROFILES, PROFILES)
def test_the_score_is_a_percentage_that_the_evidence_adds_up_to(
    one: Profile, other: Profile
) -> None:
    found = assess(one, other)

    assert 0 <= found.score <= 100
    assert found.score == weigh(found.evidence)
    assert len(evidence_in_words(found.evidence)) == len(found.evidence)


@given(PROFILES)
def test_nothing_speaks_against_a_record_and_its_copy(one: Profile) -> None:
    one = replace(one, verified=one.verified & one.emails)

    evidence = assess(one, one).evidence

    assert [fact for fact in evidence if fact.startswith("other_")] == []


@given(PROFILES, PROFILES)
def test_another_date_of_birth_never_makes_it_surer(one: Profile, other: Profile) -> None:
    born = replace(one, birth_date=date(1986, 4, 12))
    known = assess(born, replace(other, birth_date=date(1990, 1, 1)))
    unknown = assess(born, replace(other, birth_date=None))

    assert Fact.OTHER_BIRTH_DATE in known.evidence
    assert known.score <= unknown.score


def test_a_copy_is_surer_than_anything() -> None:
    assert assess(CLAIRE, CLAIRE).score == 100


@pytest.mark.parametrize(
    ("other", "evidence"),
    [
        ({"given": "clare"}, ["same_email", "same_phone", "alike_name:97"]),
        ({"given": "marchetti", "family": "claire"}, ["same_email", "same_phone", "same_name"]),
        ({"given": "c"}, ["same_email", "same_phone", "alike_name:92"]),
        ({"family": "roux"}, ["same_email", "same_phone", "same_given_name"]),
        ({"given": "luc"}, ["same_email", "same_phone", "other_given_name"]),
        (
            {"emails": frozenset({"claire@new.example"})},
            ["alike_email", "same_phone", "same_name"],
        ),
        (
            {"emails": frozenset({"clare@marchetti.example"})},
            ["alike_email", "same_phone", "same_name"],
        ),
        (
            {"phones": frozenset({("+33612345687", "")})},
            ["same_email", "alike_phone", "same_name"],
        ),
        (
            {"emails": frozenset({"x@y.example"}), "phones": frozenset({("+12024561111", "")})},
            ["same_name", "other_contacts"],
        ),
        ({"shared": frozenset({"+33612345678"})}, ["same_email", "shared_phone", "same_name"]),
    ],
)
def test_the_evidence_says_what_is_alike(other: dict[str, Any], evidence: list[str]) -> None:
    claire = replace(CLAIRE, tax_id="", birth_date=None, address="")

    assert list(assess(claire, replace(claire, **other)).evidence) == evidence


def test_evidence_is_told_in_words_with_a_tone() -> None:
    luc = replace(CLAIRE, given="clare", tax_id="other", birth_date=date(1990, 1, 1))

    assert evidence_in_words(assess(CLAIRE, luc).evidence) == [
        ("ok", "Same e-mail"),
        ("ok", "Same phone"),
        ("", "Name 97 % alike"),
        ("ok", "Same address"),
        ("warn", "Another date of birth"),
        ("warn", "Another tax id"),
    ]


def test_a_name_alone_is_asked_about_only_while_nothing_else_is_known() -> None:
    bare = Profile(given="claire", family="marchetti")
    other = replace(
        bare, emails=frozenset({"x@y.example"}), phones=frozenset({("+12024561111", "")})
    )

    assert assess(bare, CLAIRE).score >= LIKELY
    assert assess(other, CLAIRE).score < LIKELY


def test_relatives_who_share_everything_but_the_given_name_are_not_asked_about() -> None:
    luc = replace(
        CLAIRE, given="luc", birth_date=None, tax_id="", emails=frozenset({"luc@a.example"})
    )
    family = replace(CLAIRE, shared=frozenset({"+33612345678"}))

    assert assess(family, luc).score < LIKELY


def test_a_given_name_written_last_is_no_other_one_even_after_a_wedding() -> None:
    swapped = replace(CLAIRE, given="roux", family="claire")

    for said in (assess(CLAIRE, swapped), assess(swapped, CLAIRE)):
        assert Fact.SAME_GIVEN_NAME in said.evidence
        assert Fact.OTHER_GIVEN_NAME not in said.evidence
    assert Fact.OTHER_GIVEN_NAME in assess(CLAIRE, replace(swapped, family="paul")).evidence
