"""Releases whose every word says which version it is of, homes with some of them, and all that a home says."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from codesystems.model import Hints
from termservice import ingest
from termservice.answers import When
from termservice.service import TerminologyService
from termservice.store.database import FILE_NAME

SAMPLES = Path(str(files("codesystems"))) / "samples"
SYSTEM = "ting"
COLUMNS = {"code": "kod", "display": "titel"}
TODAY = date(2026, 6, 1)
CODES = 60


def version(number: int) -> str:
    """In force since the beginning of 2026, or from a day of it on."""
    return f"2026.{number:03}"


def day(number: int) -> date:
    return date.fromordinal(date(2020, 1, 1).toordinal() + number)


def title(number: int, at: int) -> str:
    return f"Utgåva{number:03} {'apelsin' if at % 3 else 'päron'} nummer {at}"


def release(folder: Path, number: int, codes: int = CODES) -> Path:
    """A list of codes, every one of them named anew in each version."""
    file = folder / version(number) / "ting.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"K{at:04};{title(number, at)}\n" for at in range(codes)]
    file.write_text("kod;titel\n" + "".join(rows), "utf-8")
    return file


def options(number: int, effective: date | None = None, **more: Any) -> ingest.Options:
    """What the operator says of a release made here."""
    hints = Hints(SYSTEM, version(number), effective or day(number), COLUMNS)
    return ingest.Options(hints=hints, **more)


def arguments(number: int, effective: date | None = None) -> list[str]:
    """The same on the command line."""
    columns = [part for name, column in COLUMNS.items() for part in ("--column", f"{name}={column}")]
    when = (effective or day(number)).isoformat()
    return ["--system", SYSTEM, "--version", version(number), "--effective-date", when, *columns]


def load(home: Path, folder: Path, number: int, codes: int = CODES) -> None:
    result = ingest.load(home, [release(folder, number, codes)], options(number))
    assert [outcome.status for outcome in result.outcomes] == ["loaded"], result.outcomes


def answers(home: Path) -> dict[str, Any]:
    """What the service says of everything in a home: all codes of all versions, their histories, and searches."""
    service = TerminologyService(home, today=lambda: TODAY)
    try:
        return dict(_answers(service))
    finally:
        service.close()


def _answers(service: TerminologyService) -> Iterator[tuple[str, Any]]:
    yield "revision", service.revision()
    for system in service.codesystems().items:
        for each in service.versions(system.id).items:
            rows = [row | {"revision": 0} for row in service.export(system.id, When(version=each.version))]
            said = json.dumps(rows, sort_keys=True, default=str).encode()
            yield f"{system.id} {each.version}", (each.concepts, hashlib.sha256(said).hexdigest())
        words = re.findall(r"\w{4,}", service.concepts(system.id, limit=1).items[0].display or "")[:1]
        for query in (*words, "apelsin", "a"):
            found = service.search(query, systems=[system.id], limit=50)
            yield f"{system.id} ?{query}", (found.total, [(hit.code, hit.version, hit.display) for hit in found.items])
    for item in (*service.maps.maps().items, *service.valuesets.listing().items):
        yield f"{type(item).__name__} {item.id}", asdict(item) | {"revision": 0}


BUILT = ("index", "editions")


def kept(home: Path) -> set[str]:
    """What is in a home besides the store's own files; of what is built from it only the folders, in which names of
    files are made up by chance."""
    paths = [path.relative_to(home) for path in home.rglob("*") if path.is_file()]
    shown = {Path(*path.parts[:2]) if path.parts[0] in BUILT else path for path in paths}
    return {path.as_posix() for path in shown if not path.name.startswith(FILE_NAME)}


def rows(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the store, but for what the audit log says was refused: nothing else may tell of that."""
    connection = sqlite3.connect(home / FILE_NAME)
    try:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name").fetchall()
        found = {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for (name,) in tables}
        found["meta"] = [row for row in found["meta"] if row[0] != "sum of audit"]
        found["audit"] = connection.execute("SELECT * FROM audit WHERE action <> 'refused' ORDER BY id").fetchall()
        return found
    finally:
        connection.close()
