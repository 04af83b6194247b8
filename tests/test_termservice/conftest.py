"""A toy code system with a loader of its own, so that tests can say in a line what a release states and covers.

A release is one JSON file. Its loader and the loader of plain lists are the only ones these tests know, so that no
real format decides their outcome.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

from codesystems import lists
from codesystems.files import Package
from codesystems.loader import Candidate, Content, Loader
from codesystems.maps import ConceptMap, MapContent, MapElement, map_url
from codesystems.model import (
    CodeSystem,
    CodeSystemContent,
    Concept,
    Designation,
    Hints,
    Parent,
    Property,
    PropertyDef,
    StatedChange,
    StatedContent,
    kinds_of,
)
from codesystems.report import ReleaseError, Report
from codesystems.valuesets import Member, ValueSet, ValueSetContent, valueset_url
from termservice import bases, discovery, ingest
from termservice.service import TerminologyService
from termservice.store.database import FILE_NAME, Database

SUFFIX = ".toy"
MAP_SUFFIX = ".toymap"
VALUESET_SUFFIX = ".toyset"
TODAY = date(2022, 6, 15)
PROPERTIES = (
    PropertyDef("note", "Anmärkning", note=True),
    PropertyDef("colour", "Färg"),
    PropertyDef("size", "Storlek", "integer"),
    PropertyDef("ripe", "Mogen", "boolean"),
)
TOY = CodeSystem(
    "toy", "http://example.org/toy", "Toy codes", "Nobody", aliases=("1.2.3.4", "http://example.org/old/toy")
)
ODD = CodeSystem("odd", "http://example.org/odd", "Odd codes", "Nobody", language="en", code_rule="exact")
FAR = CodeSystem("far", "http://example.org/far", "Far codes", "Nobody")


class ToyMapLoader(Loader):
    """Reads what `Toy.map` writes."""

    name = "toymap"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        ends = {system.id: system for system in (TOY, ODD, FAR)}
        for file in package.files:
            if file.suffix == MAP_SUFFIX:
                data = json.loads(file.bytes())
                source, target = (
                    ends.get(each) or CodeSystem(each, f"http://example.org/{each}", each, "Nobody")
                    for each in (data["source"], data["target"])
                )
                known = ConceptMap(data["id"], map_url(data["id"]), data["id"], "Nobody", source, target)
                yield Candidate(loader=self, system=known, files=(file,), form="json", version=data["version"])

    def read(self, candidate: Candidate, report: Report) -> Content:
        data = json.loads(candidate.files[0].bytes())
        if "broken" in data:
            raise ReleaseError(data["broken"], candidate.files[0].path)
        version, effective = candidate.dated()
        return MapContent(
            candidate.conceptmap,
            version,
            effective,
            [MapElement(**element) for element in data["elements"]],
            data["source_version"],
            data["target_version"],
            data["delta"],
            frozenset(data["removed"]),
        )


class ToyValueSetLoader(Loader):
    """Reads what `Toy.valueset` writes."""

    name = "toyset"

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        for file in package.files:
            if file.suffix == VALUESET_SUFFIX:
                data = json.loads(file.bytes())
                known = ValueSet(data["id"], valueset_url(data["id"]), data["id"], "Nobody")
                yield Candidate(loader=self, system=known, files=(file,), form="json", version=data["version"])

    def read(self, candidate: Candidate, report: Report) -> Content:
        data = json.loads(candidate.files[0].bytes())
        if "broken" in data:
            raise ReleaseError(data["broken"], candidate.files[0].path)
        homes = {system.id: system for system in (TOY, ODD, FAR)}
        shorts = dict.fromkeys(member["system"] for member in data["members"])
        return ValueSetContent(
            candidate.valueset,
            *candidate.dated(),
            [Member(**member) for member in data["members"]],
            [homes.get(each) or CodeSystem(each, f"http://example.org/{each}", each, "Nobody") for each in shorts],
            data["systems"],
            data["compose"],
            data["delta"],
            frozenset(data["removed"]),
        )


class ToyLoader(Loader):
    """Reads what `Toy.release` writes."""

    name = "toy"
    systems = (TOY, ODD, FAR)
    expect_min_concepts: ClassVar[int] = 1

    def identify(self, package: Package, hints: Hints) -> Iterable[Candidate]:
        for file in package.files:
            if file.suffix == SUFFIX:
                data = json.loads(file.bytes())
                yield Candidate(
                    loader=self,
                    system=next(system for system in self.systems if system.id == data["system"]),
                    files=(file,),
                    form=data["form"],
                    version=data["version"],
                    rank=data["rank"],
                    missing=tuple(data["missing"]),
                    states_only=data["states_only"],
                )

    def read(self, candidate: Candidate, report: Report) -> Content:
        data = json.loads(candidate.files[0].bytes())
        if "broken" in data:
            raise ReleaseError(data["broken"], candidate.files[0].path)
        path = candidate.files[0].path
        changes = [StatedChange(code, kind, None, path, 1, *other) for code, kind, *other in data["stated"]]
        if candidate.states_only:
            assert candidate.version and candidate.effective
            return StatedContent(candidate.system, candidate.version, candidate.effective, changes)
        concepts = [_concept(code, **spec) for code, spec in data["codes"].items()]
        language = candidate.system.language
        stated = {(c.part, kind) for c in concepts for kind in kinds_of(c, language)}
        assert candidate.version and candidate.effective
        return CodeSystemContent(
            candidate.system,
            candidate.version,
            candidate.effective,
            frozenset(stated | {(part, kind) for part, kind in data["covers"]}),
            concepts,
            PROPERTIES,
            changes,
        )


def _concept(
    code: str,
    title: str | None = None,
    parents: Iterable[str | tuple[str, int]] = (),
    synonyms: Iterable[str] = (),
    part: str = "all",
    properties: Iterable[tuple[str, str]] = (),
    **fields: Any,
) -> Concept:
    names = [Designation(title)] if title else []
    names += [Designation(value, "synonym") for value in synonyms]
    names += [Designation(value, language=tag) for tag, value in fields.pop("titles", {}).items()]
    for day in ("valid_from", "valid_to"):
        if day in fields:
            fields[day] = date.fromisoformat(fields[day])
    above = tuple(Parent(each) if isinstance(each, str) else Parent(*each) for each in parents)
    own = tuple(Property(*each) for each in properties)
    return Concept(code, part, tuple(names), above, own, **({"sort_key": code} | fields))


Spec = str | Mapping[str, Any]


class Toy:
    """A home folder and toy releases to load into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self._written = 0
        self._services: list[TerminologyService] = []

    def release(
        self,
        version: str | None,
        codes: Mapping[str, Spec],
        *,
        system: str = "toy",
        form: str = "json",
        rank: int = 0,
        missing: Iterable[str] = (),
        covers: Iterable[tuple[str, str]] = (),
        stated: Iterable[tuple[str, ...]] = (),
        states_only: bool = False,
        path: str | None = None,
        **more: Any,
    ) -> Path:
        """Write a release; a code's value is its title or all of `_concept`'s arguments. Covers what it states."""
        self._written += 1
        file = self.folder / (path or f"delivery-{self._written}/release{SUFFIX}")
        file.parent.mkdir(parents=True, exist_ok=True)
        data = {
            "system": system, "version": version, "form": form, "rank": rank, "missing": list(missing),
            "covers": list(covers), "stated": list(stated), "states_only": states_only, **more,
            "codes": {code: {"title": spec} if isinstance(spec, str) else dict(spec) for code, spec in codes.items()},
        }  # fmt: skip
        file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        return file

    def map(
        self, version: str, elements: Iterable[tuple[Any, ...] | Mapping[str, Any]], *, id: str | None = None,
        source: str = "toy", target: str = "odd", source_version: str = "", target_version: str = "",
        delta: bool = False, removed: Iterable[str] = (), **more: Any,
    ) -> Path:  # fmt: skip
        """Write a map; an element is (source, target, relationship) or all of `MapElement`'s fields."""
        self._written += 1
        file = self.folder / f"delivery-{self._written}/map{MAP_SUFFIX}"
        file.parent.mkdir(parents=True, exist_ok=True)
        names = ("source", "target", "relationship")
        rows = [dict(each) if isinstance(each, Mapping) else dict(zip(names, each, strict=False)) for each in elements]
        data = {
            "id": id or f"{source}-to-{target}", "version": version, "source": source, "target": target,
            "source_version": source_version, "target_version": target_version, "delta": delta,
            "removed": list(removed), "elements": rows, **more,
        }  # fmt: skip
        file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        return file

    def valueset(
        self, version: str, members: Iterable[str | Mapping[str, Any]], *, id: str = "chosen",
        systems: Mapping[str, str] | None = None, compose: str = "", delta: bool = False, removed: Iterable[str] = (),
        **more: Any,
    ) -> Path:  # fmt: skip
        """Write a value set; a member is a code of `toy`, `system code`, or all of `Member`'s fields."""
        self._written += 1
        file = self.folder / f"delivery-{self._written}/set{VALUESET_SUFFIX}"
        file.parent.mkdir(parents=True, exist_ok=True)
        split = [each if isinstance(each, Mapping) else ["toy", *each.split()][-2:] for each in members]
        rows = [dict(each) if isinstance(each, Mapping) else {"system": each[0], "code": each[1]} for each in split]
        data = {
            "id": id, "version": version, "members": rows, "systems": dict(systems or {}), "compose": compose,
            "delta": delta, "removed": list(removed), **more,
        }  # fmt: skip
        file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        return file

    def load(self, *paths: Path, **options: Any) -> list[ingest.Outcome]:
        """The outcomes of loading; `options` are those of `ingest.Options`, and `hints`' fields."""
        hints = {name: options.pop(name) for name in ("system", "version", "effective", "columns") if name in options}
        asked = replace(ingest.Options(), hints=Hints(**hints), **options)
        return ingest.load(self.home, paths, asked).outcomes

    def put(self, version: str, codes: Mapping[str, Spec], **more: Any) -> ingest.Outcome:
        """Write and load one release that must be accepted."""
        (outcome,) = self.load(self.release(version, codes, **more))
        assert outcome.status in ("loaded", "corrected"), outcome
        return outcome

    def state(self, name: str, *stated: tuple[str, str], **more: Any) -> Path:
        """Write a delivery of statements only."""
        return self.release(name, {}, stated=stated, states_only=True, **more)

    def statements(self) -> list[tuple[Any, ...]]:
        """(delivery, code, type) of every statement that counts."""
        return self.query(
            "SELECT version, code, type FROM stated JOIN release r ON r.id = release_id ORDER BY stated.rowid"
        )

    def service(self, today: date | Callable[[], date] = TODAY) -> TerminologyService:
        """A service on the home, closed after the test."""
        service = TerminologyService(self.home, today=today if callable(today) else lambda: today)
        self._services.append(service)
        return service

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.home / FILE_NAME)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def execute(self, sql: str, *values: object) -> None:
        connection = sqlite3.connect(self.home / FILE_NAME)
        try:
            connection.execute(sql, values)
            connection.commit()
        finally:
            connection.close()

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, but for their sums and what the audit log says was refused: nothing else may tell
        of that."""
        tables = self.query("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")
        found = {name: sorted(self.query(f"SELECT * FROM {name}"), key=repr) for (name,) in tables}
        found["meta"] = [row for row in found["meta"] if not row[0].startswith("sum of ")]
        found["audit"] = self.query("SELECT * FROM audit WHERE action <> 'refused' ORDER BY id")
        return found

    def files(self) -> dict[str, bytes]:
        """What is in the home besides the store itself."""
        return {
            str(path.relative_to(self.home)): path.read_bytes()
            for path in self.home.rglob("*")
            if path.is_file() and not path.name.startswith(FILE_NAME)
        }

    def originals(self) -> list[str]:
        return sorted(path.name for path in (self.home / "originals").glob("??/*"))

    def statuses(self) -> list[tuple[str, str]]:
        """(version, status) of every release, in order of receipt."""
        return self.query("SELECT version, status FROM release ORDER BY id")

    def revision(self) -> int:
        return int(self.query("SELECT value FROM meta WHERE key='revision'")[0][0])

    def database(self) -> Database:
        return Database(self.home / FILE_NAME)

    def close(self) -> None:
        for service in self._services:
            service.close()


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Toy]:
    known = (ToyLoader(), ToyMapLoader(), ToyValueSetLoader(), lists.LOADER)
    for module in (discovery, bases):
        monkeypatch.setattr(module, "loaders", lambda: known)
    toy = Toy(tmp_path)
    yield toy
    toy.close()
