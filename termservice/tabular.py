"""Concepts as CSV or NDJSON, a piece of text at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

COLUMNS = (
    "code", "display", "active", "abstract", "level", "parents", "valid_from", "valid_to", "designations", "notes",
    "properties",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(rows: Iterable[dict[str, Any]], form: str) -> Iterator[str]:
    """Concepts (dicts of `ConceptAnswer`) as lines of `csv` (with header) or `ndjson`."""
    if form == "ndjson":
        for row in rows:
            yield orjson.dumps(row).decode() + "\n"
        return
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([safe(_cell(name, row[name])) for name in COLUMNS])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def safe(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _cell(name: str, value: Any) -> object:
    if name == "parents":
        return " ".join(value)
    if name == "designations":
        return "\n".join(f"{each['use']} ({each['language']}): {each['value']}" for each in value)
    if name == "notes":
        return "\n".join(f"{each['title']}: {text}" for each in value for text in each["values"])
    if name == "properties":
        return "\n".join(f"{each['title']}: {each['value']}" for each in value)
    if isinstance(value, bool):
        return str(value).lower()
    return value
