"""FHIR resources in JSON: which a file holds, and their members by type, with places for messages.

Source: HL7 FHIR R4 and R5, "JSON Representation of Resources". Reading is strict: JSON that is broken or has a key
twice, and values of another type than they should be, raise `ReleaseError`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NoReturn

from codesystems.files import SourceFile
from codesystems.model import Where
from codesystems.report import ReleaseError, Report

MAX_JSON = 1 << 30
_ANYWHERE = frozenset({"id", "extension", "fhir_comments"})
"""What any element may have besides, and what carries nothing for us."""


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON object in a file."""

    data: Mapping[str, Any] = field(repr=False)
    file: str
    place: str = ""
    """Where it is in the file: `group[0].element[3]`."""

    @property
    def where(self) -> Where:
        return Where(f"{self.file}#{self.place}" if self.place else self.file)

    def text(self, key: str) -> str:
        """A string without white space at its ends; empty where there is none."""
        value = self.data.get(key, "")
        if not isinstance(value, str):
            self.refuse(key, f"is {_short(value)}, not text")
        return value.strip()

    def flag(self, key: str) -> bool:
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            self.refuse(key, f"is {_short(value)}, not true or false")
        return value

    def nodes(self, key: str) -> Iterator[Node]:
        """The objects of an array; of a single object, that (`identifier` before R5)."""
        value = self.data.get(key, [])
        if isinstance(value, dict):
            yield Node(value, self.file, self._at(key))
        elif isinstance(value, list):
            for number, item in enumerate(value):
                if not isinstance(item, dict):
                    self.refuse(f"{key}[{number}]", f"is {_short(item)}, not an object")
                yield Node(item, self.file, self._at(f"{key}[{number}]"))
        else:
            self.refuse(key, f"is {_short(value)}, not an array")

    def choice(self, stem: str) -> str:
        """The value of `stem`[x] as text: `valueString`, `valueCoding`, …"""
        for key, value in self.data.items():
            if key.startswith(stem) and key[len(stem) : len(stem) + 1].isupper():
                return _plain(value)
        return ""

    def only(self, known: frozenset[str], report: Report) -> None:
        """Report members that nobody asked for; what has another meaning than it seems to is refused."""
        if "modifierExtension" in self.data:
            self.refuse("modifierExtension", "may change the meaning of what it stands in, and is not understood")
        for key in self.data:
            if key not in known and key not in _ANYWHERE and not key.startswith("_"):
                report.warn("unknown-member", f"{key} is not read", self.where)

    def refuse(self, key: str, reason: str) -> NoReturn:
        raise ReleaseError(reason, Where(f"{self.file}#{self._at(key)}"))

    def _at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key


def resources(file: SourceFile, kind: str) -> Sequence[Node]:
    """The resources of a kind in a file: itself, or the entries of a Bundle. Nothing for other files.

    Raises `ReleaseError` where a file that begins as such a resource is broken.
    """
    if file.suffix != ".json":
        return ()
    status = file.local.stat()
    return _resources(file, kind, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)  # a Bundle of many resources is parsed once, not once for each
def _resources(file: SourceFile, kind: str, mtime: int, size: int) -> Sequence[Node]:
    own = re.compile(rb'"resourceType"\s*:\s*"%b"' % kind.encode())
    claimed = own.search(file.head()) is not None
    if size > MAX_JSON:
        if claimed:
            raise ReleaseError(f"larger than {MAX_JSON >> 30} GiB", Where(file.path))
        return ()
    data = file.bytes()
    if not own.search(data):
        return ()
    try:
        return tuple(node for node in _all(_parsed(data, file.path)) if node.data.get("resourceType") == kind)
    except ReleaseError:
        if claimed:
            raise
        return ()


def _all(root: Node) -> Iterator[Node]:
    yield root
    if root.data.get("resourceType") == "Bundle":
        for entry in root.nodes("entry"):
            yield from entry.nodes("resource")


def _parsed(data: bytes, path: str) -> Node:
    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once)
        if b"\\ud" in data.lower():
            json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair is no character
    except (ValueError, RecursionError) as error:
        raise ReleaseError(f"not valid JSON ({error})", Where(path)) from error
    return Node(value if isinstance(value, dict) else {}, path)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"{twice!r} stands twice in one object")
    return found


def _plain(value: Any) -> str:
    """A value of any type for people; of a Coding code and title, of a Quantity number and unit."""
    if isinstance(value, dict):
        parts = (value.get(key) for key in ("comparator", "value", "code", "unit", "display", "text"))
        return " ".join(_plain(part) for part in parts if part not in (None, "")) or json.dumps(value)
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:40]}…"
