"""The set-up of a bare machine, tried in copies of the checkout with stand-ins for npm."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hub.bootstrap import NEEDED_BYTES, require_space
from hub.installing.pango import missing_libraries
from hub.installing.places import ROOT
from hub.installing.steps import SetUpFailed, explain

NPM = """#!/bin/sh
[ "$1" = --version ] && echo 10.0.0 && exit
{on_ci}
"""
FILL = """
mkdir -p node_modules/kit node_modules/@tabler/icons/icons/outline
printf 'let a = 1\\n//# sourceMappingURL=kit.js.map\\n' > node_modules/kit/kit.js
cat > node_modules/@tabler/icons/icons/outline/plus.svg <<'END'
<svg xmlns="http://www.w3.org/2000/svg" stroke="currentColor">
  <path stroke="none" d="M0 0h24v24H0z" fill="none" />
  <path d="M12 5l0 14" />
</svg>
END
"""
BREAK = "echo 'npm error code ENOTFOUND'; exit 1"
INSTALL = "from hub.installing.frontend import install_assets; install_assets()"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that the set-up needs, with one front-end file and one icon to fetch."""
    shutil.copytree(ROOT / "hub/installing", tmp_path / "hub/installing")
    for name in ("manage.py", "hub/__init__.py", "hub/bootstrap.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    assets = tmp_path / "hub/assets"
    assets.mkdir()
    for name, text in (
        ("package.json", "{}"),
        ("package-lock.json", "{}"),
        ("vendor.txt", "kit/kit.js\n"),
        ("icons.txt", "plus\n"),
    ):
        (assets / name).write_text(text)
    return tmp_path


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(  # noqa: S603
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def fake_npm(folder: Path, on_ci: str) -> str:
    """Return a PATH whose npm does ``on_ci``."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "npm").write_text(NPM.format(on_ci=on_ci))
    (programs / "npm").chmod(0o755)
    return f"{programs}:/usr/bin:/bin"


def test_an_old_python_is_told_so_in_one_sentence() -> None:
    script = (
        "import runpy, sys; sys.version_info = (3, 8, 1); "
        "runpy.run_path('manage.py', run_name='__main__')"
    )

    ended = run(ROOT, "-c", script)

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert re.fullmatch(r"This needs Python 3\.11 or newer; this one is \S+\n", ended.stderr)


def test_the_set_up_imports_the_standard_library_alone() -> None:
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import hub.bootstrap"

    ended = run(ROOT, "-I", "-S", "-c", script)

    assert (ended.returncode, ended.stderr) == (0, "")


def test_without_a_network_the_set_up_says_so_and_can_be_resumed(checkout: Path) -> None:
    unreachable = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1"}

    ended = run(checkout, "manage.py", "up", PIP_CONFIG_FILE=os.devnull, **unreachable)

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("No network: installing uv needs")
    assert not (checkout / ".venv/.stamp").exists()
    assert {path.name for path in checkout.iterdir()} == {
        *("hub", "manage.py", "requirements"),
        *(".venv", ".run"),
    }


def test_a_folder_that_cannot_hold_the_packages_is_refused_before_anything_is_made() -> None:
    if (ROOT / ".venv/.stamp").exists():
        require_space(0)
    else:
        with pytest.raises(SetUpFailed, match=r"^No disk space: the set-up needs 1\.5 GB free"):
            require_space(NEEDED_BYTES - 1)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("error: No space left on device (os error 28)", "The disk is full"),
        ("npm error code ENOSPC", "The disk is full"),
        ("Temporary failure in name resolution", "No network"),
        ("npm error network request failed, reason: getaddrinfo EAI_AGAIN", "No network"),
        ("client error (Connect): invalid peer certificate: UnknownIssuer", "Set-up stopped"),
        ("first\nhash mismatch\n\n", "Set-up stopped while testing: hash mismatch"),
        ("", "Set-up stopped while testing: no message"),
    ],
)
def test_a_failed_step_is_explained_in_one_line(output: str, sentence: str) -> None:
    explained = explain("testing", output)

    assert explained.startswith(sentence)
    assert "\n" not in explained


def test_a_missing_pango_is_noticed_library_by_library() -> None:
    def load(name: str) -> object:
        if "pangoft2" in name:
            raise OSError(name)
        return object()

    assert missing_libraries(load) == ["libpangoft2-1.0.so.0"]


def test_front_end_files_lose_their_source_maps_and_icons_become_one_sprite(
    checkout: Path,
) -> None:
    ended = run(checkout, "-c", INSTALL, PATH=fake_npm(checkout, FILL))

    vendor = checkout / "hub/static/vendor"
    assert ended.returncode == 0, ended.stderr
    assert {path.name for path in vendor.iterdir()} == {".stamp", "kit.js", "icons.svg"}
    assert (vendor / "kit.js").read_text().strip() == "let a = 1"
    assert (vendor / "icons.svg").read_text() == (
        '<svg xmlns="http://www.w3.org/2000/svg">\n'
        '<symbol id="plus" viewBox="0 0 24 24" stroke-linecap="round" stroke-linejoin="round">'
        '<path d="M12 5l0 14" /></symbol>\n</svg>\n'
    )


def test_a_failed_fetch_leaves_the_old_front_end_files_whole(checkout: Path) -> None:
    run(checkout, "-c", INSTALL, PATH=fake_npm(checkout, FILL))
    vendor = checkout / "hub/static/vendor"
    before = {path.name: path.read_bytes() for path in vendor.iterdir()}

    ended = run(checkout, "-c", INSTALL, PATH=fake_npm(checkout, FILL + BREAK))

    assert ended.returncode == 1
    assert {path.name: path.read_bytes() for path in vendor.iterdir()} == before


def test_a_changed_list_of_icons_makes_the_front_end_files_stale(checkout: Path) -> None:
    run(checkout, "-c", INSTALL, PATH=fake_npm(checkout, FILL))
    question = (
        "from hub.installing.frontend import assets_are_current as current; print(current())"
    )

    before = run(checkout, "-c", question).stdout
    (checkout / "hub/assets/icons.txt").write_text("plus\nminus\n")

    assert (before, run(checkout, "-c", question).stdout) == ("True\n", "False\n")


def test_locks_have_a_hash_for_each_package_and_no_download_address() -> None:
    lock = json.loads((ROOT / "hub/assets/package-lock.json").read_text())
    packages = [value for name, value in lock["packages"].items() if name]
    requirements = {path: path.read_text() for path in (ROOT / "requirements").glob("*.txt")}

    assert all("integrity" in package for package in packages)
    assert not any("resolved" in package for package in packages)
    assert len(requirements) == 4
    for text in requirements.values():
        pins = len(re.findall(r"(?m)^\S+==\S+", text))
        assert pins == len(re.findall(r"(?m)^\S+==.*\\\n    --hash=", text))
        assert not re.search(r"://|--index-url|--find-links", text)


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    listed = set((ROOT / "hub/assets/icons.txt").read_text().split())
    sources = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "hub/assets/js").rglob("*.js")]
    named = {
        (name, path.name)
        for path in sources
        for name in re.findall(
            r"""<c-icon\s(?:[^>]*?\s)?name="([a-z0-9-]+)"|icons\.svg#([a-z0-9-]+)""",
            path.read_text(),
        )
    }

    assert {
        ("".join(name), where) for name, where in named if "".join(name) not in listed
    } == set()
