"""Pango, the system library behind PDFs: installed where we may, unpacked under .run where not."""

import ctypes
import shutil
from collections.abc import Callable

from hub.installing.places import RUN
from hub.installing.steps import SetUpFailed, apt_install, may_use_apt, output_of, run_step, say

LIBRARIES = (
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)
DEBS = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
NATIVE = RUN / "native"
FONTS = NATIVE / "fonts.conf"
FONTS_CONF = f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{NATIVE}/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{NATIVE}/cache</cachedir>
</fontconfig>
"""


def missing_libraries(load: Callable[[str], object] = ctypes.CDLL) -> list[str]:
    missing = []
    for name in LIBRARIES:
        try:
            load(name)
        except OSError:
            missing.append(name)
    return missing


def fetch_pango() -> None:
    """Without Pango everything but PDFs works: this reports, and never stops the set-up."""
    if environment() or not missing_libraries():
        return
    say("fetching Pango, which renders PDFs")
    try:
        if may_use_apt():
            apt_install(*DEBS)
        else:
            unpack_debs()
    except (SetUpFailed, OSError):
        say(
            "Pango could not be fetched: there are no PDFs until it is installed "
            f"(Debian, Ubuntu: sudo apt-get install {' '.join(DEBS)}; "
            "Fedora: sudo dnf install pango; macOS: brew install pango)"
        )


def unpack_debs() -> None:
    """For a user who may not install packages. Needs filled package lists."""
    downloads = NATIVE / "debs"
    downloads.mkdir(parents=True, exist_ok=True)
    run_step("fetching Pango", "apt-get", "-qq", "download", *absent_debs(), cwd=downloads)
    for deb in sorted(downloads.glob("*.deb")):
        run_step("unpacking Pango", "dpkg-deb", "-x", deb, NATIVE)
    shutil.rmtree(downloads)
    FONTS.write_text(FONTS_CONF)


def absent_debs() -> list[str]:
    """Pango and the libraries it depends on, less those that this system has."""
    without = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    listing = run_step(
        "reading the package lists",
        *("apt-cache", "depends", "--recurse", *(f"--no-{kind}" for kind in without), *DEBS),
    )
    names = {line.strip() for line in listing.splitlines() if line[:1].isalnum()}
    wanted = (name for name in names if name.startswith(("lib", "fonts-dejavu")))
    return sorted(name for name in wanted if not is_installed(name))


def is_installed(deb: str) -> bool:
    query = ("dpkg-query", "--show", "--showformat", "${db:Status-Status}", deb)
    return output_of(*query).startswith("installed")


def environment() -> dict[str, str]:
    """What a program must know to find a Pango that was unpacked under .run."""
    libraries = next(NATIVE.glob("usr/lib/*-linux-gnu*"), None)
    if libraries is None or not FONTS.exists():
        return {}
    return {"LD_LIBRARY_PATH": str(libraries), "FONTCONFIG_FILE": str(FONTS)}
