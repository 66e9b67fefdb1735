"""The files that are ours, and their syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("hub", "customers", "scheduling", "billing", "syncs")
PLACES = (*PACKAGES, "templates", "tests", "docs", ".ci")
NOT_OURS = {"__pycache__", "vendor", "migrations", "node_modules"}
SOURCES = {".py", ".js", ".css", ".html"}
TEXTS = SOURCES | {".md", ".txt", ".toml", ".json", ".yml"}


@cache
def files(*suffixes: str, within: tuple[str, ...] = PLACES) -> tuple[Path, ...]:
    """Return our files with one of ``suffixes``; migrations and installed files are not ours."""
    found = [path for place in within for path in (ROOT / place).rglob("*")]
    found += list(ROOT.glob("*"))
    return tuple(
        sorted(
            path
            for path in set(found)
            if path.suffix in suffixes
            and path.is_file()
            and not NOT_OURS & set(path.relative_to(ROOT).parts)
        )
    )


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the name and the tree of each Python file below one of ``packages``, or of all."""
    for path in files(".py", within=PACKAGES):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if not packages or set(parts[1:]) & set(packages):
            yield name_of(path), ast.parse(path.read_text())
