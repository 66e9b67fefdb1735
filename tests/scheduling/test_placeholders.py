"""Names in braces: which there are, what is refused, and that nothing is filled twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import InvalidInput
from scheduling.models.messages import MessageKind
from scheduling.placeholders import MEANINGS, fill, fill_subject, names_for, require_wording


@given(
    st.text(st.sampled_from("{}abc \n")).map(lambda text: text.replace("abc", "{customer}")),
    st.text(max_size=30),
)
def test_a_filled_subject_is_one_line_and_nothing_is_filled_twice(text: str, name: str) -> None:
    values = dict.fromkeys(MEANINGS, name)

    assert len(fill_subject(text, values).splitlines()) <= 1
    assert fill("{customer}", {"customer": "{link}", "link": "secret"}) == "{link}"


@pytest.mark.parametrize(
    ("field", "text", "kind"),
    [
        ("text", "Hello {custmer}", "booked"),
        ("text", "Hello {}", "booked"),
        ("text", "Hello {customer.email}", "booked"),
        ("text", "Hello { customer }", "booked"),
        ("text", "It was {before}", "booked"),
        ("subject", "Open {link}", "booked"),
        ("subject", "a\nBcc: x@evil.example", "booked"),
        ("subject", "a\rb", "booked"),
        ("subject", "a\x85b", "booked"),
        ("subject", "x" * 151, "booked"),
        ("text", "x" * 4001, "booked"),
        ("text", "a\x00b", "booked"),
        ("text", "a\x07b", "booked"),
        ("text", "a\ud800b", "booked"),
    ],
)
def test_words_that_cannot_be_sent_are_refused_at_their_field(
    field: str, text: str, kind: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_wording(text, field=field, kind=kind)

    assert refused.value.field == field


@pytest.mark.parametrize("kind", MessageKind)
def test_every_placeholder_that_is_offered_is_accepted(kind: MessageKind) -> None:
    for name in names_for(kind):
        assert require_wording(f"{{{name}}}", field="text", kind=kind)
    for name in names_for(kind, is_subject=True):
        assert require_wording(f"{{{name}}}", field="subject", kind=kind)
