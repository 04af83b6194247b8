"""What somebody says of a table in a TOML file beside it: values by type, and which file it is.

Lists, maps and value sets of any kind are read by such a file; what its keys mean, `list_config`, `map_config` and
`valueset_config` say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NoReturn

from codesystems.files import Package, SourceFile
from codesystems.formats.tables import fold
from codesystems.model import Where
from codesystems.report import ReleaseError

MAP_FIELDS = frozenset({"from", "to", "source", "target"})
"""Fields that only a map's columns have."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A TOML table whose values are asked for by type. All raise `ReleaseError` that names the place."""

    data: Mapping[str, Any] = field(repr=False)
    path: str
    name: str = ""

    @property
    def of_map(self) -> bool:
        """Whether a file's top level speaks of a map rather than a list of codes."""
        columns = self.data.get("columns")
        return "map" in self.data or (isinstance(columns, dict) and speaks_of_map(columns))

    @property
    def of_valueset(self) -> bool:
        """The same of a value set."""
        return "valueset" in self.data

    def only(self, known: frozenset[str]) -> None:
        if unknown := sorted(set(self.data) - known):
            self.refuse(", ".join(unknown), f"is not known here; known: {', '.join(sorted(known))}")

    def table(self, key: str) -> Settings:
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            self.refuse(key, "is no table")
        return Settings(value, self.path, key)

    def text(self, key: str) -> str:
        value = self.data.get(key, "")
        if not isinstance(value, str):
            self.refuse(key, f"is {value!r}, not text")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(key, "is no list of texts")
        return tuple(value)

    def flag(self, key: str) -> bool:
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            self.refuse(key, f"is {value!r}, not true or false")
        return value

    def day(self, key: str) -> date | None:
        value = self.data.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            return date.fromisoformat(str(value)[:10])
        except ValueError:
            self.refuse(key, f"is {value!r}, not a date (2026-01-01)")

    def refuse(self, key: str, reason: str) -> NoReturn:
        place = f"[{self.name}] {key}" if self.name else key
        raise ReleaseError(f"{place} {reason}", Where(self.path))


def read_settings(file: SourceFile) -> Settings:
    """The top level of a TOML file. Raises `ReleaseError` for one that is broken."""
    try:
        return Settings(tomllib.loads(file.bytes().decode("utf-8-sig")), file.path)
    except ValueError as error:  # not TOML, not UTF-8, or a number of thousands of digits
        raise ReleaseError(f"not valid TOML ({error})", Where(file.path)) from error


def settings_beside(file: SourceFile, package: Package, folders: str) -> SourceFile | None:
    """The TOML file beside a table: by the table's name, else `folders`, the name of one for the whole folder."""
    beside = [other for other in package.files if other.folder == file.folder]
    if package.root.is_file() and package.root == file.local:
        paths = (package.root.with_suffix(".toml"), package.root.with_name(folders))
        beside = [SourceFile(path.name, path) for path in paths if path.is_file()]
    for name in (f"{file.stem}.toml", folders):
        for other in beside:
            if other.name.lower() == name.lower():
                return other
    return None


def speaks_of_map(columns: Iterable[str]) -> bool:
    """Whether a mapping of columns, by its fields, is one of a map rather than a list of codes."""
    return not MAP_FIELDS.isdisjoint(columns)


def speaks_of_valueset(columns: Iterable[str]) -> bool:
    """The same of a value set, which is always named with them."""
    return "valueset" in columns


def plain_columns(header: Iterable[str], obvious: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Field → column, of those fields that a header names by one of the `obvious` spellings (folded) of each."""
    present = {fold(cell): cell.strip() for cell in header}
    found = {name: next((s for s in spellings if s in present), None) for name, spellings in obvious.items()}
    return {name: present[spelling] for name, spelling in found.items() if spelling is not None}


def refuse_twice(columns: Iterable[str], where: Where) -> None:
    """Raises `ReleaseError` where one column is named for two things."""
    used = list(columns)
    folded = [fold(column) for column in used]
    if twice := {column for column in used if folded.count(fold(column)) > 1}:
        raise ReleaseError(f"a column is named for two things: {', '.join(sorted(twice))}", where)
