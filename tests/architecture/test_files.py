"""Files that a newcomer can read, in the words of the house, and free of where they were made."""

import re
from collections.abc import Callable

import pytest

from tests.architecture.sources import PLACES, ROOT, SOURCES, TEXTS, files, name_of

MAX_LINES = 300
BANNED_NAMES = {"utils", "util", "helpers", "helper", "services", "common", "misc", "exceptions"}
BANNED_NAMES |= {"signals", "managers", "constants", "core", "base_views", "lib"}
# "Cancellation" and "cancelable" are American; one l only before -ed and -ing.
BRITISH = re.compile(
    r"\b\w*(cancell(?:ed|ing)|colou?r(?<!color)|behaviour|favour|honour|labell(?:ed|ing)\b|modell(?:ed|ing)"
    r"|catalogue\b|licence\b|cheque|organis|recognis|normalis|serialis|authoris|initialis"
    r"|customis|optimis(?:e|ing|ation)|synchronis|summaris|categoris|prioritis|minimis|maximis"
    r"|analys(?:e|ed|ing)\b|centre\b|grey\b|neighbour|fulfil\b|enrol\b|whilst)\w*",
    re.IGNORECASE,
)
FOREIGN = {"CANCELLED"}  # iCalendar's word
HERE = "tests/architecture/test_files.py"
PRIVATE = re.compile(
    r"/root/\S|/home/\w+|/tmp/\w+/|/work/\w+|\b10\.\d+\.\d+\.\d+:\d+|shared/design"
)


AT_THE_TOP = {place for place in PLACES if place[0] != "."}
AT_THE_TOP |= {"requirements", "manage.py", "pyproject.toml", "README.md", "CHANGELOG.md"}


@pytest.fixture(scope="module")
def lines() -> Callable[[str], list[str]]:
    return lambda name: (ROOT / name).read_text().splitlines()


def test_no_source_file_is_longer_than_one_reads_in_one_go() -> None:
    sizes = {name_of(path): len(path.read_text().splitlines()) for path in files(*SOURCES)}

    assert {name: size for name, size in sizes.items() if size > MAX_LINES} == {}


def test_nothing_strange_lies_at_the_top_of_the_project() -> None:
    """A downloaded package was committed there once, unseen among many files."""
    assert {path.name for path in ROOT.iterdir() if path.name[0] != "."} == AT_THE_TOP


def test_modules_are_named_for_the_business() -> None:
    assert {name_of(path) for path in files(".py") if path.stem in BANNED_NAMES} == set()


def test_the_spelling_is_american() -> None:
    found = []
    for path in files(*TEXTS):
        if name_of(path) == HERE:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            words = [match[0] for match in BRITISH.finditer(line)]
            found += [f"{name_of(path)}:{number} {word}" for word in words if word not in FOREIGN]

    assert not found, "\n".join(found)


def test_no_file_tells_where_it_was_made() -> None:
    found = [
        f"{name_of(path)}:{number}"
        for path in files(*TEXTS)
        if name_of(path) != HERE
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if PRIVATE.search(line)
    ]

    assert not found, "\n".join(found)


def test_nothing_is_left_to_do_in_comments() -> None:
    marks = re.compile(r"#\s*(TODO|FIXME|XXX|HACK)\b|pragma: no cover")
    found = [
        f"{name_of(path)}:{number}"
        for path in files(".py", ".js")
        if name_of(path) != HERE
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if marks.search(line)
    ]

    assert not found, "\n".join(found)
