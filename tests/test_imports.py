"""The architecture, read from the imports: codesystems <- index <- termservice, and what may be used where."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ("codesystems", "index", "termservice")
"""A package imports only itself and those before it."""
ONLY_UNDER = {
    "sqlite3": ("termservice/store", "index"),
    "marshmallow": ("termservice/web",),
    "flask": ("termservice/web",),
    "whoosh": ("index",),
    "click": ("termservice/cli",),
    "urllib3": ("termservice/sync",),
}
"""Libraries with one home. The index keeps an engine of its own in SQLite; the facts are the store's."""

SQL = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|WITH|PRAGMA) ")
SQL_HOMES = ("termservice/store", "index")

MODULES = sorted(path for package in ORDER for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """The names of all modules that the file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            yield node.module or ""


def under(path: Path, folders: tuple[str, ...]) -> bool:
    return any(path.is_relative_to(ROOT / folder) for folder in folders)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    later = ORDER[ORDER.index(package) + 1 :]
    assert [name for name in imported(path) if name.split(".")[0] in later] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_libraries_stay_in_their_homes(path: Path) -> None:
    used = {name.split(".")[0] for name in imported(path)} & ONLY_UNDER.keys()
    assert {name for name in used if not under(path, ONLY_UNDER[name])} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sql_stays_in_its_home(path: Path) -> None:
    strings = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant))
    found = [node.lineno for node in strings if isinstance(node.value, str) and SQL.match(node.value)]
    assert found == [] or under(path, SQL_HOMES)


def test_there_is_something_to_check() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(ORDER)
