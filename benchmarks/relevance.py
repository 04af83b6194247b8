"""Judged queries against the whole service: success at 1 and at 5, by category.

    python -m benchmarks.relevance HOME QUERIES.jsonl

A line of QUERIES: {"query", "category", "systems": [...], "relevant": {code: grade}}.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

from termservice.service import TerminologyService


def main(home: Path, queries: Path) -> None:
    service = TerminologyService(home)
    ranks: dict[str, list[int]] = defaultdict(list)
    for line in queries.read_text("utf-8").splitlines():
        row = json.loads(line)
        items = service.search(row["query"], systems=row["systems"], limit=10).items
        fitting = [place for place, item in enumerate(items, 1) if item.code in row["relevant"]]
        ranks[row["category"]].append(min(fitting, default=0))
    for category in sorted(ranks):
        show(category, ranks[category])
    show("all", [rank for found in ranks.values() for rank in found])


def show(name: str, ranks: list[int]) -> None:
    first, five = (sum(0 < rank <= limit for rank in ranks) / len(ranks) for limit in (1, 5))
    print(f"{name:<22}{len(ranks):>4}  success@1 {first:.3f}  success@5 {five:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
