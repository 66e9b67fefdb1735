"""Pages compose: no style of their own, no script inside, and what exists as a component."""

import re

from tests.architecture.sources import files, name_of

PAGES = [path for path in files(".html") if name_of(path).startswith("templates/")]
WHOLE_PAGES = {"templates/base.html", "templates/auth_base.html", "templates/hub/api_docs.html"}
# Printed on paper by another renderer, or composed by the sign-in library.
FREE = ("templates/billing/pdf/", "templates/allauth/", "templates/scheduling/messages/")
INLINE = re.compile(
    r"""<style[\s>]|\sstyle\s*=|\son[a-z]+\s*=\s*["']|href\s*=\s*["']javascript:"""
    r"""|<script(?![^>]*\ssrc=)""",
    re.IGNORECASE,
)


def pages(*, fragments: bool = True) -> dict[str, str]:
    found = {}
    for path in PAGES:
        name = name_of(path)
        inner = path.name.startswith("_") or "/cotton/" in name
        if not name.startswith(FREE) and (fragments or not inner):
            found[name] = path.read_text()
    return found


def test_nothing_is_inline_under_the_strict_policy() -> None:
    found = [name for name, text in pages().items() if INLINE.search(text)]

    assert not found, "\n".join(found)


def test_every_page_stands_in_a_shell() -> None:
    bare = [
        name
        for name, text in pages(fragments=False).items()
        if "{% extends" not in text and name not in WHOLE_PAGES
    ]

    assert bare == []


def test_buttons_on_pages_are_components() -> None:
    own_buttons = (
        "templates/cotton/",
        "templates/hub/_",
        "templates/hub/styleguide",
        "templates/base.html",
    )
    found = [
        name
        for name, text in pages().items()
        if re.search(r"<button(?![^>]*\b(?:class=|hidden))|class=\"btn\b", text)
        and not name.startswith(own_buttons)
    ]

    assert not found, "\n".join(found)


def test_every_form_that_posts_carries_its_token() -> None:
    forms = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.IGNORECASE | re.DOTALL)
    found = [
        name
        for name, text in pages().items()
        for form in forms.findall(text)
        if "csrf_token" not in form and "{{ slot }}" not in form
    ]

    assert not found, "\n".join(found)
