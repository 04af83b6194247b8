"""The sample releases and what reading them gives: `samples/<system>/expected.json`.

    python -m codesystems.golden [--force] [SYSTEM ...]

writes what is missing; with `--force` also what differs, for a change that is meant. The contract test reads the
samples anew and compares.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from codesystems.files import Package
from codesystems.loader import Candidate, Content, loaders
from codesystems.maps import MapContent
from codesystems.model import CodeSystemContent, Hints, StatedContent
from codesystems.report import Report
from codesystems.valuesets import ValueSetContent
from codesystems.versions import effective_date

SAMPLES = Path(__file__).resolve().parent / "samples"
EXPECTED = "expected.json"


@dataclass(frozen=True, slots=True)
class Reading:
    """One candidate of a package and what reading it gave."""

    candidate: Candidate
    content: Content
    report: Report


def releases(samples: Path = SAMPLES) -> list[Path]:
    """The folders of all sample releases, `<system>/<release>`."""
    return sorted(folder for folder in samples.glob("*/*") if folder.is_dir())


def identified(package: Package, hints: Hints | None = None) -> list[Candidate]:
    """What the loaders recognise in `package`; those of any list get only what nobody else claims, and nobody what a
    loader claims that was told of it."""
    found: list[Candidate] = []
    for loader in loaders():
        taken = {file.path for other in found if loader.fallback or other.loader.explicit for file in other.files}
        for candidate in loader.identify(package, hints or Hints()):
            if candidate.loader.explicit or not taken & {file.path for file in candidate.files}:
                found.append(candidate)
    return found


def read_release(folder: Path) -> list[Reading]:
    """Everything in one sample release. Where nothing states a version, the folder's name is the version.

    Raises `ReleaseError` as the loaders do.
    """
    with Package(folder) as package:
        return [_read(candidate, folder.name) for candidate in identified(package)]


def _read(candidate: Candidate, name: str) -> Reading:
    version = candidate.version or name
    day = candidate.effective or effective_date(version)
    known = replace(candidate, version=version, effective=day)
    report = Report()
    return Reading(known, known.loader.read(known, report), report)


def expected(system: Path) -> str:
    """The text of the expected results for one system's samples, one concept a line."""
    readings = {folder.name: read_release(folder) for folder in releases(system.parent) if folder.parent == system}
    plain = {name: [_outline(reading) for reading in found] for name, found in readings.items()}
    return "\n".join(_lines(plain, 0)) + "\n"


def _outline(reading: Reading) -> dict[str, Any]:
    candidate, content, report = reading.candidate, reading.content, reading.report
    return {
        "system": content.system.id,
        "version": content.version,
        "effective": content.effective.isoformat(),
        "loader": candidate.loader.name,
        "form": candidate.form,
        "files": [file.path for file in candidate.files],
        "missing": list(candidate.missing),
        **_said(content),
        "stated": [_plain(change) for change in content.stated],
        "warnings": {finding.kind: finding.count for finding in report.warnings.values()},
        "notes": report.notes,
    }


def _said(content: Content) -> dict[str, Any]:
    if isinstance(content, StatedContent):
        return {}
    if isinstance(content, MapContent):
        return _map(content)
    if isinstance(content, ValueSetContent):
        return _valueset(content)
    return _facts(content)


def _map(content: MapContent) -> dict[str, Any]:
    return {
        "source": content.system.source.id,
        "target": content.system.target.id,
        "source_version": content.source_version,
        "target_version": content.target_version,
        "delta": content.delta,
        "removed": sorted(content.removed),
        "elements": [_plain(element) for element in content.elements],
    }


def _valueset(content: ValueSetContent) -> dict[str, Any]:
    return {
        "codesystems": [each.id for each in content.codesystems],
        "systems": dict(content.systems),
        "compose": json.loads(content.compose) if content.compose else None,
        "delta": content.delta,
        "removed": sorted(content.removed),
        "members": [_plain(member) for member in content.members],
    }


def _facts(content: CodeSystemContent) -> dict[str, Any]:
    covers: defaultdict[str, list[str]] = defaultdict(list)
    for part, kind in sorted(content.covers):
        covers[part].append(kind)
    return {
        "covers": dict(covers),
        "properties": [_plain(definition) for definition in content.properties],
        "concepts": [_plain(concept) for concept in content.concepts],
    }


def _plain(value: Any) -> Any:
    """A dataclass as a dict without the fields that have their default, so that a line holds what matters."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _plain(item) for field, item in pairs if field.default is MISSING or item != field.default}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _lines(value: Any, depth: int) -> Iterator[str]:
    """JSON whose outer levels take a line per member and whose inner ones stand on one line."""
    if depth == 4 or not value or not isinstance(value, (dict, list)):
        yield json.dumps(value, ensure_ascii=False)
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    members = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    yield opening
    for number, (key, item) in enumerate(members, start=1):
        prefix = "" if key is None else json.dumps(key, ensure_ascii=False) + ": "
        lines = list(_lines(item, depth + 1))
        lines[0] = prefix + lines[0]
        lines[-1] += "," if number < len(value) else ""
        yield from (" " + line for line in lines)
    yield closing


def main(arguments: Sequence[str] | None = None, samples: Path = SAMPLES) -> int:
    """Write expected results; 1 where some differ and `--force` is not given."""
    parser = argparse.ArgumentParser(prog="python -m codesystems.golden", description=__doc__)
    parser.add_argument("--force", action="store_true", help="overwrite expected results that differ")
    parser.add_argument("systems", nargs="*", metavar="SYSTEM", help="only these systems' samples")
    options = parser.parse_args(arguments)
    status = 0
    for system in sorted({folder.parent for folder in releases(samples)}):
        if options.systems and system.name not in options.systems:
            continue
        target, text = system / EXPECTED, expected(system)
        if target.exists() and target.read_text(encoding="utf-8") != text and not options.force:
            print(f"{target} differs: --force overwrites it")
            status = 1
        else:
            target.write_text(text, encoding="utf-8")
            print(f"{target}")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
