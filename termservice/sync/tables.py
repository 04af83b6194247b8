"""Strict reading of a TOML file: every key is known and of its type, and what is wrong is named by line and key."""

from __future__ import annotations

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from termservice.sync import units
from termservice.sync.problems import ConfigurationError

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
REQUIRED: Any = object()

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")


class Table:
    """One table of the file. Values are asked for by name; `done` refuses what nobody asked for."""

    def __init__(self, file: _File, path: tuple[str | int, ...], values: dict[str, Any]) -> None:
        self._file = file
        self._path = path
        self._values = values
        self._asked: set[str] = set()

    @classmethod
    def read(cls, path: Path) -> Table:
        """The whole file. Raises `ConfigurationError`."""
        try:
            text = path.read_text("utf-8")
            return cls(_File(path, text), (), tomllib.loads(text))
        except OSError as error:
            raise ConfigurationError(f"{path}: cannot be read ({error.strerror or error})") from error
        except ValueError as error:  # not TOML, not UTF-8, or a number of thousands of digits
            raise ConfigurationError(f"{path}: not TOML: {error}") from error

    @property
    def folder(self) -> Path:
        """Where the file is: what relative paths in it are relative to."""
        return self._file.path.resolve().parent

    def text(self, name: str, default: Any = REQUIRED) -> Any:
        return self._get(name, str, "a text", default)

    def texts(self, name: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of texts; a single text stands for a list of one."""
        found = self._values.get(name)
        if isinstance(found, str):
            self._asked.add(name)
            return (found,)
        found = self._get(name, list, "a list of texts", list(default))
        if not all(isinstance(each, str) for each in found):
            raise self.wrong(name, "must be a list of texts")
        return tuple(found)

    def flag(self, name: str, default: bool = False) -> bool:
        return bool(self._get(name, bool, "true or false", default))

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number between `low` and `high`."""
        found = self._get(name, int, "a whole number", default)
        if isinstance(found, bool) or not low <= found <= high:
            raise self.wrong(name, f"must be a whole number from {low} to {high}")
        return int(found)

    def share(self, name: str, default: float, high: float = 1.0) -> float:
        """A number from 0 to `high`."""
        found = self._get(name, (int, float), "a number", default)
        if isinstance(found, bool) or not 0 <= found <= high:
            raise self.wrong(name, f"must be a number from 0 to {high:g}")
        return float(found)

    def duration(self, name: str, default: str) -> int:
        return self.parsed(name, units.seconds, default)

    def size(self, name: str, default: str) -> int:
        return self.parsed(name, units.size, default)

    def day(self, name: str) -> date | None:
        """A TOML date, or a text YYYY-MM-DD."""
        found = self._values.get(name)
        self._asked.add(name)
        if found is None or (isinstance(found, date) and type(found) is date):
            return found
        return self.parsed(name, date.fromisoformat)

    def path(self, name: str, default: Any = REQUIRED) -> Any:
        """A path; a relative one begins where the file is."""
        found = self.text(name, default)
        return self.folder / Path(found).expanduser() if isinstance(found, str) else found

    def networks(self, name: str) -> tuple[Network, ...]:
        """Addresses and ranges: `10.1.2.3`, `10.0.0.0/8`."""
        try:
            return tuple(ipaddress.ip_network(each) for each in self.texts(name))
        except ValueError as error:
            raise self.wrong(name, str(error)) from error

    def mapping(self, name: str) -> dict[str, str]:
        """A table of texts."""
        found = self._get(name, dict, "a table", {})
        if not all(isinstance(value, str) for value in found.values()):
            raise self.wrong(name, "must hold texts only")
        return dict(found)

    def parsed(self, name: str, parse: Callable[[str], T], default: Any = REQUIRED) -> T:
        """A text put through a function whose `ValueError` is for people."""
        text = self.text(name, default)
        try:
            return parse(text)
        except ValueError as error:
            raise self.wrong(name, str(error)) from error

    def table(self, name: str) -> Table:
        """A table within, empty where it is not given."""
        return Table(self._file, (*self._path, name), self._get(name, dict, "a table", {}))

    def tables(self, name: str) -> list[Table]:
        """An array of tables: `[[name]]`."""
        found = self._get(name, list, f"tables: [[{name}]]", [])
        if not all(isinstance(each, dict) for each in found):
            raise self.wrong(name, f"must be tables: [[{name}]]")
        return [Table(self._file, (*self._path, name, number), each) for number, each in enumerate(found)]

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def wrong(self, name: str, message: str) -> ConfigurationError:
        """What to raise about the value of `name`."""
        return ConfigurationError(f"{self._file.place((*self._path, name))}: {name}: {message}")

    def done(self) -> None:
        """Raises `ConfigurationError` where there are keys that nobody asked for."""
        unknown = [name for name in self._values if name not in self._asked]
        if unknown:
            near = difflib.get_close_matches(unknown[0], self._asked, 1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(self._asked))}"
            raise self.wrong(unknown[0], f"no such setting here; {hint}")

    def _get(self, name: str, kind: type | tuple[type, ...], what: str, default: Any) -> Any:
        self._asked.add(name)
        found = self._values.get(name, default)
        if found is REQUIRED:
            raise self.wrong(name, "is missing")
        if found is not default and not isinstance(found, kind):
            raise self.wrong(name, f"must be {what}")
        return found


class _File:
    """The text of the file, to say on which line a key stands (the TOML reader does not)."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self._lines = text.splitlines()

    def place(self, path: tuple[str | int, ...]) -> str:
        """`file, line 7` of a key; the line of its table where it has none of its own."""
        tables, key = path[:-1], str(path[-1])
        begin = 0
        here: tuple[str | int, ...] = ()
        counts: dict[str, int] = {}
        for number, line in enumerate(self._lines, 1):
            header = _HEADER.fullmatch(line)
            if header:
                here = self._numbered(header[2], header[1] == "[[", counts)
                begin = number if here == tables else begin
                if here == path or here[:-1] == path:
                    return f"{self.path}, line {number}"
            elif here == tables and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""", line):
                return f"{self.path}, line {number}"
        return f"{self.path}, line {begin}" if begin else str(self.path)

    @staticmethod
    def _numbered(name: str, array: bool, counts: dict[str, int]) -> tuple[str | int, ...]:
        """A header's path, with the number of the table where it is one of several."""
        name = ".".join(part.strip().strip("\"'") for part in name.split("."))
        if array:
            counts[name] = counts.get(name, -1) + 1
        found: list[str | int] = []
        for part in name.split("."):
            found.append(part)
            above = ".".join(str(each) for each in found if isinstance(each, str))
            if above in counts:
                found.append(counts[above])
        return tuple(found)
