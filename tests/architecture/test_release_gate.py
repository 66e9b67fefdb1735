"""ID-8: identity and status must be green before reminder or template work goes on."""

import os
import re
from pathlib import Path

import pytest

from hub.management import testing

ROOT = Path(__file__).resolve().parents[2]
BY_ID = re.compile(r"^def test_\w+_id_\d+\(", re.MULTILINE)
SAYS_THAT_IT_RAN = "from pathlib import Path\ndef test_it():\n    Path('{name}').touch()\n"
FAILS = "def test_it():\n    assert False\n"


def files_of_the_gate() -> set[Path]:
    paths = [ROOT / path for path in testing.FIRST]
    folders = [path for path in paths if path.is_dir()]
    return {*paths, *(file for folder in folders for file in folder.rglob("test_*.py"))}


def test_every_suite_that_comes_first_is_there() -> None:
    assert [path for path in testing.FIRST if not (ROOT / path).exists()] == []


def test_every_test_of_an_identity_requirement_comes_first_id_8() -> None:
    named = {
        file for file in (ROOT / "tests").rglob("test_*.py") if BY_ID.search(file.read_text())
    }

    assert named - files_of_the_gate() == {Path(__file__).resolve()}


def test_every_table_of_states_is_tested_first_id_8() -> None:
    """Its tests name a state of it, or expect what a forbidden step raises."""
    apps = {path.parent.name for path in ROOT.glob("[a-z]*/states.py")}
    files = {file for file in files_of_the_gate() if file.is_file()}

    def tests_states(app: str) -> bool:
        own = [file.read_text() for file in files if file.is_relative_to(ROOT / "tests" / app)]
        return any(f"from {app}.states" in text or "IllegalTransition" in text for text in own)

    assert apps == {"billing", "scheduling", "syncs"}
    assert [app for app in apps if not tests_states(app)] == []


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two tests, of which one comes first."""
    monkeypatch.setattr(testing, "ROOT", tmp_path)
    monkeypatch.setattr(testing, "FIRST", ("test_first.py",))
    monkeypatch.setattr(testing, "SPREAD", ())
    (tmp_path / "test_first.py").write_text(SAYS_THAT_IT_RAN.format(name="first_ran"))
    (tmp_path / "test_others.py").write_text(SAYS_THAT_IT_RAN.format(name="others_ran"))
    return tmp_path


def run(said: list[str], *arguments: str) -> list[tuple[str, bool]]:
    env = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST")}
    results = testing.run_in_order(["-p", "no:django", *arguments], env, said.append)
    return [(result.name, result.passed) for result in results]


def test_while_identity_and_status_fail_no_other_test_is_run_id_8(project: Path) -> None:
    (project / "test_first.py").write_text(FAILS)
    said: list[str] = []

    results = run(said)

    assert results == [("identity and status", False)]
    assert said == ["NOT RUN: all other tests, for identity and status come before them"]
    assert not (project / "others_ran").exists()


def test_all_others_follow_once_identity_and_status_have_passed_id_8(project: Path) -> None:
    said: list[str] = []

    results = run(said)

    assert results == [("identity and status", True), ("pytest", True)]
    assert said == []
    assert (project / "first_ran").exists()
    assert (project / "others_ran").exists()


def test_an_argument_that_chooses_only_others_is_not_stopped(project: Path) -> None:
    assert run([], "-k", "test_others") == [("identity and status", True), ("pytest", True)]
    assert not (project / "first_ran").exists()


def test_a_failure_of_the_others_is_one(project: Path) -> None:
    (project / "test_others.py").write_text(FAILS)

    assert run([]) == [("identity and status", True), ("pytest", False)]
