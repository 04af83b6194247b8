"""What sync remembers between passes: per source when it was read and how that went, per delivery what became of it.

One JSON file in the home folder, replaced as a whole. Nothing depends on it but work saved: without it everything is
fetched again and found to be loaded already.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from termservice.sync.downloads import Validators

LOG = logging.getLogger(__name__)
SCHEMA = 1


@dataclass(slots=True)
class Known:
    """A delivery that was seen."""

    mark: str = ""
    """The source's mark and what decides how it is read."""
    sha256: str = ""
    validators: dict[str, Validators] = field(default_factory=dict)
    """By offer."""
    status: str = ""
    """What became of it: loaded, unchanged, held or refused; empty while it is being worked on."""
    releases: list[tuple[str, str]] = field(default_factory=list)
    """(system, version) of what it held and of what its earlier contents left held."""
    message: str = ""
    program: str = ""
    attempts: int = 0
    """How often it was begun without an end: a load that ends the whole program is not begun for ever."""
    at: str = ""


@dataclass(slots=True)
class SourceState:
    checked: str = ""
    succeeded: str = ""
    failures: int = 0
    """In a row."""
    problem: str = ""
    known: dict[str, Known] = field(default_factory=dict)


class State:
    """All sources' states, kept in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sources = self._read()

    def of(self, name: str) -> SourceState:
        return self.sources.setdefault(name, SourceState())

    def save(self) -> None:
        """Replace the file; a crash leaves the old one."""
        data = {"schema": SCHEMA, "sources": {name: asdict(each) for name, each in sorted(self.sources.items())}}
        write_whole(self.path, json.dumps(data, ensure_ascii=False, indent=1))

    def _read(self) -> dict[str, SourceState]:
        if not self.path.exists():
            return {}
        try:
            data = json.loads(self.path.read_text("utf-8"))
            if data["schema"] != SCHEMA:
                raise ValueError(f"schema {data['schema']}")
            return {name: _source(each) for name, each in data["sources"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            aside = self.path.with_suffix(".damaged")
            os.replace(self.path, aside)
            LOG.warning(
                "what sync remembered cannot be read (%s): moved to %s, everything is looked at anew", error, aside
            )
            return {}


def write_whole(path: Path, text: str) -> None:
    """Write a file that is there as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as sink:
            sink.write(text)
            sink.flush()
            os.fsync(sink.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _source(data: dict[str, Any]) -> SourceState:
    known = {key: _known(each) for key, each in data.pop("known").items()}
    return SourceState(**data, known=known)


def _known(data: dict[str, Any]) -> Known:
    validators = {key: Validators(**each) for key, each in data.pop("validators").items()}
    releases = [(system, version) for system, version in data.pop("releases")]
    return Known(**data, validators=validators, releases=releases)
