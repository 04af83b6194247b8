"""A customer's list with what its codes become in columns behind its own, written as it is read, and the counts."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from codesystems.formats.tables import fold
from termservice import tabular
from termservice.checklist import MOST_REMEMBERED
from termservice.listfile import CustomerList
from termservice.recoded import CERTAINTIES, LOST, Certainty, Recoded
from termservice.recoding import Recoder
from termservice.wording import printable

COLUMNS = ("target_code", "target_display", "relationship", "certainty", "path", "note")
"""Several targets stand in one cell, in the same order in each column."""
JOINT = "; "
MOST_CODES = 20_000
"""Different codes that are counted by themselves."""
SHOWN = 20
"""Codes that a summary names, the most frequent first."""


@dataclass(slots=True)
class Codes:
    """How often each code came, of the first `MOST_CODES`."""

    counts: Counter[str] = field(default_factory=Counter)
    more: int = 0
    """Rows of codes that are not counted by themselves."""

    def add(self, code: str, rows: int) -> None:
        if code in self.counts or len(self.counts) < MOST_CODES:
            self.counts[code] += rows
        else:
            self.more += rows

    def frequent(self) -> list[tuple[str, int]]:
        return sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]


@dataclass(slots=True)
class Summary:
    """What a whole list came to."""

    rows: int = 0
    needs_person: int = 0
    not_valid_then: int = 0
    """Rows whose code was not valid on their day, or where that cannot be judged."""
    retitled: int = 0
    """Rows whose code stays while the words of its title changed."""
    certainties: Counter[Certainty] = field(default_factory=Counter)
    lost: Codes = field(default_factory=Codes)
    ambiguous: Codes = field(default_factory=Codes)

    @property
    def rows_lost(self) -> int:
        return sum(self.certainties[each] for each in LOST)

    def add(self, recoded: Recoded, rows: int) -> None:
        self.rows += rows
        self.needs_person += rows * recoded.needs_person
        self.not_valid_then += rows * (not recoded.valid_then)
        self.retitled += rows * recoded.retitled
        self.certainties[recoded.certainty] += rows
        if recoded.certainty in LOST:
            self.lost.add(recoded.source, rows)
        elif recoded.certainty == "ambiguous":
            self.ambiguous.add(recoded.source, rows)


@dataclass(frozen=True, slots=True)
class People:
    """The columns that say who a row is about."""

    age: str | None = None
    sex: str | None = None


def recode_list(recoder: Recoder, rows: CustomerList, stream: IO[str], people: People, delimiter: str) -> Summary:
    """Writes every row of the list, its cells as they are, with its target behind the last column of the header.

    What stands above the header stays there; cells that a row has beyond the header stand behind the added ones.
    """
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerows(rows.before())
    width = len(rows.names)
    writer.writerow([*rows.names, *added(rows.names)])
    code_at, day_at = rows.place(), rows.date_place
    age_at, sex_at = (None if name is None else rows.place(name) for name in (people.age, people.sex))
    summary = Summary()
    counts: dict[Recoded, int] = {}
    cells_of: dict[Recoded, list[str]] = {}
    recode, write = recoder.recode, writer.writerow
    for _, cells in rows.cells():
        row = list(cells)
        if len(row) < width:
            row += [""] * (width - len(row))
        found = recode(
            row[code_at].strip(),
            None if day_at is None else row[day_at].strip(),
            "" if age_at is None else row[age_at].strip(),
            "" if sex_at is None else row[sex_at].strip(),
        )
        behind = cells_of.get(found)
        if behind is None:
            if len(cells_of) >= MOST_REMEMBERED:
                _counted(summary, counts)
                cells_of.clear()
            behind = cells_of[found] = written(found)
            counts[found] = 0
        counts[found] += 1
        write(row + behind if len(row) == width else [*row[:width], *behind, *row[width:]])
    _counted(summary, counts)
    return summary


def added(names: Sequence[str]) -> list[str]:
    """The names of the added columns: those of a list that has some of them already are numbered."""
    taken = set(map(fold, names))
    number = 1
    while taken & {_numbered(name, number) for name in COLUMNS}:
        number += 1
    return [_numbered(name, number) for name in COLUMNS]


def written(recoded: Recoded) -> list[str]:
    """The added cells of a row; nothing that runs as a formula."""
    targets = recoded.targets
    texts = (
        JOINT.join(each.code for each in targets),
        JOINT.join(each.display for each in targets),
        JOINT.join(each.relationship for each in targets),
        recoded.certainty,
        JOINT.join(each.path for each in targets),
        JOINT.join(recoded.notes),
    )
    return [tabular.safe(text) for text in texts]


def plain(summary: Summary) -> dict[str, Any]:
    """The summary for programs."""
    return {
        "rows": summary.rows,
        "certainty": {name: summary.certainties[name] for name in CERTAINTIES},
        "lost": summary.rows_lost,
        "ambiguous": summary.certainties["ambiguous"],
        "not_valid_then": summary.not_valid_then,
        "retitled": summary.retitled,
        "needs_person": summary.needs_person,
        "lost_codes": [{"code": code, "rows": rows} for code, rows in summary.lost.frequent()],
        "ambiguous_codes": [{"code": code, "rows": rows} for code, rows in summary.ambiguous.frequent()],
    }


def told(summary: Summary) -> list[str]:
    """The summary for people, a line each."""
    numbers = [("rows", summary.rows), *((name, summary.certainties[name]) for name in CERTAINTIES)]
    others = [
        ("lost", summary.rows_lost),
        ("not valid then, or not known to be", summary.not_valid_then),
        ("retitled since", summary.retitled),
        ("needs a person", summary.needs_person),
    ]
    shown = [(name, count) for name, count in (*numbers, *others) if count or name in ("rows", "needs a person")]
    lines = [f"{count:>10}  {name}" for name, count in shown]
    for title, codes in (("lost", summary.lost), ("ambiguous", summary.ambiguous)):
        named = [f"{printable(code)} {rows}" for code, rows in codes.frequent() if code]
        if codes.more:
            named.append(f"and {codes.more} rows of other codes")
        if named:
            lines.append(f"most frequent {title}: {', '.join(named)}")
    return lines


def _counted(summary: Summary, counts: dict[Recoded, int]) -> None:
    for recoded, rows in counts.items():
        summary.add(recoded, rows)
    counts.clear()


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}_{number}"
