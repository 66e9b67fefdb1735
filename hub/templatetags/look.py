"""What the components need beyond Django's filters: attributes passed on, faces for names."""

from collections.abc import Mapping
from html import unescape
from typing import Protocol
from zlib import crc32

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

HUES = 6
# In this order: each of them also names those below it.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}

register = template.Library()


class Attributes(Protocol):
    """What Cotton hands to a component; ``attrs_dict`` leaves out those it declares."""

    def attrs_dict(self) -> Mapping[str, object]: ...


@register.filter
def passed(attributes: Attributes) -> SafeString:
    """Write the attributes a component does not declare, each quoted and escaped.

    Cotton's own output trusts a value that brings its own quotes; names of customers may.
    """
    written = "".join(map(_written, attributes.attrs_dict().items()))
    return mark_safe(written)  # noqa: S308  (keys come from templates, values are escaped)


def _written(item: tuple[str, object]) -> str:
    key, value = item
    if value is None or value is False:
        return ""
    if value is True:
        return f" {key}"
    text = value if isinstance(value, str) else str(value)
    return f' {key}="{conditional_escape(text)}"'


@register.filter
def initials(name: object) -> str:
    """“CM” for Claire Marchetti, “C” for Claire, “?” for nobody."""
    words = unescape(str(name)).split()
    letters = [word[0] for word in words if word[0].isalnum()]
    return "".join(letters[:1] + letters[1:][-1:]).upper() or "?"


@register.filter
def hue(name: object) -> int:
    """Return 1 to 6, the same for the same name on every page and every day."""
    return crc32(unescape(str(name)).encode()) % HUES + 1


@register.filter
def browser_name(user_agent: str) -> str:
    """“Firefox on Windows”: enough to recognize one's own among the signed-in browsers."""
    browser = _first(BROWSERS, user_agent) or "Unknown browser"
    system = _first(SYSTEMS, user_agent)
    return f"{browser} on {system}" if system else browser


def _first(names: Mapping[str, str], text: str) -> str:
    return next((name for mark, name in names.items() if mark in text), "")
