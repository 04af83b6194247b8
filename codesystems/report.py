"""What was noticed while reading a release: nothing is dropped silently, and nothing floods the reader."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from codesystems.model import Where

EXAMPLES_PER_KIND = 20


class ReleaseError(Exception):
    """The release cannot be loaded. The message is one line for a person: what is wrong and what to do.

    `where` names file, sheet and line where they are known.
    """

    def __init__(self, message: str, where: Where | str | None = None) -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where


@dataclass(slots=True)
class Finding:
    """One kind of thing noticed, how often, and the first places."""

    kind: str
    """Kebab-case name that stays the same between versions of the program: `ragged-row`."""
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """Collects findings and counts while one release is read; shown by `load`, `load --dry-run`, `--json`."""

    warnings: dict[str, Finding] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """Plain facts a person wants to know: files left aside, levels missing, encodings detected."""
    counts: Counter[str] = field(default_factory=Counter)

    def warn(self, kind: str, message: str, where: Where | None = None) -> None:
        """Count a finding of `kind` and keep the first places with their message."""
        finding = self.warnings.setdefault(kind, Finding(kind))
        finding.count += 1
        if len(finding.examples) < EXAMPLES_PER_KIND:
            finding.examples.append(f"{where}: {message}" if where else message)

    def note(self, message: str) -> None:
        if message not in self.notes:
            self.notes.append(message)

    def count(self, name: str, n: int = 1) -> None:
        self.counts[name] += n
