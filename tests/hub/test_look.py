"""The filters components are made of."""

import pytest
from django.template import engines

from hub.templatetags.look import browser_name, hue, initials


def rendered(tag: str, **values: object) -> str:
    return engines["django"].from_string(tag).render(values).strip()


def test_attributes_are_escaped_even_when_a_name_brings_its_own_quotes() -> None:
    name = '"x" onclick="steal()"'

    written = rendered('{% cotton badge tone="ok" :data-name="name" hidden / %}', name=name)

    escaped = "&quot;x&quot; onclick=&quot;steal()&quot;"
    assert written == f'<span class="tag ok" data-name="{escaped}" hidden></span>'


def test_an_attribute_without_a_value_is_left_out() -> None:
    assert rendered('{% cotton kv :id="nothing" / %}', nothing=None) == '<dl class="kv num"></dl>'


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Claire Marchetti", "CM"),
        ("Ana de la Cruz", "AC"),
        ("Claire", "C"),
        ("O&#x27;Brien &amp; Sons", "OS"),
        ("李 小龍", "李小"),
        ("  ", "?"),
    ],
)
def test_initials_are_those_of_the_first_and_last_word(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_a_name_keeps_its_hue_escaped_or_not() -> None:
    assert hue("O'Brien") == hue("O&#x27;Brien")
    assert {hue(f"Person {number}") for number in range(60)} == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) … Chrome/120.0 Safari/537.36 Edg/120.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
            "Firefox on Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) … Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.0", "Unknown browser"),
    ],
)
def test_a_browser_is_named_as_its_owner_would(user_agent: str, expected: str) -> None:
    assert browser_name(user_agent) == expected
