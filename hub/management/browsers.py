"""The system's Chromium, for the browser tests: found, installed where we may, or done without."""

import platform
import shutil
from collections.abc import Callable
from pathlib import Path

from hub.installing.steps import SetUpFailed, apt_install, may_use_apt, output_of

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
HOW_TO = (
    "Debian: sudo apt-get install chromium; Fedora: sudo dnf install chromium; "
    "macOS: brew install --cask google-chrome"
)


def find_chromium(output: Callable[..., str] = output_of) -> str | None:
    """Return one that starts: Ubuntu's chromium-browser is only a hint at another installer."""
    found = [path for path in map(shutil.which, NAMES) if path]
    if platform.system() == "Darwin" and MAC.exists():
        found.append(str(MAC))
    return next((path for path in found if output(path, "--version").strip()), None)


def ensure_chromium(say: Callable[[str], None]) -> str | None:
    found = find_chromium()
    if found or not may_use_apt():
        return found
    say("installing Chromium for the browser tests")
    try:
        apt_install("chromium")
    except SetUpFailed as failure:
        say(str(failure))
    return find_chromium()
